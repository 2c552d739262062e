"""Names of weight steps: the shelf and when it began, with a mark where nobody weighed it."""

from engine.domain._ids import ShelfId, StepId

_AT, _UNWEIGHED = "@", "!"


def step_id(shelf_id: ShelfId, start_ns: int, *, weighed: bool = True) -> StepId:
    """Unique over restarts: two steps of a shelf that were weighed never start at one instant."""
    return StepId(f"{shelf_id}{_AT}{start_ns}{'' if weighed else _UNWEIGHED}")


def shelf_of(step_id: StepId) -> ShelfId:
    """The shelf that a step is of."""
    return ShelfId(step_id.rpartition(_AT)[0])


def began_ns(step_id: StepId) -> int:
    """When the weight began to change, or, of a change nobody weighed, when it was found."""
    return int(step_id.rpartition(_AT)[2].rstrip(_UNWEIGHED))

"""How long it took until a line was as it stayed."""

from collections.abc import Sequence

from engine.bench.scoring._verdicts import Verdict
from engine.bench.witness import Heard
from engine.domain import CartLine, LineId, LineWithdrawn


def delays_ms(verdicts: Sequence[Verdict], heard: Sequence[Heard]) -> tuple[float, ...]:
    """Milliseconds of each right line from the movement of its last unit; see ``MovementScore``."""
    since_ns = _standing_since_ns(heard)
    moved_ns: dict[LineId, int] = {}
    answered_ns: dict[LineId, int | None] = {}
    wrong: set[LineId] = set()
    for verdict in verdicts:
        line = verdict.claim.line if verdict.claim is not None else None
        if line is None:
            continue
        if not verdict.right or verdict.movement is None:
            wrong.add(line.line_id)
            continue
        moved_ns[line.line_id] = max(moved_ns.get(line.line_id, 0), verdict.movement.t_ns)
        answered_ns[line.line_id] = verdict.step.answered_ns if verdict.step is not None else None
    found: list[float] = []
    for line_id, at_ns in moved_ns.items():
        answer_ns = answered_ns[line_id]
        if line_id not in wrong and (answer_ns is None or since_ns[line_id] < answer_ns):
            found.append(round((since_ns[line_id] - at_ns) / 1e6, 1))
    return tuple(found)


def _standing_since_ns(heard: Sequence[Heard]) -> dict[LineId, int]:
    """Since when a client has had each line as it is; saying something else in between starts anew."""
    since: dict[LineId, tuple[object, int]] = {}
    for item in heard:
        fact = item.fact
        if isinstance(fact, CartLine):
            content = (type(fact), fact.visit_id, fact.sku_id, fact.quantity)
            if fact.line_id not in since or since[fact.line_id][0] != content:
                since[fact.line_id] = content, item.arrived_ns
        elif isinstance(fact, LineWithdrawn):
            since.pop(fact.line_id, None)
    return {line_id: arrived_ns for line_id, (_, arrived_ns) in since.items()}

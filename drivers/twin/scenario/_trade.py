"""Ordinary trade drawn at random: somebody always comes, wants a few things, puts some back."""

from drivers.twin.scenario._goods import Item
from drivers.twin.scenario._play import Errand, Leave, Scene, place_before
from drivers.twin.scenario._shopper import Shopper, Side, Task, TaskKind
from engine.domain import PlateId

_ENTRY_GAP_S = 4.0
_LAST_ENTRY_BEFORE_END_S = 45.0


class Trade:
    """``shoppers`` at a time; the last ones come ``_LAST_ENTRY_BEFORE_END_S`` before ``seconds`` are over."""

    def __init__(self, *, shoppers: int = 3, seconds: float = 180.0) -> None:
        self._concurrent = shoppers
        self._until_s = max(1.0, seconds - _LAST_ENTRY_BEFORE_END_S)
        self._next_entry_s = 0.5
        self._errands_left: list[int] = []  # by the shopper's number

    def admit(self, scene: Scene) -> bool:
        """As many as there may be, one after the other."""
        if len(scene.people) >= self._concurrent or scene.t_s < self._next_entry_s or self.over(scene):
            return False
        self._errands_left.append(int(scene.rng.integers(3, 6)))
        self._next_entry_s = scene.t_s + _ENTRY_GAP_S
        return True

    def over(self, scene: Scene) -> bool:
        """Closing time is near."""
        return scene.t_s >= self._until_s

    def next_errand(self, scene: Scene, shopper: Shopper) -> Errand | None:
        """Something drawn at random; what is crowded is given up for something else."""
        if self._errands_left[shopper.number] == 0:
            return Leave()
        task = _draw_task(scene, shopper)
        if scene.crowded(shopper, task.stand_m):
            return None
        self._errands_left[shopper.number] -= 1
        return task


def _draw_task(scene: Scene, shopper: Shopper) -> Task:
    rng = scene.rng
    draw = float(rng.random())
    side: Side = "right" if rng.random() < 0.75 else "left"
    if shopper.carried and draw < 0.18:
        item = shopper.carried[int(rng.integers(len(shopper.carried)))]
        facing = next(facing for facing in scene.store.facings if facing.sku_id == item.sku_id)
        plate_id = facing.plate_ids[int(rng.integers(len(facing.plate_ids)))]
        return _task(scene, TaskKind.PUT, plate_id, side=side, item=item)
    plates = sorted({item.plate_id for item in scene.goods.items if item.plate_id})
    plate_id = plates[int(rng.integers(len(plates)))]
    return _task(scene, TaskKind.BROWSE if draw > 0.92 else TaskKind.PICK, plate_id, side=side)


def _task(scene: Scene, kind: TaskKind, plate_id: PlateId, *, side: Side, item: Item | None = None) -> Task:
    nearer_m = -float(scene.rng.uniform(-0.04, 0.06))
    return Task(
        kind=kind,
        plate_id=plate_id,
        stand_m=place_before(scene.store.plate_by_id[plate_id], side, nearer_m=nearer_m),
        side=side,
        sku_id=item.sku_id if item else None,
    )

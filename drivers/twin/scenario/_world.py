"""The simulated store as it lives: a fixed step, one seed, no clock of its own.

Two processes that build a ``World`` with the same seed and advance it to the same time hold the same world; that
is how the rendering processes follow the one that drives the shelves, with nothing passed between them.
"""

import math

import numpy as np

from drivers.twin.scenario._goods import Goods, Item
from drivers.twin.scenario._shopper import (
    DWELL_S,
    EXTEND_S,
    HOLD_S,
    WITHDRAW_S,
    Phase,
    Shopper,
    Side,
    Task,
    TaskKind,
)
from drivers.twin.scenario._truth import Contact, Deed, Truth
from drivers.twin.scenario._walking import turn, walk
from engine.domain import Plate, PlateId, Point2, Store

STEP_S = 0.02
_ARM_M = 0.42
_ELBOW_ROOM_M = 0.75
_ENTRY_GAP_S = 4.0
_OUT_OF_SIGHT_M = 0.9
_LAST_ENTRY_BEFORE_END_S = 45.0
_HOLD_OF_IT_S = 0.22  # from the hand's touch to the item leaving, or gaining, contact


class World:
    """Shoppers, goods, and everything that happened."""

    def __init__(self, store: Store, *, seed: int, shoppers: int = 3, seconds: float = 180.0) -> None:
        self.store = store
        self.t_s = 0.0
        self.truths: list[Truth] = []
        self.contacts: list[Contact] = []
        self.shoppers: list[Shopper] = []
        self._rng = np.random.default_rng(seed)
        self.goods = Goods(store, self._rng)
        self._concurrent = shoppers
        self._seconds = seconds
        self._next_entry_s = 0.5
        self._born = 0
        gate = store.gates[0]
        into = (gate.left_m[1] - gate.right_m[1], gate.right_m[0] - gate.left_m[0])
        self._into = (into[0] / math.hypot(*into), into[1] / math.hypot(*into))

    @property
    def over(self) -> bool:
        """Nobody is left and nobody will come."""
        return not self.shoppers and not self._admitting

    def advance(self, t_s: float) -> None:
        """Live on until ``t_s``."""
        while self.t_s + STEP_S <= t_s:
            self.t_s += STEP_S
            self._admit()
            for shopper in self.shoppers:
                self._live(shopper)
            self.shoppers = [shopper for shopper in self.shoppers if shopper.phase is not Phase.GONE]

    @property
    def _admitting(self) -> bool:
        return self.t_s < max(1.0, self._seconds - _LAST_ENTRY_BEFORE_END_S)

    def _admit(self) -> None:
        if len(self.shoppers) >= self._concurrent or self.t_s < self._next_entry_s or not self._admitting:
            return
        if any(not shopper.inside or shopper.phase is Phase.LEAVE for shopper in self.shoppers):
            return
        start = self._gate_point(share=0.3, inward_m=-1.2)
        self.shoppers.append(
            Shopper(
                number=self._born,
                x_m=start[0],
                y_m=start[1],
                yaw_rad=math.atan2(self._into[1], self._into[0]),
                goal_m=self._gate_point(share=0.3, inward_m=-0.6),
                tasks_left=int(self._rng.integers(3, 6)),
                phase_since_s=self.t_s,
            )
        )
        self._born += 1
        self._next_entry_s = self.t_s + _ENTRY_GAP_S

    def _stow(self, shopper: Shopper) -> None:
        if shopper.held is not None and self.t_s >= shopper.held_until_s and shopper.phase is not Phase.REACH:
            shopper.held = None

    def _live(self, shopper: Shopper) -> None:
        self._stow(shopper)
        match shopper.phase:
            case Phase.ARRIVE:
                if self._walk(shopper):
                    self._enter(shopper, Phase.SHOW_TOKEN)
            case Phase.SHOW_TOKEN:
                self._show_token(shopper)
            case Phase.WALK_IN:
                self._cross(shopper, inward=True, then=Phase.CHOOSE)
            case Phase.CHOOSE:
                self._choose(shopper)
            case Phase.WALK:
                self._approach(shopper)
            case Phase.REACH:
                self._reach(shopper)
            case Phase.LEAVE | Phase.GONE:
                self._cross(shopper, inward=False, then=Phase.GONE)

    def _show_token(self, shopper: Shopper) -> None:
        if not shopper.token_shown:
            shopper.token_shown = True
            self._tell(shopper, Deed.TOKEN)
        if self.t_s - shopper.phase_since_s > 1.0:
            shopper.goal_m = self._gate_point(share=0.3, inward_m=0.9)
            self._enter(shopper, Phase.WALK_IN)

    def _cross(self, shopper: Shopper, *, inward: bool, then: Phase) -> None:
        before_m = self._inward_m(shopper)
        arrived = self._walk(shopper, slow=inward)
        after_m = self._inward_m(shopper)
        if (before_m < 0 <= after_m) if inward else (before_m > 0 >= after_m):
            self._tell(shopper, Deed.ENTER if inward else Deed.LEAVE)
        if arrived or (not inward and after_m < -_OUT_OF_SIGHT_M):
            self._enter(shopper, then)

    def _choose(self, shopper: Shopper) -> None:
        if shopper.tasks_left == 0:
            shopper.goal_m = self._gate_point(share=0.72, inward_m=-1.2)
            self._enter(shopper, Phase.LEAVE)
            return
        task = self._draw_task(shopper)
        if self._crowded(shopper, task.stand_m):
            return
        shopper.tasks_left -= 1
        shopper.task, shopper.goal_m = task, task.stand_m
        self._enter(shopper, Phase.WALK)

    def _approach(self, shopper: Shopper) -> None:
        task = shopper.task
        if task is None or not self._walk(shopper):
            return
        plate = self.store.plate_by_id[task.plate_id]
        if turn(shopper, plate.yaw_rad + math.pi, step_s=STEP_S):
            self._begin_reach(shopper, task)

    def _begin_reach(self, shopper: Shopper, task: Task) -> None:
        touch_s = self.t_s + EXTEND_S
        standing = self.goods.on_plate(task.plate_id)
        if task.kind is TaskKind.PUT_BACK and task.sku_id is not None:
            item = next(item for item in shopper.carried if item.sku_id == task.sku_id)
            place = self.goods.free_place(task.plate_id, item.sku_id)
            shopper.held, shopper.held_side, shopper.held_until_s = item, task.side, math.inf
            shopper.target_m = (place[0], place[1], place[2] + self._grip_m(item))
            mass_g = item.mass_g
        elif standing:
            item = standing[0]
            shopper.target_m = (*item.position_m[:2], item.position_m[2] + self._grip_m(item))
            mass_g = -item.mass_g if task.kind is TaskKind.PICK else 0.0
        else:
            self._enter(shopper, Phase.CHOOSE)
            return
        self.contacts.append(
            Contact(
                touch_s=touch_s,
                ramp_s=0.08,
                t_s=touch_s + _HOLD_OF_IT_S,
                plate_id=task.plate_id,
                mass_g=mass_g,
                press_g=float(self._rng.uniform(15, 60)),
            )
        )
        shopper.touched = False
        self._enter(shopper, Phase.REACH)

    def _reach(self, shopper: Shopper) -> None:
        task = shopper.task
        if task is None:
            return
        since_s = self.t_s - shopper.phase_since_s
        # Instants are sums of steps: half a step of slack, and once only, whatever their last bits are.
        if not shopper.touched and since_s > EXTEND_S + _HOLD_OF_IT_S - STEP_S / 2:
            shopper.touched = True
            self._change_hands(shopper, task)
        if since_s >= EXTEND_S + DWELL_S + WITHDRAW_S:
            shopper.task, shopper.target_m = None, None
            self._enter(shopper, Phase.CHOOSE)

    def _change_hands(self, shopper: Shopper, task: Task) -> None:
        if task.kind is TaskKind.BROWSE:
            self._tell(shopper, Deed.TOUCH, plate_id=task.plate_id)
        elif task.kind is TaskKind.PICK:
            item = self.goods.on_plate(task.plate_id)[0]
            item.plate_id = None
            shopper.carried.append(item)
            shopper.held, shopper.held_side, shopper.held_until_s = item, task.side, self.t_s + WITHDRAW_S + HOLD_S
            self._tell(shopper, Deed.PICK, item=item, plate_id=task.plate_id)
        elif shopper.held is not None:
            item = shopper.held
            item.position_m = self.goods.free_place(task.plate_id, item.sku_id)
            item.yaw_rad = self.store.plate_by_id[task.plate_id].yaw_rad
            item.plate_id = task.plate_id
            shopper.carried.remove(item)
            shopper.held = None
            self._tell(shopper, Deed.PUT, item=item, plate_id=task.plate_id)

    def _draw_task(self, shopper: Shopper) -> Task:
        draw = float(self._rng.random())
        side: Side = "right" if self._rng.random() < 0.75 else "left"
        if shopper.carried and draw < 0.18:
            item = shopper.carried[int(self._rng.integers(len(shopper.carried)))]
            facing = next(facing for facing in self.store.facings if facing.sku_id == item.sku_id)
            plate_id = facing.plate_ids[int(self._rng.integers(len(facing.plate_ids)))]
            return self._task(TaskKind.PUT_BACK, plate_id, side=side, item=item)
        plates = sorted({item.plate_id for item in self.goods.items if item.plate_id})
        plate_id = plates[int(self._rng.integers(len(plates)))]
        return self._task(TaskKind.BROWSE if draw > 0.92 else TaskKind.PICK, plate_id, side=side)

    def _task(self, kind: TaskKind, plate_id: PlateId, *, side: Side, item: Item | None = None) -> Task:
        plate = self.store.plate_by_id[plate_id]
        return Task(
            kind=kind,
            plate_id=plate_id,
            stand_m=_stand(plate, side, away_m=_ARM_M + float(self._rng.uniform(-0.04, 0.06))),
            side=side,
            sku_id=item.sku_id if item else None,
        )

    def _crowded(self, shopper: Shopper, stand_m: Point2) -> bool:
        return any(
            math.dist(stand_m, other.goal_m) < _ELBOW_ROOM_M
            for other in self.shoppers
            if other is not shopper and other.phase in (Phase.WALK, Phase.REACH)
        )

    def _walk(self, shopper: Shopper, *, slow: bool = False) -> bool:
        others = [other for other in self.shoppers if other is not shopper]
        return walk(shopper, others, step_s=STEP_S, slow=slow)

    def _enter(self, shopper: Shopper, phase: Phase) -> None:
        shopper.phase, shopper.phase_since_s = phase, self.t_s

    def _tell(self, shopper: Shopper, deed: Deed, *, item: Item | None = None, plate_id: PlateId | None = None) -> None:
        sku_id = item.sku_id if item else None
        self.truths.append(Truth(t_s=self.t_s, deed=deed, shopper=shopper.number, sku_id=sku_id, plate_id=plate_id))

    def _grip_m(self, item: Item) -> float:
        return self.store.product_by_sku[item.sku_id].size_m[2] * 0.55

    def _gate_point(self, *, share: float, inward_m: float) -> Point2:
        gate = self.store.gates[0]
        x_m = gate.left_m[0] + (gate.right_m[0] - gate.left_m[0]) * share + self._into[0] * inward_m
        y_m = gate.left_m[1] + (gate.right_m[1] - gate.left_m[1]) * share + self._into[1] * inward_m
        return x_m, y_m

    def _inward_m(self, shopper: Shopper) -> float:
        gate = self.store.gates[0]
        return (shopper.x_m - gate.left_m[0]) * self._into[0] + (shopper.y_m - gate.left_m[1]) * self._into[1]


def _stand(plate: Plate, side: Side, *, away_m: float) -> Point2:
    out_x, out_y = math.cos(plate.yaw_rad), math.sin(plate.yaw_rad)
    outward_m = plate.depth_m / 2 + away_m
    # The reaching shoulder stands before the plate.
    along_m = -0.15 if side == "right" else 0.15
    return (
        plate.centre_m[0] + out_x * outward_m - out_y * along_m,
        plate.centre_m[1] + out_y * outward_m + out_x * along_m,
    )

"""The simulated store as it lives: a fixed step, one seed, no clock of its own.

Two processes that build a ``World`` with the same seed and the same play and advance it to the same time hold the
same world; that is how the rendering processes follow the one that drives the shelves, with nothing passed between
them.
"""

import math
from collections.abc import Sequence

import numpy as np

from drivers.twin.scenario._goods import AS_ASSUMED, Goods, Item, MassSpread
from drivers.twin.scenario._play import Leave, Pause, Play
from drivers.twin.scenario._shopper import (
    DWELL_S,
    EXTEND_S,
    HOLD_S,
    WITHDRAW_S,
    Phase,
    Shopper,
    Task,
    TaskKind,
)
from drivers.twin.scenario._trade import Trade
from drivers.twin.scenario._truth import Contact, Deed, Truth
from drivers.twin.scenario._walking import turn, walk
from engine.domain import PlateId, Point2, Store

STEP_S = 0.02
_ELBOW_ROOM_M = 0.75
_OUT_OF_SIGHT_M = 0.9
_HOLD_OF_IT_S = 0.22  # from the hand's touch to the item leaving, or gaining, contact


class World:
    """Shoppers, goods, and everything that happened. ``play``: who comes and what each does; else a random trade."""

    def __init__(self, store: Store, *, seed: int, play: Play | None = None, spread: MassSpread = AS_ASSUMED) -> None:
        self.store = store
        self.t_s = 0.0
        self.truths: list[Truth] = []
        self.contacts: list[Contact] = []
        self.shoppers: list[Shopper] = []
        self.rng = np.random.default_rng(seed)
        self.goods = Goods(store, self.rng, spread)
        self._play = play or Trade()
        self._born = 0
        gate = store.gates[0]
        into = (gate.left_m[1] - gate.right_m[1], gate.right_m[0] - gate.left_m[0])
        self._into = (into[0] / math.hypot(*into), into[1] / math.hypot(*into))

    @property
    def over(self) -> bool:
        """Nobody is left and nobody will come."""
        return not self.shoppers and self._play.over(self)

    def advance(self, t_s: float) -> None:
        """Live on until ``t_s``."""
        while self.t_s + STEP_S <= t_s:
            self.t_s += STEP_S
            self._admit()
            for shopper in self.shoppers:
                self._live(shopper)
            self.shoppers = [shopper for shopper in self.shoppers if shopper.phase is not Phase.GONE]

    @property
    def people(self) -> Sequence[Shopper]:
        """Everybody who is there."""
        return self.shoppers

    def crowded(self, shopper: Shopper, stand_m: Point2) -> bool:
        """Whether somebody else stands at, or goes to, a place within elbow room of this one."""
        return any(
            math.dist(stand_m, other.goal_m) < _ELBOW_ROOM_M
            for other in self.shoppers
            if other is not shopper and other.phase in (Phase.WALK, Phase.REACH, Phase.STAND)
        )

    def _admit(self) -> None:
        if any(not shopper.inside or shopper.phase is Phase.LEAVE for shopper in self.shoppers):
            return
        if not self._play.admit(self):
            return
        start = self._gate_point(share=0.3, inward_m=-1.2)
        self.shoppers.append(
            Shopper(
                number=self._born,
                x_m=start[0],
                y_m=start[1],
                yaw_rad=math.atan2(self._into[1], self._into[0]),
                goal_m=self._gate_point(share=0.3, inward_m=-0.6),
                phase_since_s=self.t_s,
            )
        )
        self._born += 1

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
            case Phase.STAND:
                self._stay(shopper)
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
        match self._play.next_errand(self, shopper):
            case Task() as task:
                shopper.task, shopper.goal_m = task, task.stand_m
                self._enter(shopper, Phase.WALK)
            case Pause() as pause:
                self._stand(shopper, pause)
            case Leave():
                shopper.goal_m = self._gate_point(share=0.72, inward_m=-1.2)
                self._enter(shopper, Phase.LEAVE)
            case None:
                pass

    def _stand(self, shopper: Shopper, pause: Pause) -> None:
        shopper.stands_until_s = self.t_s + pause.for_s
        if pause.sku_id is not None:
            shopper.held = next(item for item in shopper.carried if item.sku_id == pause.sku_id)
            shopper.held_side, shopper.held_until_s = pause.side, shopper.stands_until_s
        self._enter(shopper, Phase.STAND)

    def _stay(self, shopper: Shopper) -> None:
        if self.t_s >= shopper.stands_until_s:
            self._enter(shopper, Phase.CHOOSE)

    def _approach(self, shopper: Shopper) -> None:
        task = shopper.task
        if task is None or not self._walk(shopper):
            return
        plate = self.store.plate_by_id[task.plate_id]
        if turn(shopper, plate.yaw_rad + math.pi, step_s=STEP_S):
            self._begin_reach(shopper, task)

    def _begin_reach(self, shopper: Shopper, task: Task) -> None:
        if task.kind is TaskKind.PUT:
            item = next(item for item in shopper.carried if item.sku_id == task.sku_id)
            place = self.goods.free_place(task.plate_id, item.sku_id)
            shopper.held, shopper.held_side, shopper.held_until_s = item, task.side, math.inf
        else:
            there = self.goods.foremost(task.plate_id, task.sku_id)
            if there is None or task.kind is TaskKind.VISIT:
                self._enter(shopper, Phase.CHOOSE)
                return
            item, place = there, there.position_m
        grip_m = self.store.product_by_sku[item.sku_id].size_m[2] * 0.55
        shopper.target_m = (place[0], place[1], place[2] + grip_m)
        self._touch_plate(task, item)
        shopper.touched = False
        self._enter(shopper, Phase.REACH)

    def _touch_plate(self, task: Task, item: Item) -> None:
        touch_s = self.t_s + EXTEND_S
        mass_g = {TaskKind.PUT: item.mass_g, TaskKind.BROWSE: 0.0}.get(task.kind, -item.mass_g)
        changes = [(touch_s, mass_g)]
        if task.kind is TaskKind.LIFT:
            changes.append((touch_s + task.lift_s, item.mass_g))
        for at_s, change_g in changes:
            self.contacts.append(
                Contact(
                    touch_s=at_s,
                    ramp_s=0.08,
                    t_s=at_s + _HOLD_OF_IT_S,
                    plate_id=task.plate_id,
                    mass_g=change_g,
                    press_g=float(self.rng.uniform(15, 60)),
                )
            )

    def _reach(self, shopper: Shopper) -> None:
        task = shopper.task
        if task is None:
            return
        since_s = self.t_s - shopper.phase_since_s
        # Instants are sums of steps: half a step of slack, and once only, whatever their last bits are.
        changed_s = EXTEND_S + _HOLD_OF_IT_S - STEP_S / 2
        if not shopper.touched and since_s > changed_s:
            shopper.touched = True
            self._change_hands(shopper, task)
        elif task.kind is TaskKind.LIFT and since_s > changed_s + task.lift_s:
            self._set_down(shopper, task, Deed.RETURN)
        if since_s >= EXTEND_S + DWELL_S + task.lift_s + WITHDRAW_S:
            shopper.task, shopper.target_m = None, None
            self._enter(shopper, Phase.CHOOSE)

    def _change_hands(self, shopper: Shopper, task: Task) -> None:
        if task.kind is TaskKind.BROWSE:
            self._tell(shopper, Deed.TOUCH, plate_id=task.plate_id)
        elif task.kind is TaskKind.PUT:
            if shopper.held is not None:
                shopper.held.position_m = self.goods.free_place(task.plate_id, shopper.held.sku_id)
            self._set_down(shopper, task, Deed.PUT)
        else:
            self._take_up(shopper, task)

    def _take_up(self, shopper: Shopper, task: Task) -> None:
        item = self.goods.foremost(task.plate_id, task.sku_id)
        if item is None:
            raise RuntimeError(f"{task.plate_id}: what shopper {shopper.number} reached for is gone")
        item.plate_id = None
        shopper.carried.append(item)
        shopper.held, shopper.held_side, shopper.held_until_s = item, task.side, self.t_s + WITHDRAW_S + HOLD_S
        if task.kind is TaskKind.PICK:
            self._tell(shopper, Deed.PICK, item=item, plate_id=task.plate_id)

    def _set_down(self, shopper: Shopper, task: Task, deed: Deed) -> None:
        """Where the item's position says: what was lifted stands where it stood."""
        item = shopper.held
        if item is None:
            return
        item.yaw_rad = self.store.plate_by_id[task.plate_id].yaw_rad
        item.plate_id = task.plate_id
        shopper.carried.remove(item)
        shopper.held = None
        self._tell(shopper, deed, item=item, plate_id=task.plate_id)

    def _walk(self, shopper: Shopper, *, slow: bool = False) -> bool:
        others = [other for other in self.shoppers if other is not shopper]
        return walk(shopper, others, step_s=STEP_S, slow=slow)

    def _enter(self, shopper: Shopper, phase: Phase) -> None:
        shopper.phase, shopper.phase_since_s = phase, self.t_s

    def _tell(self, shopper: Shopper, deed: Deed, *, item: Item | None = None, plate_id: PlateId | None = None) -> None:
        sku_id = item.sku_id if item else None
        self.truths.append(Truth(t_s=self.t_s, deed=deed, shopper=shopper.number, sku_id=sku_id, plate_id=plate_id))

    def _gate_point(self, *, share: float, inward_m: float) -> Point2:
        gate = self.store.gates[0]
        x_m = gate.left_m[0] + (gate.right_m[0] - gate.left_m[0]) * share + self._into[0] * inward_m
        y_m = gate.left_m[1] + (gate.right_m[1] - gate.left_m[1]) * share + self._into[1] * inward_m
        return x_m, y_m

    def _inward_m(self, shopper: Shopper) -> float:
        gate = self.store.gates[0]
        return (shopper.x_m - gate.left_m[0]) * self._into[0] + (shopper.y_m - gate.left_m[1]) * self._into[1]

"""The simulated store as it lives: a fixed step, one seed, no clock of its own.

Two processes that build a ``World`` with the same seed and the same play and advance it to the same time hold the
same world; that is how the rendering processes follow the one that drives the shelves, with nothing passed between
them.
"""

import math
from collections.abc import Sequence

import numpy as np

from drivers.twin.scenario._entrance import Entrance
from drivers.twin.scenario._errands import Cue, Drop, Give, Leave, LeaveAtGate, Pause, PickUp, Task, TaskKind
from drivers.twin.scenario._goods import AS_ASSUMED, Goods, MassSpread
from drivers.twin.scenario._hands import Hands
from drivers.twin.scenario._places import SHOULDERS_M, beside, with_room
from drivers.twin.scenario._play import Play
from drivers.twin.scenario._shopper import Phase, Shopper
from drivers.twin.scenario._trade import Trade
from drivers.twin.scenario._truth import Chronicle, Contact, Truth
from drivers.twin.scenario._walking import WALK_MPS, give_way, turn, walk
from engine.domain import Point2, Store

STEP_S = 0.02
_ELBOW_ROOM_M = 0.75
_HAND_OVER_M = 0.75
_AT_SHELVES = (Phase.WALK, Phase.READY, Phase.REACH, Phase.STAND)


class World:
    """Shoppers, goods, and everything that happened. ``play``: who comes and what each does; else a random trade."""

    def __init__(self, store: Store, *, seed: int, play: Play | None = None, spread: MassSpread = AS_ASSUMED) -> None:
        self.store = store
        self.t_s = 0.0
        self.shoppers: list[Shopper] = []
        self.rng = np.random.default_rng(seed)
        self.goods = Goods(store, self.rng, spread)
        self._chronicle = Chronicle()
        self.truths: list[Truth] = self._chronicle.truths
        self.contacts: list[Contact] = self._chronicle.contacts
        self._play = play or Trade()
        self._born = 0
        self._hands = Hands(store, self.goods, self._chronicle, self.rng)
        self._entrance = Entrance(store, self._chronicle, self.shoppers, step_s=STEP_S)

    @property
    def over(self) -> bool:
        """Nobody is left and nobody will come."""
        return not self.shoppers and self._play.over(self)

    @property
    def people(self) -> Sequence[Shopper]:
        """Everybody who is there."""
        return self.shoppers

    @property
    def gate_free(self) -> bool:
        """Whether nobody comes in or goes out now."""
        return self._entrance.free

    def advance(self, t_s: float) -> None:
        """Live on until ``t_s``."""
        while self.t_s + STEP_S <= t_s:
            self.t_s += STEP_S
            comers = self._play.admit(self)
            if comers:
                self._entrance.let_come(comers, self._born, self.t_s)
                self._born += len(comers)
            gone = False
            for shopper in self.shoppers:
                self._live(shopper)
                gone = gone or shopper.phase is Phase.GONE
            if gone:
                self.shoppers[:] = [shopper for shopper in self.shoppers if shopper.phase is not Phase.GONE]

    def crowded(self, shopper: Shopper, stand_m: Point2) -> bool:
        """Whether somebody else stands at, or goes to, a place within elbow room of this one."""
        return any(
            math.dist(stand_m, other.goal_m) < _ELBOW_ROOM_M
            for other in self.shoppers
            if other is not shopper and other.phase in _AT_SHELVES
        )

    def _live(self, shopper: Shopper) -> None:
        if shopper.reaching:
            self._hands.move(shopper, self.t_s)
        else:
            shopper.stow(self.t_s)
        match shopper.phase:
            case Phase.CHOOSE:
                if shopper.giver is None:
                    self._choose(shopper)
            case Phase.WALK:
                self._approach(shopper)
            case Phase.REACH:
                if not shopper.reaching:
                    self._finish(shopper)
            case Phase.STAND:
                self._stay(shopper)
            case Phase.READY:
                pass  # the last of those who reach together begins for all of them
            case _:
                self._entrance.live(shopper, self.t_s)

    def _choose(self, shopper: Shopper) -> None:
        errand = self._play.next_errand(self, shopper)
        match errand:
            case None:
                give_way(shopper, self.shoppers, self.store, step_s=STEP_S)
                return
            case Pause():
                self._stand(shopper, errand)
                return
            case Leave():
                self._entrance.send_out(shopper, self.t_s)
                return
            case _:
                pass
        if self._set_out(shopper, errand):
            shopper.errand = errand
            shopper.enter(Phase.WALK, self.t_s)

    def _set_out(self, shopper: Shopper, errand: Task | Drop | PickUp | LeaveAtGate | Give) -> bool:
        """Where to go; what will be taken is kept. False when there is nothing to take."""
        match errand:
            case Task():
                shopper.goal_m = self._standing_place(shopper, errand)
                return self._hands.reserve(shopper, errand)
            case Drop():
                shopper.goal_m = (shopper.x_m, shopper.y_m)
                shopper.faces_m = self._hands.drop_point(shopper)
            case LeaveAtGate():
                shopper.faces_m = self._entrance.place_for_goods()
                self._stand_beside(shopper, self._entrance.inward_rad)
            case PickUp():
                lying = [item for item in self.goods.floor if item.sku_id == errand.sku_id and not item.reserved]
                if not lying:
                    return False
                here = (shopper.x_m, shopper.y_m, 0.0)
                item = min(lying, key=lambda item: math.dist(here, item.position_m))
                self._hands.reserve_item(shopper, item)
                shopper.faces_m = item.position_m[:2]
                self._stand_beside(shopper, item.yaw_rad)
            case Give():
                self._person(errand.to).giver = shopper.number
        return True

    def _standing_place(self, shopper: Shopper, task: Task) -> Point2:
        if not task.close:
            return task.stand_m
        plate, taken = self.store.plate_by_id[task.faces or task.plate_id], self._places_taken(shopper)
        roomy = with_room(task.stand_m, plate, taken, room_m=_ELBOW_ROOM_M) if task.kind is TaskKind.VISIT else None
        return roomy or with_room(task.stand_m, plate, taken, room_m=SHOULDERS_M) or task.stand_m

    def _stand_beside(self, shopper: Shopper, yaw_rad: float) -> None:
        shopper.goal_m = beside(shopper.faces_m, yaw_rad, self._places_taken(shopper), self.store)

    def _places_taken(self, shopper: Shopper) -> list[Point2]:
        """Where everybody else is going to stand, or stands."""
        return [
            other.goal_m if other.phase is Phase.WALK else (other.x_m, other.y_m)
            for other in self.shoppers
            if other is not shopper
        ]

    def _stand(self, shopper: Shopper, pause: Pause) -> None:
        shopper.stands_until_s, shopper.crouches = self.t_s + pause.for_s, pause.crouch
        if pause.sku_id is not None:
            item = next(item for item in shopper.carried if item.sku_id == pause.sku_id)
            shopper.show(pause.side, item, until_s=shopper.stands_until_s)
        shopper.enter(Phase.STAND, self.t_s)

    def _stay(self, shopper: Shopper) -> None:
        if shopper.outside:
            turn(shopper, self._entrance.inward_rad, step_s=STEP_S)  # looks in
        if self.t_s >= shopper.stands_until_s and not shopper.reaching:
            shopper.enter(Phase.CHOOSE, self.t_s)

    def _approach(self, shopper: Shopper) -> None:
        errand = shopper.errand
        if isinstance(errand, Give):
            self._bring(shopper, errand, self._person(errand.to))
        elif self._walk(shopper):
            if isinstance(errand, Task):
                plate = self.store.plate_by_id[errand.faces or errand.plate_id]
                if turn(shopper, plate.yaw_rad + math.pi, step_s=STEP_S):
                    self._stand_ready(shopper, errand)
            elif isinstance(errand, Drop | PickUp | LeaveAtGate) and self._turn_to(shopper, shopper.faces_m):
                self._hands.begin_at_floor(shopper, errand, self.t_s, place_m=shopper.faces_m)
                shopper.enter(Phase.REACH, self.t_s)

    def _stand_ready(self, shopper: Shopper, task: Task) -> None:
        if task.kind is TaskKind.VISIT:
            self._finish(shopper)
            return
        shopper.enter(Phase.READY, self.t_s)
        together = [shopper]
        if task.cue is not None:
            together = [each for each in self.shoppers if _awaits(each, task.cue)]
            if len(together) < task.cue.parties:
                return
        for each in together:
            if isinstance(each.errand, Task):
                self._hands.begin(each, each.errand, self.t_s)
                each.enter(Phase.REACH, self.t_s)

    def _bring(self, giver: Shopper, give: Give, receiver: Shopper) -> None:
        """Walk up to somebody, who may still be on their way; when they stand, both turn and reach out."""
        away_x, away_y = giver.x_m - receiver.x_m, giver.y_m - receiver.y_m
        share = _HAND_OVER_M / max(math.hypot(away_x, away_y), 0.01)
        giver.goal_m = (receiver.x_m + away_x * share, receiver.y_m + away_y * share)
        if not self._walk(giver) or not receiver.stands_free:
            return
        turned = [
            self._turn_to(giver, (receiver.x_m, receiver.y_m)),
            self._turn_to(receiver, (giver.x_m, giver.y_m)),
        ]
        if all(turned):
            self._hands.begin_hand_over(giver, receiver, give, self.t_s)
            giver.enter(Phase.REACH, self.t_s)

    def _finish(self, shopper: Shopper) -> None:
        if isinstance(shopper.errand, Give):
            receiver = self._person(shopper.errand.to)
            receiver.giver = None
            if receiver.phase is Phase.READY:
                receiver.enter(Phase.WALK, self.t_s)  # to turn to its plate again
        shopper.errand = None
        shopper.enter(Phase.CHOOSE, self.t_s)

    def _person(self, number: int) -> Shopper:
        return next(shopper for shopper in self.shoppers if shopper.number == number)

    def _walk(self, shopper: Shopper) -> bool:
        return walk(shopper, self.shoppers, self.store.gondolas, step_s=STEP_S, mps=WALK_MPS)

    def _turn_to(self, shopper: Shopper, point_m: Point2) -> bool:
        towards_rad = math.atan2(point_m[1] - shopper.y_m, point_m[0] - shopper.x_m)
        return turn(shopper, towards_rad, step_s=STEP_S)


def _awaits(shopper: Shopper, cue: Cue) -> bool:
    errand, free = shopper.errand, shopper.phase is Phase.READY and shopper.giver is None
    return free and isinstance(errand, Task) and errand.cue == cue

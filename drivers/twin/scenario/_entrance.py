"""The gate: how people come in, alone or one behind the other, how they go out, and who walks by outside."""

import math
from collections.abc import Sequence

from drivers.twin.scenario._play import Comer
from drivers.twin.scenario._shopper import Phase, Shopper
from drivers.twin.scenario._truth import Chronicle, Deed
from drivers.twin.scenario._walking import WALK_MPS, walk
from engine.domain import Point2, Store

_OUT_OF_SIGHT_M = 0.9
_WAY_IN, _WAY_OUT, _BESIDE = 0.3, 0.72, 1.12  # shares of the gate's width from its left post
_READER_M = -0.6
_INSIDE_M = 0.9
_SLOW_MPS = 0.6
_THROUGH_M, _PATIENCE_S = 0.35, 6.0  # who is through and finds the way blocked goes about their business
_FILE_M = 0.7  # between the members of a party: closer than strangers follow
_READING_S = 1.0
_PAVEMENT_M = -2.0
_PASSING_M = 4.0  # to the left and right of the gate, where passers-by come from and go to
_LAID_DOWN_M = 0.35
_TAKES_UP_GATE = (Phase.ARRIVE, Phase.SHOW_TOKEN, Phase.WALK_IN, Phase.LEAVE)


class Entrance:
    """The one way in and out. It shares the list of shoppers with the world."""

    def __init__(self, store: Store, chronicle: Chronicle, shoppers: list[Shopper], *, step_s: float) -> None:
        gate = store.gates[0]
        self._left_m, self._right_m = gate.left_m, gate.right_m
        self._width_m = math.dist(gate.left_m, gate.right_m)
        self._into = (
            (gate.left_m[1] - gate.right_m[1]) / self._width_m,
            (gate.right_m[0] - gate.left_m[0]) / self._width_m,
        )
        self._fixtures = store.gondolas
        self._chronicle = chronicle
        self._shoppers = shoppers
        self._step_s = step_s
        self._laid_down = 0

    @property
    def free(self) -> bool:
        """Whether nobody comes in or goes out now."""
        return not any(shopper.phase in _TAKES_UP_GATE and not shopper.outside for shopper in self._shoppers)

    @property
    def inward_rad(self) -> float:
        """The direction into the store."""
        return math.atan2(self._into[1], self._into[0])

    def let_come(self, comers: Sequence[Comer], number: int, t_s: float) -> None:
        """People appear outside, the first of them with this number; several come as one party."""
        for behind, comer in enumerate(comers):
            if comer.outside:
                shopper = self._passer_by(comer, number + behind)
            else:
                start = self._point(_WAY_IN, _READER_M - 0.6 - behind * _FILE_M)
                goal = self._point(_WAY_IN, _READER_M - behind * _FILE_M)
                shopper = Shopper(
                    number=number + behind,
                    account=number,
                    x_m=start[0],
                    y_m=start[1],
                    yaw_rad=self.inward_rad,
                    goal_m=goal,
                    body=comer.body,
                    staff=comer.staff,
                    behind=behind,
                )
            shopper.phase_since_s = t_s
            self._shoppers.append(shopper)

    def live(self, shopper: Shopper, t_s: float) -> None:
        """One step of somebody who comes or goes."""
        match shopper.phase:
            case Phase.ARRIVE if shopper.outside:
                if self._walk(shopper):
                    shopper.enter(Phase.CHOOSE, t_s)
            case Phase.ARRIVE:
                if self._walk(shopper) and not shopper.behind:
                    self._chronicle.tell(t_s, shopper, Deed.TOKEN)
                    shopper.enter(Phase.SHOW_TOKEN, t_s)
            case Phase.SHOW_TOKEN if t_s - shopper.phase_since_s > _READING_S:
                self._open(shopper, t_s)
            case Phase.WALK_IN:
                self._cross(shopper, t_s, inward=True, then=Phase.CHOOSE)
            case Phase.LEAVE if shopper.outside:
                if self._walk(shopper):
                    shopper.enter(Phase.GONE, t_s)
            case Phase.LEAVE:
                self._cross(shopper, t_s, inward=False, then=Phase.GONE)
            case _:
                pass

    def send_out(self, shopper: Shopper, t_s: float) -> None:
        """Somebody begins to leave."""
        out = self._past(shopper, came=False) if shopper.outside else self._point(_WAY_OUT, -1.2)
        shopper.goal_m = out
        shopper.enter(Phase.LEAVE, t_s)

    def place_for_goods(self) -> Point2:
        """Where the next item left at the gate is laid down: beside its post, in a row."""
        self._laid_down += 1
        return self._point(_BESIDE, _LAID_DOWN_M + 0.12 * (self._laid_down - 1))

    def _passer_by(self, comer: Comer, number: int) -> Shopper:
        shopper = Shopper(
            number=number,
            account=number,
            x_m=0.0,
            y_m=0.0,
            yaw_rad=self.inward_rad,
            goal_m=self._point(0.5, _PAVEMENT_M),
            body=comer.body,
            outside=True,
        )
        shopper.x_m, shopper.y_m = self._past(shopper, came=True)
        return shopper

    def _past(self, shopper: Shopper, *, came: bool) -> Point2:
        """Out of sight on the pavement; every other passer-by goes the other way."""
        from_left = (shopper.number % 2 == 0) == came
        share = _PASSING_M / self._width_m
        return self._point(0.5 - share if from_left else 0.5 + share, _PAVEMENT_M)

    def _open(self, first: Shopper, t_s: float) -> None:
        party = [each for each in self._shoppers if each.account == first.number and each.phase in _TAKES_UP_GATE[:2]]
        for shopper in party:
            ahead_m = (len(party) - 1 - shopper.behind) * _FILE_M
            shopper.goal_m = self._point(_WAY_IN, _INSIDE_M + ahead_m)
            shopper.enter(Phase.WALK_IN, t_s)

    def _cross(self, shopper: Shopper, t_s: float, *, inward: bool, then: Phase) -> None:
        before_m = self._inward_m(shopper)
        arrived = self._walk(shopper, slow=inward)
        after_m = self._inward_m(shopper)
        if (before_m < 0 <= after_m) if inward else (before_m > 0 >= after_m):
            self._chronicle.tell(t_s, shopper, Deed.ENTER if inward else Deed.LEAVE)
        kept = inward and after_m > _THROUGH_M and t_s - shopper.phase_since_s > _PATIENCE_S
        if arrived or kept or (not inward and after_m < -_OUT_OF_SIGHT_M):
            shopper.enter(then, t_s)

    def _walk(self, shopper: Shopper, *, slow: bool = False) -> bool:
        file = shopper.phase in (Phase.ARRIVE, Phase.WALK_IN)  # a party keeps its distance by itself
        others = [each for each in self._shoppers if not (file and each.account == shopper.account)]
        return walk(shopper, others, self._fixtures, step_s=self._step_s, mps=_SLOW_MPS if slow else WALK_MPS)

    def _point(self, share: float, inward_m: float) -> Point2:
        x_m = self._left_m[0] + (self._right_m[0] - self._left_m[0]) * share + self._into[0] * inward_m
        y_m = self._left_m[1] + (self._right_m[1] - self._left_m[1]) * share + self._into[1] * inward_m
        return x_m, y_m

    def _inward_m(self, shopper: Shopper) -> float:
        return (shopper.x_m - self._left_m[0]) * self._into[0] + (shopper.y_m - self._left_m[1]) * self._into[1]

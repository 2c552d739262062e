"""Random trade: shoppers who come at a rate and go about business that a mix draws, honest or meant to deceive."""

import math
from dataclasses import dataclass, field, replace

from drivers.twin.scenario._beats import Beat, beats_of, errand_of
from drivers.twin.scenario._business import Market
from drivers.twin.scenario._errands import Cue, Errand, Leave, Task, TaskKind
from drivers.twin.scenario._format import Action, HandOver, Rest, Take, WithGoods
from drivers.twin.scenario._mix import Business, TradeSection
from drivers.twin.scenario._places import place_before
from drivers.twin.scenario._play import Comer, Scene
from drivers.twin.scenario._ranges import ends
from drivers.twin.scenario._shopper import Phase, Shopper

_ARRIVALS_PER_MIN = 15.0
_BUSINESS = (3.0, 5.0)
_ORDINARY = {"pick": 0.76, "put_back": 0.16, "browse": 0.08}
_LAST_ENTRY_BEFORE_END_S = 45.0
_WAIT_S = 0.5
_PATIENCE_S = 8.0
_SECOND_ROW_M = (0.5, 1.0)  # further from the shelf than where one reaches from
_CLEAR_M = 0.6  # from everybody else, of a place in the second row
_TRIES = 8
_INSIDE = (Phase.CHOOSE, Phase.WALK, Phase.REACH, Phase.STAND)


@dataclass(kw_only=True)
class _Visit:
    """What one shopper has still to do: so many pieces of business, and the steps left of the present one.

    ``cued``: what comes before all of that, because somebody else is to reach in the same instant.
    """

    business_left: int
    beats: list[Beat] = field(default_factory=list)
    begun: bool = False
    waits_since_s: float | None = None
    asks_s: float = 0.0
    cued: Beat | None = None


class Trade:
    """Shoppers of a ``[trade]``; without one, ``shoppers`` at a time, the last well before ``seconds`` are over."""

    def __init__(self, section: TradeSection | None = None, *, shoppers: int = 3, seconds: float = 180.0) -> None:
        self._section = section or _steady(shoppers, seconds)
        self._next_s = self._section.from_s
        self._visits: dict[int, _Visit] = {}  # by the shopper's number
        self._market: Market | None = None
        self._cues = 0

    def admit(self, scene: Scene) -> tuple[Comer, ...]:
        """The next of the queue that the arrivals make outside, if there is room for one more inside."""
        if len(scene.people) >= self._section.most_at_once or scene.t_s < self._next_s or self.over(scene):
            return ()
        if not scene.gate_free:
            return ()
        self._next_s += float(scene.rng.exponential(60.0 / self._section.arrivals_per_min))
        return (Comer(),)

    def over(self, scene: Scene) -> bool:
        """Nobody comes any more."""
        return scene.t_s >= self._section.closes_s

    def next_errand(self, scene: Scene, shopper: Shopper) -> Errand | None:
        """The next step of the present business, or the first of another."""
        visit = self._visit(scene, shopper)
        if scene.t_s < visit.asks_s and visit.cued is None:
            return None
        if not visit.beats and visit.cued is None:
            if visit.business_left == 0:
                return Leave()
            self._begin(scene, shopper, visit)
        if visit.cued is not None:
            beat, visit.cued = visit.cued, None
            return errand_of(scene, beat) or errand_of(scene, _hand_at(beat))
        return self._go_on(scene, shopper, visit)

    def _visit(self, scene: Scene, shopper: Shopper) -> _Visit:
        if shopper.number not in self._visits:
            least, most = ends(self._section.business)
            left = int(scene.rng.integers(round(least), round(most) + 1))
            self._visits[shopper.number] = _Visit(business_left=left)
        return self._visits[shopper.number]

    def _begin(self, scene: Scene, shopper: Shopper, visit: _Visit) -> None:
        """Draw a piece of business, for two if somebody else can take part in it."""
        self._market = self._market or Market(scene.store)
        visit.business_left -= 1
        visit.begun = False
        business = self._section.draw(scene.rng)
        partner = self._partner(scene, shopper) if business is Business.SIMULTANEOUS else None
        if partner is None:
            visit.beats = [
                beat
                for action in self._market.actions(business, scene, shopper)
                for beat in beats_of(action, ("trade",), scene.rng)
            ]
            return
        self._cues += 1
        cue = Cue(f"trade {self._cues}", 2)
        for each, take in zip((visit, partner), self._market.pair(scene), strict=True):
            each.cued = replace(beats_of(take, ("trade",), scene.rng)[0], cue=cue)

    def _partner(self, scene: Scene, shopper: Shopper) -> _Visit | None:
        """Somebody else of the trade who waits for nobody yet."""
        for other in scene.people:
            waits = isinstance(other.errand, Task) and other.errand.cue is not None
            visit = self._visits.get(other.number)
            if other is not shopper and other.phase in _INSIDE and not waits and visit is not None and not visit.cued:
                return visit
        return None

    def _go_on(self, scene: Scene, shopper: Shopper, visit: _Visit) -> Errand | None:
        beat = visit.beats[0]
        errand = errand_of(scene, beat, _numbers(scene, beat.action)) if _has(shopper, beat.action) else None
        if errand is None and not isinstance(beat.action, HandOver):
            visit.beats = []  # the goods are gone: the rest of this business is given up
            return None
        if errand is None or _crowded(scene, shopper, errand):
            return _wait(scene, shopper, visit)
        del visit.beats[0]
        visit.begun, visit.waits_since_s = True, None
        return errand


def _hand_at(beat: Beat) -> Beat:
    """In place of taking what is gone by now: whoever waits for this hand must not wait for ever."""
    if not isinstance(beat.action, Take) or beat.action.plate is None:
        return beat
    return replace(beat, action=Rest(plate=beat.action.plate, for_s=0.0, close=True))


def _crowded(scene: Scene, shopper: Shopper, errand: Errand) -> bool:
    squeezes = isinstance(errand, Task) and errand.close and errand.kind is not TaskKind.VISIT
    return isinstance(errand, Task) and not squeezes and scene.crowded(shopper, errand.stand_m)


def _has(shopper: Shopper, action: Action) -> bool:
    """Whether the shopper carries what this needs; somebody may have been quicker at the step before."""
    return not isinstance(action, WithGoods) or any(item.sku_id == action.sku for item in shopper.carried)


def _numbers(scene: Scene, action: Action) -> dict[str, int]:
    return {str(each.number): each.number for each in scene.people} if isinstance(action, HandOver) else {}


def _wait(scene: Scene, shopper: Shopper, visit: _Visit) -> Errand | None:
    """Step back into the second row, then stand; something else is drawn for what has not begun, or not for long."""
    first = visit.waits_since_s is None
    if visit.waits_since_s is None:
        visit.waits_since_s = scene.t_s
    visit.asks_s = scene.t_s + _WAIT_S
    if not visit.begun:
        visit.business_left += 1
        visit.beats = []
    elif scene.t_s - visit.waits_since_s > _PATIENCE_S:
        visit.beats = []
    return _second_row(scene, shopper) if first else None


def _second_row(scene: Scene, shopper: Shopper) -> Task | None:
    """A place behind those who reach, out of everybody's way; None if luck finds none."""
    others = [each for each in scene.people if each is not shopper]
    taken = [each.goal_m for each in others] + [(each.x_m, each.y_m) for each in others]
    plates = scene.store.plates
    for _ in range(_TRIES):
        plate = plates[int(scene.rng.integers(len(plates)))]
        stand_m = place_before(plate, None, nearer_m=-float(scene.rng.uniform(*_SECOND_ROW_M)))
        if all(math.dist(stand_m, place) > _CLEAR_M for place in taken):
            return Task(kind=TaskKind.VISIT, plate_id=plate.plate_id, stand_m=stand_m, side="right")
    return None


def _steady(shoppers: int, seconds: float) -> TradeSection:
    """Somebody always comes, wants a few things and puts some back."""
    return TradeSection(
        arrivals_per_min=_ARRIVALS_PER_MIN,
        most_at_once=shoppers,
        for_s=max(1.0, seconds - _LAST_ENTRY_BEFORE_END_S),
        business=_BUSINESS,
        mix=_ORDINARY,
    )

"""Random trade: shoppers who come at a rate and go about business that a mix draws, honest or meant to deceive."""

from dataclasses import dataclass, field

from drivers.twin.scenario._beats import Beat, beats_of, errand_of
from drivers.twin.scenario._business import Market
from drivers.twin.scenario._errands import Errand, Leave, Pause, Task
from drivers.twin.scenario._format import Hold, PutBack, PutOn
from drivers.twin.scenario._mix import TradeSection
from drivers.twin.scenario._play import Comer, Scene
from drivers.twin.scenario._ranges import ends
from drivers.twin.scenario._shopper import Shopper

_ARRIVALS_PER_MIN = 15.0
_BUSINESS = (3.0, 5.0)
_ORDINARY = {"pick": 0.76, "put_back": 0.16, "browse": 0.08}
_LAST_ENTRY_BEFORE_END_S = 45.0
_WAIT_S = 0.5
_PATIENCE_S = 8.0


@dataclass(kw_only=True)
class _Visit:
    """What one shopper has still to do: so many pieces of business, and the steps left of the present one."""

    business_left: int
    beats: list[Beat] = field(default_factory=list)
    begun: bool = False
    waited_s: float = 0.0


class Trade:
    """Shoppers of a ``[trade]``; without one, ``shoppers`` at a time, the last well before ``seconds`` are over."""

    def __init__(self, section: TradeSection | None = None, *, shoppers: int = 3, seconds: float = 180.0) -> None:
        self._section = section or _steady(shoppers, seconds)
        self._next_s = self._section.from_s
        self._visits: dict[int, _Visit] = {}  # by the shopper's number
        self._market: Market | None = None

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
        if not visit.beats and visit.business_left == 0:
            return Leave()
        if not visit.beats:
            visit.beats = self._drawn(scene, shopper)
            visit.business_left -= 1
            visit.begun = False
        if not visit.beats:
            return None
        beat = visit.beats[0]
        errand = errand_of(scene, beat) if _has(shopper, beat) else None
        if errand is None:  # the goods are gone: the rest of this business is given up
            visit.beats = []
        elif isinstance(errand, Task) and scene.crowded(shopper, errand.stand_m):
            return _wait(visit)
        else:
            del visit.beats[0]
            visit.begun, visit.waited_s = True, 0.0
        return errand

    def _visit(self, scene: Scene, shopper: Shopper) -> _Visit:
        if shopper.number not in self._visits:
            least, most = ends(self._section.business)
            left = int(scene.rng.integers(round(least), round(most) + 1))
            self._visits[shopper.number] = _Visit(business_left=left)
        return self._visits[shopper.number]

    def _drawn(self, scene: Scene, shopper: Shopper) -> list[Beat]:
        self._market = self._market or Market(scene.store)
        actions = self._market.actions(self._section.draw(scene.rng), scene, shopper)
        return [beat for action in actions for beat in beats_of(action, ("trade",), scene.rng)]


def _has(shopper: Shopper, beat: Beat) -> bool:
    """Whether the shopper carries what this step needs; somebody may have been quicker at the step before."""
    if not isinstance(beat.action, PutBack | PutOn | Hold):
        return True
    return any(item.sku_id == beat.action.sku for item in shopper.carried)


def _wait(visit: _Visit) -> Pause:
    """Stand a moment for a place to come free; something else is drawn for what has not begun, or not for long."""
    visit.waited_s += _WAIT_S
    if not visit.begun:
        visit.business_left += 1
        visit.beats = []
    elif visit.waited_s > _PATIENCE_S:
        visit.beats = []
    return Pause(for_s=_WAIT_S)


def _steady(shoppers: int, seconds: float) -> TradeSection:
    """Somebody always comes, wants a few things and puts some back."""
    return TradeSection(
        arrivals_per_min=_ARRIVALS_PER_MIN,
        most_at_once=shoppers,
        for_s=max(1.0, seconds - _LAST_ENTRY_BEFORE_END_S),
        business=_BUSINESS,
        mix=_ORDINARY,
    )

"""A scenario file as a play: shoppers who do what it says, everything within ranges drawn by the seed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from drivers.twin.scenario._beats import Beat, beats_of, errand_of
from drivers.twin.scenario._checks import Flaw, Where
from drivers.twin.scenario._errands import Cue, Errand, Leave, Pause, Task
from drivers.twin.scenario._format import GoOut, HandOver, ReachAction, Scenario, ShopperSection, WithGoods
from drivers.twin.scenario._play import Comer, Play, Scene
from drivers.twin.scenario._ranges import draw
from drivers.twin.scenario._shopper import Phase, Shopper

_COMES_S = 0.5
_ERRAND_S = 60.0
_VISIT_S = 60.0
_TRADE_VISIT_S = 1800.0
_NEVER = "is never done"


@dataclass(kw_only=True)
class _Part:
    """One shopper's script and how far it has come; what is begun ends when the world asks for what comes next."""

    section: ShopperSection
    where: Where
    enters_s: float
    beats: list[Beat]
    begun: int = 0
    ended: int = 0
    number: int | None = None

    def has_come_to(self, beat: int) -> bool:
        """Whether they are in the store and have done everything before that errand."""
        return self.number is not None and self.ended >= beat

    @property
    def comer(self) -> Comer:
        """Who comes."""
        return Comer(body=self.section.body, staff=self.section.staff, outside=self.section.outside)


@dataclass(frozen=True)
class _Mark:
    """The errand whose end a label waits for."""

    part: _Part
    beats: int
    leaving: bool

    @property
    def ended(self) -> bool:
        """Whether the labelled action is done, or, of a leaving, begun."""
        return (self.part.begun if self.leaving else self.part.ended) >= self.beats

    def passed(self, scene: Scene) -> bool:
        """Whether the labelled action is done."""
        if self.leaving:
            return self.part.number is not None and all(each.number != self.part.number for each in scene.people)
        return self.ended


class Scripted:
    """Shoppers of one scenario. What is drawn is drawn at the start: nothing in the store changes it.

    ``trade``: the source of those who come beside them.
    """

    def __init__(self, scenario: Scenario, *, seed: int, trade: Play | None = None) -> None:
        rng = np.random.default_rng([seed, 2])
        cues = _cues(scenario)
        self._parts = [_part(("shopper", at), shopper, cues, rng) for at, shopper in enumerate(scenario.shopper)]
        self._coming = _groups(self._parts)
        self._circles = _circles(self._parts)
        self._marks = {label: mark for part in self._parts for label, mark in _marks(part)}
        self._trade = trade
        self._last_s = 0.0 if scenario.trade is None else scenario.trade.closes_s + _TRADE_VISIT_S
        self._cast: list[_Part | None] = []  # by the world's number; None: somebody of the trade
        self._numbers: dict[str, int] = {}

    @property
    def admitted(self) -> int:
        """How many have come."""
        return len(self._cast)

    @property
    def longest_s(self) -> float:
        """By when everybody has left unless somebody waits for ever; generous."""
        beats_s = sum(beat.at_s + beat.for_s + _ERRAND_S for part in self._parts for beat in part.beats)
        return self._last_s + beats_s + sum(part.enters_s + _VISIT_S for part in self._parts)

    @property
    def latest_s(self) -> float:
        """The last instant that the file names: from then on everybody waits for somebody, or for nothing."""
        instants_s = [part.enters_s for part in self._parts] + [
            beat.at_s for part in self._parts for beat in part.beats
        ]
        return max(self._last_s, *instants_s, 0.0)

    def name(self, number: int) -> str:
        """What the file calls the shopper whom the world calls ``number``; who comes to the trade has a number."""
        part = self._cast[number]
        return f"shopper {number}" if part is None else part.section.name

    def standstill(self, shoppers: Sequence[Shopper]) -> Flaw:
        """What keeps one of these from going on for ever, rather somebody who does not wait for what others do."""
        stuck = [(shopper, *self._kept(shopper)) for shopper in shoppers]
        shopper, where, reason = min(stuck, key=lambda each: each[2].endswith(_NEVER))
        problem = f"{self.name(shopper.number)} waits here for ever: {reason}"
        return Flaw(where=where, problem=problem, remedy="Let what is waited for happen before")

    def _kept(self, shopper: Shopper) -> tuple[Where, str]:
        """Where the file says what this shopper does now, or would do next, and what keeps them from it."""
        part = self._cast[shopper.number]
        if part is None:
            return ("trade",), "nothing that this trade comes for can be done"
        if not part.beats:
            return part.where, "the way out stays taken"
        beat = part.beats[min(part.begun - (shopper.errand is not None), len(part.beats) - 1)]
        match beat.action:
            case _ if shopper.phase is Phase.WALK:
                return beat.where, "the way stays taken"
            case _ if shopper.phase is Phase.READY:
                return beat.where, f"what others do with them {_NEVER}"
            case action if action.after is not None and not self._marks[action.after].ended:
                return beat.where, f"{action.after!r} {_NEVER}"
            case HandOver(to=name):
                return beat.where, f"{name} is not in the store"
            case _:
                return beat.where, "the goods do not come, or the place stays taken"

    def admit(self, scene: Scene) -> tuple[Comer, ...]:
        """Everybody at their time, or as soon as the gate is free after it; whoever the trade brings after them."""
        for group in self._coming:
            if scene.t_s < group[0].enters_s:
                break
            if group[0].section.outside or scene.gate_free:
                self._coming.remove(group)
                for part in group:
                    part.number = self._numbers[part.section.name] = len(self._cast)
                    self._cast.append(part)
                return tuple(part.comer for part in group)
        comers = tuple(self._trade.admit(scene)) if self._trade is not None else ()
        self._cast += [None] * len(comers)
        return comers

    def over(self, scene: Scene) -> bool:
        """Everybody has come."""
        return not self._coming and (self._trade is None or self._trade.over(scene))

    def next_errand(self, scene: Scene, shopper: Shopper) -> Errand | None:
        """The next line of the shopper's part; None while what it waits for has not come."""
        part = self._cast[shopper.number]
        if part is None:
            return None if self._trade is None else self._trade.next_errand(scene, shopper)
        part.ended = part.begun
        if part.begun == len(part.beats):
            return Leave()
        beat = part.beats[part.begun]
        if scene.t_s < beat.at_s:
            return Pause(for_s=beat.at_s - scene.t_s)
        if not self._may_begin(scene, shopper, beat):
            return None
        errand = errand_of(scene, beat, self._numbers)
        if isinstance(errand, Task) and not errand.close and scene.crowded(shopper, errand.stand_m):
            return None
        if errand is not None:
            part.begun += 1
        return errand

    def _may_begin(self, scene: Scene, shopper: Shopper, beat: Beat) -> bool:
        action = beat.action
        if beat.first and action.after is not None and not self._marks[action.after].passed(scene):
            return False
        # Nobody keeps the place before a shelf for those who have something else to do before they come.
        if beat.cue is not None and not all(part.has_come_to(at) for part, at in self._circles[beat.cue]):
            return False
        return not isinstance(action, WithGoods) or any(item.sku_id == action.sku for item in shopper.carried)


def _part(where: Where, shopper: ShopperSection, cues: dict[str, Cue], rng: np.random.Generator) -> _Part:
    enters_s = _COMES_S if shopper.enters_s is None else draw(shopper.enters_s, rng)
    beats: list[Beat] = []
    for index, action in enumerate(shopper.action):
        drawn = beats_of(action, (*where, "action", index), rng)
        cue = cues.get(action.with_ or action.label or "") if isinstance(action, ReachAction) else None
        beats += [replace(drawn[0], cue=cue), *drawn[1:]]
    return _Part(section=shopper, where=where, enters_s=enters_s, beats=beats)


def _cues(scenario: Scenario) -> dict[str, Cue]:
    """By label: who reaches together with the action that has it."""
    actions = [action for shopper in scenario.shopper for action in shopper.action if isinstance(action, ReachAction)]
    parties = Counter(action.with_ for action in actions if action.with_ is not None)
    return {label: Cue(label, others + 1) for label, others in parties.items()}


def _circles(parts: list[_Part]) -> dict[Cue, list[tuple[_Part, int]]]:
    """Who reaches together at each cue, and which errand of theirs it is."""
    circles: dict[Cue, list[tuple[_Part, int]]] = {}
    for part in parts:
        for at, beat in enumerate(part.beats):
            if beat.cue is not None:
                circles.setdefault(beat.cue, []).append((part, at))
    return circles


def _groups(parts: list[_Part]) -> list[list[_Part]]:
    """Who comes together, in the order of their coming: a party when its first member does."""
    firsts: dict[str, _Part] = {}
    for part in parts:
        if part.section.party is not None:
            firsts.setdefault(part.section.party, part)
            part.enters_s = firsts[part.section.party].enters_s
    ordered = sorted(parts, key=lambda part: part.enters_s)
    groups: dict[str, list[_Part]] = {}
    for part in ordered:
        groups.setdefault(part.section.party or f"\n{part.section.name}", []).append(part)
    return list(groups.values())


def _marks(part: _Part) -> list[tuple[str, _Mark]]:
    marks: list[tuple[str, _Mark]] = []
    begun = 0
    for _, beats in groupby(part.beats, key=lambda beat: beat.where):
        action = (of_action := list(beats))[0].action
        begun += len(of_action)
        if action.label is not None:
            marks.append((action.label, _Mark(part, begun, isinstance(action, GoOut))))
    return marks

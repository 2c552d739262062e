"""Movements at plates, one after the other and two at once: are they told, how well and how soon."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from drivers.twin.scenario import Contact, Fault, FaultKind
from engine.bench.shelf._hands import Hands
from engine.bench.shelf._match import SAME_S, Found, are_apart, movements, pair
from engine.bench.shelf._report import SeldomFigures, TradeFigures, delay_of, spread_of
from engine.bench.shelf._sensed import Sampling, sense
from engine.bench.shelf._stage import Stage
from engine.domain import PlateId

_OPENS_S, _AFTER_S = 4.0, 3.0  # plates come to rest first, and last
_PAIR_EVERY_S = 4.0
_APART_S = 0.2
_SELDOM_S = 0.6  # between two readings anything may have happened
_TRADE, _PAIRS = 1, 2  # draws


@dataclass(frozen=True)
class TradePlayed:
    """What hands did, how many steps were told, which of them are about it, and what so many seconds cost."""

    contacts: tuple[Contact, ...]
    told: int
    found: tuple[Found, ...]
    seconds: float
    estimation_s: float

    def __add__(self, other: "TradePlayed") -> "TradePlayed":
        """Both."""
        return TradePlayed(
            self.contacts + other.contacts,
            self.told + other.told,
            self.found + other.found,
            self.seconds + other.seconds,
            self.estimation_s + other.estimation_s,
        )

    @property
    def figures(self) -> TradeFigures:
        """How well and soon it was told."""
        said_before = [one.provisional_ms for one in self.found if one.provisional_ms is not None]
        return TradeFigures(
            events=len(self.contacts),
            told=self.told,
            found=len(self.found),
            precision=round(len(self.found) / max(1, self.told), 4),
            recall=round(len(self.found) / len(self.contacts), 4),
            grams_error=spread_of([one.off_g for one in self.found]),
            provisional_ms=delay_of(said_before),
            settled_ms=delay_of([one.settled_ms for one in self.found]),
        )


def play_trade(stage: Stage, events: int, *, hz: float, seed: int, faults: tuple[Fault, ...] = ()) -> TradePlayed:
    """So many movements, as many on every shelf."""
    contacts = Hands(stage.store, np.random.default_rng([seed, _TRADE])).trade(events, from_s=_OPENS_S)
    until_s = max(contact.t_s for contact in contacts) + _AFTER_S
    sensed = sense(stage, stage.loads(contacts, seed=seed), Sampling(hz=hz, until_s=until_s, seed=seed, faults=faults))
    told = movements(sensed.facts)
    found = pair(contacts, told, within_s=_SELDOM_S if faults else SAME_S)
    return TradePlayed(tuple(contacts), len(told), tuple(found), until_s, sensed.estimation_s)


def play_seldom(stage: Stage, events: int, *, hz: float, seed: int) -> tuple[SeldomFigures, ...]:
    """Trade while all controllers answer 0.1 s late, and while they lose three readings in ten."""
    figures = []
    for name, kind, late_s, lost_share in (
        ("late by 0.1 s", FaultKind.LATE, 0.1, 0.0),
        ("loses 30 %", FaultKind.LOSSY, 0.0, 0.3),
    ):
        faults = tuple(
            Fault(
                kind=kind,
                from_s=0.0,
                to_s=np.inf,
                controller_id=one.controller_id,
                late_s=late_s,
                lost_share=lost_share,
            )
            for one in stage.wiring
        )
        trade = play_trade(stage, events, hz=hz, seed=seed, faults=faults).figures
        figures.append(
            SeldomFigures(fault=name, precision=trade.precision, recall=trade.recall, grams_error=trade.grams_error)
        )
    return tuple(figures)


def share_apart(stage: Stage, pairs: int, *, hz: float, seed: int, plates: int) -> float:
    """Of so many pairs of movements 200 ms apart, on one plate or on two side by side, those that are told apart."""
    rng = np.random.default_rng([seed, _PAIRS])
    drawn = _pairs(stage, Hands(stage.store, rng), rng, plates, pairs)
    contacts = [contact for both in drawn for contact in both]
    until_s = max(contact.t_s for contact in contacts) + _AFTER_S
    sensed = sense(stage, stage.loads(contacts, seed=seed), Sampling(hz=hz, until_s=until_s, seed=seed))
    told = movements(sensed.facts)
    return round(sum(are_apart(first, second, told) for first, second in drawn) / pairs, 4)


def _pairs(
    stage: Stage, hands: Hands, rng: np.random.Generator, plates: int, pairs: int
) -> list[tuple[Contact, Contact]]:
    shelves = [shelf.plate_ids for shelf in stage.store.shelves]
    drawn = []
    for number in range(pairs):
        turn, shelf = divmod(number, len(shelves))
        t_s = _OPENS_S + _PAIR_EVERY_S * turn + float(rng.uniform(0, 1))
        chosen = _side_by_side(stage, shelves[shelf], plates, rng)
        first, second = hands.two(chosen, t_s=t_s, apart_s=_APART_S)
        drawn.append((first, second))
    return drawn


def _side_by_side(
    stage: Stage, plate_ids: Sequence[PlateId], plates: int, rng: np.random.Generator
) -> Sequence[PlateId]:
    """So many neighbours on a shelf that goods stand on."""
    runs = [plate_ids[at : at + plates] for at in range(len(plate_ids) - plates + 1)]
    stocked = [run for run in runs if all(plate_id in stage.store.facing_of_plate for plate_id in run)]
    return stocked[int(rng.integers(len(stocked)))]

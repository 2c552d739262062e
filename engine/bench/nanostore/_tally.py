"""What was said of a pass beside what was injected into it: each movement found or missed, and every word too much."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from engine.bench.nanostore._injection import InjectedStep
from engine.bench.scoring import ReferenceLine
from engine.domain import (
    CartLine,
    NeedsReview,
    OutputFact,
    Picked,
    ShelfId,
    SkuId,
    StepId,
    began_ns,
    shelf_of,
    standing_lines,
)

_SAME_S = 0.6


@dataclass(frozen=True, kw_only=True)
class Said:
    """A movement that somebody claims. ``shelf_id`` is None where that is not told; ``asked``: a person is asked."""

    t_s: float
    shelf_id: ShelfId | None
    taken: bool
    sku_id: SkuId | None
    shopper: str | None
    asked: bool = False

    def __str__(self) -> str:
        """For people."""
        what = f"{'-' if self.taken else '+'} {self.sku_id or 'no product'}, {self.shopper or 'nobody'}"
        return f"{what}{' (asks a person)' if self.asked else ''}"


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A movement that was missed or told wrong, or one told that was none; ``plate`` is a shelf for the latter."""

    number: int  # of the pass, from 1
    t_s: float
    plate: str
    grams: float
    why: str

    def __str__(self) -> str:
        """One line for people."""
        return f"pass {self.number:3d} {self.t_s:6.2f} s  {self.plate} {self.grams:+7.1f} g: {self.why}"


@dataclass(kw_only=True)
class Tally:
    """Counts over passes."""

    injected: int = 0
    told: int = 0
    found: int = 0
    products: int = 0
    shoppers: int = 0
    asked: int = 0

    def count(self, number: int, steps: Sequence[InjectedStep], said: Sequence[Said]) -> list[Failure]:
        """Count a pass in, and say what is wrong in it."""
        left = list(said)
        failures: list[Failure] = []
        for step in steps:
            heard = _nearest(step, left)
            if heard is not None:
                left.remove(heard)
                self.found += 1
                self.products += heard.sku_id == step.sku_id
                self.shoppers += heard.shopper == step.shopper
                self.asked += heard.asked
            why = _wrong(step, heard)
            if why:
                place = step.plate.plate_id
                failures.append(Failure(number=number, t_s=step.t_s, plate=place, grams=step.grams, why=why))
        self.injected += len(steps)
        self.told += len(said)
        return failures + [
            Failure(number=number, t_s=one.t_s, plate=one.shelf_id or "", grams=0.0, why=f"nothing moved: {one}")
            for one in left
        ]


def said_by_engine(facts: Iterable[OutputFact], *, start_ns: int) -> list[Said]:
    """The lines that stand at the end and, for movements without one, the likeliest of what a person is asked."""
    heard = list(facts)
    lines = list(standing_lines(heard).values())
    cases = [fact for fact in heard if isinstance(fact, NeedsReview)]
    with_line = {line.step_id for line in lines}
    asking = {case.step_id for case in cases}
    said = [_of_line(line, start_ns=start_ns, asked=line.step_id in asking) for line in lines]
    return said + [_of_case(case, start_ns=start_ns) for case in cases if case.step_id not in with_line]


def said_by_reference(lines: Iterable[ReferenceLine], names: Sequence[str], *, start_ns: int) -> list[Said]:
    """The reference's lines; ``names`` are those of its shoppers by number."""
    return [
        Said(
            t_s=(line.t_ns - start_ns) / 1e9,
            shelf_id=None,
            taken=line.taken,
            sku_id=line.sku_id,
            shopper=names[line.shopper],
        )
        for line in lines
    ]


def _of_line(line: CartLine, *, start_ns: int, asked: bool) -> Said:
    shelf_id, t_s = _where(line.step_id, start_ns)
    taken = isinstance(line, Picked)
    return Said(t_s=t_s, shelf_id=shelf_id, taken=taken, sku_id=line.sku_id, shopper=line.visit_id, asked=asked)


def _of_case(case: NeedsReview, *, start_ns: int) -> Said:
    _, t_s = _where(case.step_id, start_ns)
    best = max(case.hypotheses, key=lambda one: one.probability_ppm).verdict if case.hypotheses else None
    return Said(
        t_s=t_s,
        shelf_id=case.shelf_id,
        taken=case.mass_mg < 0,
        sku_id=best.sku_id if best else None,
        shopper=best.visit_id if best else None,
        asked=True,
    )


def _where(step_id: StepId, start_ns: int) -> tuple[ShelfId, float]:
    return shelf_of(step_id), (began_ns(step_id) - start_ns) / 1e9


def _nearest(step: InjectedStep, said: Sequence[Said]) -> Said | None:
    fitting = [
        one
        for one in said
        if one.shelf_id in (step.plate.shelf_id, None)
        and one.taken == (step.grams < 0)
        and abs(one.t_s - step.t_s) < _SAME_S
    ]
    return min(fitting, key=lambda one: (one.sku_id != step.sku_id, abs(one.t_s - step.t_s)), default=None)


def _wrong(step: InjectedStep, heard: Said | None) -> str:
    if heard is None:
        return f"missed {step.sku_id}, {step.shopper}"
    if (heard.sku_id, heard.shopper) != (step.sku_id, step.shopper):
        return f"was {step.sku_id}, {step.shopper}; told {heard}"
    return ""

"""What the engine made of a recording: each movement on a shelf, and whose cart it changed."""

from collections.abc import Iterable

import msgspec

from engine.domain import (
    CartLine,
    InputFact,
    NeedsReview,
    OutputFact,
    StepId,
    WeightProvisional,
    WeightSettled,
    standing_lines,
)


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """One settled weight step. ``t_s`` is when the movement was over, since the first plate message.

    Without a cart line, ``product`` and ``shopper`` are the likeliest of the case that asks a person.
    """

    t_s: float
    gondola: int
    shelf: int
    plates: tuple[int, ...]
    grams: float
    product: str | None
    shopper: str | None
    sigma_g: float
    in_cart: bool
    provisional_ms: float
    settled_ms: float

    def __str__(self) -> str:
        """One line for people."""
        plates = ", ".join(map(str, self.plates))
        who = f"shopper {self.shopper}" if self.shopper else "nobody"
        return (
            f"{self.t_s:6.2f} s  gondola {self.gondola} shelf {self.shelf} plate {plates}: {self.grams:+.1f} g,"
            f" {self.product or 'no product'}, {who}{'' if self.in_cart else ' (asks a person)'}"
        )


def movements(
    inputs: Iterable[InputFact], outputs: Iterable[OutputFact], *, start_ns: int
) -> tuple[tuple[Movement, ...], int]:
    """The movements of a run, in order, and how many provisional steps settled to nothing.

    ``start_ns`` is the instant of the recording's first plate message.
    """
    first_said: dict[StepId, int] = {}
    settled: list[WeightSettled] = []
    for fact in inputs:
        if isinstance(fact, WeightProvisional):
            first_said.setdefault(fact.step_id, fact.t_ns)
        elif isinstance(fact, WeightSettled):
            settled.append(fact)
    said = list(outputs)
    lines = {line.step_id: line for line in standing_lines(said).values()}
    cases = {fact.step_id: fact for fact in said if isinstance(fact, NeedsReview)}
    moved = tuple(
        _movement(step, first_said.get(step.step_id, step.t_ns), lines, cases, start_ns=start_ns)
        for step in settled
        if step.mass_mg
    )
    return moved, len(settled) - len(moved)


def _movement(
    step: WeightSettled,
    said_ns: int,
    lines: dict[StepId, CartLine],
    cases: dict[StepId, NeedsReview],
    *,
    start_ns: int,
) -> Movement:
    gondola, shelf = str(step.shelf_id).split("-")
    line, case = lines.get(step.step_id), cases.get(step.step_id)
    product, shopper = (line.sku_id, line.visit_id) if line else _likeliest(case)
    return Movement(
        t_s=round((step.end_ns - start_ns) / 1e9, 3),
        gondola=int(gondola),
        shelf=int(shelf),
        plates=tuple(int(str(part.plate_id).split("-")[2]) for part in step.plates),
        grams=step.mass_mg / 1000,
        product=product,
        shopper=shopper,
        sigma_g=step.sigma_mg / 1000,
        in_cart=line is not None,
        provisional_ms=round((said_ns - step.start_ns) / 1e6, 1),
        settled_ms=round((step.t_ns - step.end_ns) / 1e6, 1),
    )


def _likeliest(case: NeedsReview | None) -> tuple[str | None, str | None]:
    if case is None or not case.hypotheses:
        return None, None
    best = max(case.hypotheses, key=lambda hypothesis: hypothesis.probability_ppm).verdict
    return best.sku_id, best.visit_id

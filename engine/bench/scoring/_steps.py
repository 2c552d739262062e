"""What the engine said in the end, weight step by weight step: lines, questions, and what it would offer a reviewer."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.bench.witness import Heard
from engine.domain import (
    CartLine,
    CaseId,
    CaseResolved,
    NeedsReview,
    Picked,
    ShelfId,
    SkuId,
    StepId,
    Stocked,
    Store,
    VisitId,
    VisitOpened,
    began_ns,
    shelf_of,
    standing_lines,
)

_PPM = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One unit that the engine holds to have moved; a line's, or of a step without lines with neither visit nor SKU."""

    step_id: StepId
    line: CartLine | None
    sku_id: SkuId | None
    taken: bool


@dataclass(frozen=True)
class Change:
    """Units of a SKU into a visit's cart, or out of it."""

    visit_id: VisitId | None
    sku_id: SkuId
    taken: bool
    quantity: int

    @property
    def signed_quantity(self) -> int:
        """Units into the cart, negative out of it."""
        return self.quantity if self.taken else -self.quantity


@dataclass(kw_only=True)
class Step:
    """One weight step and all that was made of it. ``answered_ns`` is when a question about it was closed."""

    step_id: StepId
    lines: list[CartLine] = field(default_factory=list)
    questions: list[NeedsReview] = field(default_factory=list)
    stocked: Stocked | None = None
    settled_ns: int | None = None
    answered_ns: int | None = None

    @property
    def shelf_id(self) -> ShelfId:
        """Where it was."""
        return shelf_of(self.step_id)

    @property
    def start_ns(self) -> int:
        """When the weight began to change."""
        return began_ns(self.step_id)

    @property
    def end_ns(self) -> int:
        """When the weight was at rest again, as far as it was said; else the beginning."""
        ends_ns = [question.end_ns for question in self.questions]
        if self.settled_ns is not None:
            ends_ns.append(self.settled_ns)
        return max(self.start_ns, min(ends_ns, default=self.start_ns))

    def claims(self, store: Store) -> list[Claim]:
        """The units it was held to be: of its lines; else what staff moved; else what was asked about."""
        if self.lines:
            return [
                Claim(step_id=self.step_id, line=line, sku_id=line.sku_id, taken=isinstance(line, Picked))
                for line in self.lines
                for _ in range(line.quantity)
            ]
        if self.stocked is not None:
            sku_id, mass_mg = self.stocked.sku_id, self.stocked.mass_mg
            unit_g = store.product_by_sku[sku_id].unit_mass_g if sku_id is not None else abs(mass_mg) / 1000
            units = round(abs(mass_mg) / 1000 / unit_g) if unit_g else 1
        else:
            sku_id, mass_mg = None, self.questions[-1].mass_mg
            likeliest = max(self.questions[-1].hypotheses, key=lambda h: h.probability_ppm, default=None)
            units = abs(likeliest.verdict.quantity) if likeliest is not None else 1
            if mass_mg == 0 and likeliest is not None:  # nobody weighed it
                mass_mg = -likeliest.verdict.quantity
        return [Claim(step_id=self.step_id, line=None, sku_id=sku_id, taken=mass_mg < 0)] * max(1, units)

    def doubt_ppm(self, staff: frozenset[VisitId]) -> int:
        """The engine's own probability that what stands is wrong.

        It is that of the least likely line or, where nobody is charged, that somebody should be.
        """
        if self.lines:
            return _PPM - min(line.probability_ppm for line in self.lines)
        named = (h for h in self.questions[-1].hypotheses if not _changes_no_cart(h.verdict.visit_id, staff))
        return min(_PPM, sum(h.probability_ppm for h in named if h.verdict.sku_id is not None))

    def offers(self, truth: frozenset[Change], staff: frozenset[VisitId]) -> bool:
        """Whether a reviewer finds the truth about the step among what the engine considered.

        Every change of a cart is among the lines, the hypotheses and the runners-up; or, where no cart changed, it is
        among them that nobody is to be charged.
        """
        verdicts = [h.verdict for question in self.questions for h in question.hypotheses]
        runners_up = {part for line in self.lines for part in line.reason.runner_up.split(" + ")}
        if not truth:
            nobody = any(v.sku_id is None or _changes_no_cart(v.visit_id, staff) for v in verdicts)
            return nobody or any(part == "unexplained" or part.startswith("somebody:") for part in runners_up)
        offered = {
            Change(v.visit_id, v.sku_id, v.quantity > 0, abs(v.quantity)) for v in verdicts if v.sku_id is not None
        }
        offered |= {Change(line.visit_id, line.sku_id, isinstance(line, Picked), line.quantity) for line in self.lines}
        return all(
            change in offered or f"{change.visit_id}: {change.quantity} {change.sku_id}" in runners_up
            for change in truth
        )


def steps_of(heard: Sequence[Heard]) -> dict[StepId, Step]:
    """Every step that ended as lines, as restocking or as a question, in the order in which it was first spoken of."""
    standing = standing_lines(item.fact for item in heard)
    steps: dict[StepId, Step] = {}
    asked: dict[CaseId, Step] = {}
    for item in heard:
        fact = item.fact
        if isinstance(fact, CartLine | NeedsReview | Stocked):
            step = steps.setdefault(fact.step_id, Step(step_id=fact.step_id))
            if isinstance(fact, NeedsReview):
                step.questions.append(fact)
                asked[fact.case_id] = step
            elif isinstance(fact, Stocked):
                step.stocked = fact
            elif fact.settled and step.settled_ns is None:
                step.settled_ns = fact.t_ns
        elif isinstance(fact, CaseResolved) and fact.case_id in asked:
            asked[fact.case_id].answered_ns = item.arrived_ns
    for line in standing.values():
        steps[line.step_id].lines.append(line)
    return {step_id: step for step_id, step in steps.items() if step.lines or step.questions or step.stocked}


def staff_visits(heard: Sequence[Heard]) -> frozenset[VisitId]:
    """The visits that have no cart."""
    return frozenset(item.fact.visit_id for item in heard if isinstance(item.fact, VisitOpened) and item.fact.staff)


def _changes_no_cart(visit_id: VisitId | None, staff: frozenset[VisitId]) -> bool:
    return visit_id is None or visit_id in staff

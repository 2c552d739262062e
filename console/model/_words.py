"""Sentences for people: why a line says what it says, what a hypothesis means, why a case is open."""

from collections.abc import Iterable

from console.model._tally import Tally
from console.model._visits import StoreState
from engine.domain import (
    CameraHealth,
    CannotTell,
    CartLine,
    CaseCause,
    EscalateCase,
    GramsMismatch,
    NeedsReview,
    Reason,
    ResolveCase,
    SkuId,
    Verdict,
    VisitId,
)

SHORT_ID = 8

_CAUSES = {
    CaseCause.WHO: "Who took it?",
    CaseCause.WHAT: "What was it?",
    CaseCause.UNEXPLAINED: "What happened here?",
    CaseCause.UNWITNESSED: "What changed while nobody measured?",
}


def short_id(identifier: str) -> str:
    """An id short enough to read aloud."""
    return identifier if len(identifier) <= SHORT_ID else identifier[: SHORT_ID - 2]


def shopper_name(visit_id: VisitId | None) -> str:
    """How a shopper is called in the console: by the visit, never by a person's name."""
    return "Nobody" if visit_id is None else f"Shopper {short_id(visit_id)}"


def grams(mass_mg: int) -> str:
    """A mass for the eye."""
    return f"{mass_mg / 1000:.0f} g"


def mismatch(flag: GramsMismatch) -> str:
    """What does not add up on a shelf: "212 ± 4 g missing from P1, P2"."""
    plates = ", ".join(plate.plate_id for plate in flag.plates)
    way = "missing from" if flag.mass_mg < 0 else "too much on"
    return f"{abs(flag.mass_mg) / 1000:.0f} ± {flag.sigma_mg / 1000:.0f} g {way} {plates or flag.shelf_id}"


def probability(ppm: int) -> str:
    """A probability for the eye, never rounded to certainty; a dash for what nobody considered."""
    if ppm == 0:
        return "–"
    if 0 < ppm < 10_000:
        return "<1 %"
    if 990_000 < ppm < 1_000_000:
        return ">99 %"
    return f"{ppm / 10_000:.0f} %"


def reason(why: Reason, state: StoreState) -> str:
    """Why a line says what it says: "621 g expected, 623 g measured; hand 6 cm away; runner-up X 0.04"."""
    parts = []
    if why.expected_mg:
        parts.append(f"{grams(abs(why.expected_mg))} expected, {grams(abs(why.measured_mg))} measured")
    else:
        parts.append(f"{grams(abs(why.measured_mg))} measured")
    if why.hand_distance_mm is None:
        parts.append("no hand seen")
    else:
        parts.append(f"hand {why.hand_distance_mm / 10:.0f} cm away")
    if why.runner_up:
        parts.append(f"runner-up {_named(why.runner_up, state)} {why.runner_up_ppm / 1_000_000:.2f}")
    return "; ".join(parts)


def _named(described: str, state: StoreState) -> str:
    """The engine's short description with its ids as people know them."""
    words = []
    for word in described.split(" "):
        bare = word.rstrip(":")
        if bare in state.visits:
            words.append(shopper_name(VisitId(bare)) + word[len(bare) :])
        else:
            words.append(state.product_name(SkuId(word)))
    return " ".join(words)


def question(case: NeedsReview) -> str:
    """What the engine asks."""
    return _CAUSES[case.cause]


def escalated(case: NeedsReview) -> str:
    """Who passed a case on and why; empty when nobody did."""
    return "" if case.escalation is None else f"{case.escalation.by} passed it on: {case.escalation.note}"


def movement(case: NeedsReview) -> str:
    """What the scales felt."""
    way = "left" if case.mass_mg < 0 else "came onto"
    return f"{grams(abs(case.mass_mg))} {way} shelf {case.shelf_id}"


def verdict(held: Verdict, state: StoreState) -> str:
    """A verdict as a sentence."""
    if held.sku_id is None:
        return "Nothing was taken"
    what = f"{abs(held.quantity)} × {state.product_name(held.sku_id)}"
    if held.visit_id is None:
        return f"{what}, nobody's cart"
    return f"{shopper_name(held.visit_id)} {'took' if held.quantity > 0 else 'put back'} {what}"


def decision(said: ResolveCase | CannotTell | EscalateCase, state: StoreState) -> str:
    """What a reviewer made of a case: a verdict, that nobody can tell, or that somebody else should look."""
    match said:
        case ResolveCase():
            return verdict(said.verdict, state)
        case CannotTell():
            return "Cannot tell: left to the policy"
        case EscalateCase():
            return f"Passed on: {said.note}"


def tally(done: Tally) -> str:
    """What somebody has done, in a line."""
    if done.median_s is None and not done.passed_on:
        return ""
    counts = [(done.as_suggested, "as suggested"), (done.passed_on, "passed on"), (done.taken_back, "taken back")]
    pace = "" if done.median_s is None else f", {done.median_s:.1f} s each"
    return "; ".join([f"{done.decided} decided{pace}", *(f"{count} {what}" for count, what in counts if count)])


def hypothesis_reason(held: Verdict, case: NeedsReview, state: StoreState, *, part: bool = False) -> str:
    """How the weight speaks for or against a verdict, and what the line it questions says of hands.

    A verdict about a ``part`` of what moved at once explains so much of it.
    """
    measured = f"{grams(abs(case.mass_mg))} {'that moved at once' if part else 'measured'}"
    product = None if held.sku_id is None else state.store.product_by_sku.get(held.sku_id)
    expected = "" if product is None else f"{product.unit_mass_g * abs(held.quantity):.0f} g"
    joined = f"{expected} of {measured}" if part else f"{expected} expected, {measured}"
    weight = joined if expected else measured
    line = questioned_line(case, state)
    if line is None or line.visit_id != held.visit_id or line.sku_id != held.sku_id:
        return weight
    if line.reason.hand_distance_mm is None:
        return f"{weight}; no hand seen"
    return f"{weight}; hand {line.reason.hand_distance_mm / 10:.0f} cm away"


def questioned_line(case: NeedsReview, state: StoreState) -> CartLine | None:
    """The cart line a case is about, if one was said."""
    if case.line_id is None:
        return None
    return next((visit.lines[case.line_id] for visit in state.visits.values() if case.line_id in visit.lines), None)


def providers(cameras: Iterable[CameraHealth]) -> str:
    """What the models of perception run on: "CPU"; a dash where cameras see people by themselves."""
    used = {camera.provider.removesuffix("ExecutionProvider") for camera in cameras if camera.provider}
    return ", ".join(sorted(used)) or "–"


def age(seconds: float) -> str:
    """A duration for the eye."""
    if seconds < 1:
        return "now"
    if seconds < 60:
        return f"{int(seconds)} s"
    if seconds < 3600:
        return f"{int(seconds) // 60}:{int(seconds) % 60:02} min"
    return f"{int(seconds) // 3600}:{int(seconds) // 60 % 60:02} h"

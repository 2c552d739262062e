"""Sentences for people: why a line says what it says, what a hypothesis means, why a case is open."""

from collections.abc import Iterable

from console.language import N_, _, enumerated, listed, ngettext, number
from console.model._codes import CODES, DECIDERS, DESCRIBED
from console.model._tally import Tally
from console.model._visits import StoreState, Visit
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
    CaseCause.WHO: N_("Who took it?"),
    CaseCause.WHAT: N_("What was it?"),
    CaseCause.UNEXPLAINED: N_("What happened here?"),
    CaseCause.UNWITNESSED: N_("What changed while nobody measured?"),
}


def code(said: str) -> str:
    """What the engine says by a code, in words; what is no code of ours, as the engine said it."""
    return _(CODES[said]) if said in CODES else said


def decider(by: str) -> str:
    """Who decided a case: a person by their name, anything else in words."""
    return _(DECIDERS[by]) if by in DECIDERS else by


def short_id(identifier: str) -> str:
    """An id short enough to read aloud."""
    return identifier if len(identifier) <= SHORT_ID else identifier[: SHORT_ID - 2]


def shopper_name(visit_id: VisitId | None) -> str:
    """How a shopper is called in the console: by the visit, never by a person's name."""
    return _("Nobody") if visit_id is None else _("Shopper {visit}", visit=short_id(visit_id))


def visitor_name(visit: Visit) -> str:
    """So with staff, who are no shoppers."""
    return _("Staff") if visit.staff else shopper_name(visit.visit_id)


def grams(mass_mg: float, *, decimals: int = 0) -> str:
    """A mass for the eye."""
    return _("{mass} g", mass=number(mass_mg / 1000, decimals))


def about_grams(mass_mg: int, sigma_mg: int, *, decimals: int = 0) -> str:
    """A mass that is known so well."""
    mass, sigma = number(mass_mg / 1000, decimals), number(sigma_mg / 1000, decimals)
    return _("{mass} ± {sigma} g", mass=mass, sigma=sigma)


def milliseconds(lasting_ms: float) -> str:
    """A short time for the eye."""
    return _("{time} ms", time=number(lasting_ms))


def mismatch(flag: GramsMismatch) -> str:
    """What does not add up on a shelf: "212 ± 4 g missing from P1, P2"."""
    mass = about_grams(abs(flag.mass_mg), flag.sigma_mg)
    where = enumerated([plate.plate_id for plate in flag.plates]) or flag.shelf_id
    if flag.mass_mg < 0:
        return _("{mass} missing from {where}", mass=mass, where=where)
    return _("{mass} too much on {where}", mass=mass, where=where)


def share(percent: float) -> str:
    """Of a hundred."""
    return _("{share} %", share=number(percent))


def probability(ppm: int) -> str:
    """A probability for the eye, never rounded to certainty; a dash for what nobody considered."""
    if ppm == 0:
        return "–"
    if 0 < ppm < 10_000:
        return _("<{share} %", share=1)
    if 990_000 < ppm < 1_000_000:
        return _(">{share} %", share=99)
    return share(ppm / 10_000)


def reason(why: Reason, state: StoreState) -> str:
    """Why a line says what it says: "621 g expected, 623 g measured; hand 6 cm away; runner-up X 0.04"."""
    said = [_weighed(grams(abs(why.expected_mg)) if why.expected_mg else "", grams(abs(why.measured_mg)))]
    said.append(_hand(why))
    if why.runner_up:
        likely = number(why.runner_up_ppm / 1_000_000, 2)
        said.append(_("runner-up {verdict} {likely}", verdict=_named(why.runner_up, state), likely=likely))
    return listed(said)


def _weighed(expected: str, measured: str) -> str:
    if not expected:
        return _("{mass} measured", mass=measured)
    return _("{expected} expected, {measured} measured", expected=expected, measured=measured)


def _hand(why: Reason) -> str:
    if why.hand_distance_mm is None:
        return _("no hand seen")
    return _("hand {distance} cm away", distance=number(why.hand_distance_mm / 10))


def _named(described: str, state: StoreState) -> str:
    """The engine's short description with its ids as people know them."""
    words = []
    for word in described.split(" "):
        bare = word.rstrip(":")
        if bare in state.visits:
            words.append(shopper_name(VisitId(bare)) + word[len(bare) :])
        elif bare in DESCRIBED:
            words.append(_(DESCRIBED[bare]) + word[len(bare) :])
        else:
            words.append(state.product_name(SkuId(word)))
    return " ".join(words)


def question(case: NeedsReview) -> str:
    """What the engine asks."""
    return _(_CAUSES[case.cause])


def escalated(case: NeedsReview) -> str:
    """Who passed a case on and why; empty when nobody did."""
    passed = case.escalation
    return "" if passed is None else _("{who} passed it on: {note}", who=passed.by, note=passed.note)


def movement(case: NeedsReview) -> str:
    """What the scales felt."""
    mass = grams(abs(case.mass_mg))
    if case.mass_mg < 0:
        return _("{mass} left shelf {shelf}", mass=mass, shelf=case.shelf_id)
    return _("{mass} came onto shelf {shelf}", mass=mass, shelf=case.shelf_id)


def verdict(held: Verdict, state: StoreState) -> str:
    """A verdict as a sentence."""
    if held.sku_id is None:
        return _("Nothing was taken")
    units, product = abs(held.quantity), state.product_name(held.sku_id)
    if held.visit_id is None:
        return _("{units} × {product}, nobody's cart", units=units, product=product)
    shopper = shopper_name(held.visit_id)
    if held.quantity > 0:
        return _("{shopper} took {units} × {product}", shopper=shopper, units=units, product=product)
    return _("{shopper} put back {units} × {product}", shopper=shopper, units=units, product=product)


def decision(said: ResolveCase | CannotTell | EscalateCase, state: StoreState) -> str:
    """What a reviewer made of a case: a verdict, that nobody can tell, or that somebody else should look."""
    match said:
        case ResolveCase():
            return verdict(said.verdict, state)
        case CannotTell():
            return _("Cannot tell: left to the policy")
        case EscalateCase():
            return _("Passed on: {note}", note=said.note)


def tally(done: Tally) -> str:
    """What somebody has done, in a line."""
    if done.median_s is None and not done.passed_on:
        return ""
    said = [_pace(done)]
    if done.as_suggested:
        said.append(ngettext("{count} as suggested", "{count} as suggested", done.as_suggested))
    if done.passed_on:
        said.append(ngettext("{count} passed on", "{count} passed on", done.passed_on))
    if done.taken_back:
        said.append(ngettext("{count} taken back", "{count} taken back", done.taken_back))
    return listed(said)


def _pace(done: Tally) -> str:
    if done.median_s is None:
        return ngettext("{count} decided", "{count} decided", done.decided)
    pace = number(done.median_s, 1)
    return ngettext("{count} decided, {pace} s each", "{count} decided, {pace} s each", done.decided, pace=pace)


def hypothesis_reason(held: Verdict, case: NeedsReview, state: StoreState, *, part: bool = False) -> str:
    """How the weight speaks for or against a verdict, and what the line it questions says of hands.

    A verdict about a ``part`` of what moved at once explains so much of it.
    """
    product = None if held.sku_id is None else state.store.product_by_sku.get(held.sku_id)
    expected = "" if product is None else grams(1000 * product.unit_mass_g * abs(held.quantity))
    measured = grams(abs(case.mass_mg))
    weight = _part(expected, measured) if part else _weighed(expected, measured)
    line = questioned_line(case, state)
    if line is None or line.visit_id != held.visit_id or line.sku_id != held.sku_id:
        return weight
    return listed([weight, _hand(line.reason)])


def _part(expected: str, moved: str) -> str:
    if not expected:
        return _("{mass} that moved at once", mass=moved)
    return _("{expected} of {moved} that moved at once", expected=expected, moved=moved)


def questioned_line(case: NeedsReview, state: StoreState) -> CartLine | None:
    """The cart line a case is about, if one was said."""
    if case.line_id is None:
        return None
    return next((visit.lines[case.line_id] for visit in state.visits.values() if case.line_id in visit.lines), None)


def providers(cameras: Iterable[CameraHealth]) -> str:
    """What the models of perception run on: "CPU"; a dash where cameras see people by themselves."""
    used = {camera.provider.removesuffix("ExecutionProvider") for camera in cameras if camera.provider}
    return enumerated(sorted(used)) or "–"


def age(seconds: float) -> str:
    """A duration for the eye."""
    whole = int(seconds)
    if seconds < 1:
        return _("now")
    if seconds < 60:
        return _("{seconds} s", seconds=whole)
    if seconds < 3600:
        return _("{clock} min", clock=_clock(whole // 60, whole % 60))
    return _("{clock} h", clock=_clock(whole // 3600, whole // 60 % 60))


def _clock(whole: int, sixtieths: int) -> str:
    return f"{number(whole)}:{number(sixtieths // 10)}{number(sixtieths % 10)}"

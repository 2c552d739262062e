"""Every gram of a shelf is somewhere: at home, misplaced, in a cart, written off, asked about, or flagged."""

from collections.abc import Iterable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core import StoreCore
from engine.domain import (
    AcceptShelf,
    CaseCause,
    CommandGiven,
    CommandId,
    GramsAccounted,
    GramsMismatch,
    InputFact,
    NeedsReview,
    OutputFact,
    Passage,
    PlateId,
    ShelfGrams,
    ShelfId,
    StockView,
    UnwitnessedChange,
    signed_quantity,
    standing_lines,
)
from tests.build import (
    MASS_G,
    answer,
    authorised,
    baseline,
    bodies,
    body,
    carts,
    hand_in,
    in_time,
    ns,
    passed,
    play,
    reach,
    settled,
    small_store,
    tick,
)

STORE = small_store(gates=False)
PLATES = {shelf.shelf_id: shelf.plate_ids for shelf in STORE.shelves}
ALL_PLATES = [str(plate.plate_id) for plate in STORE.plates]
FULL_G = 6000.0
LIGHTEST_G = {"s1": MASS_G["tea"], "s2": MASS_G["soup"]}


class Act(msgspec.Struct, frozen=True):
    """One thing that happens at a plate: weight changes by ``grams``, seen or not, then perhaps somebody decides."""

    kind: str
    plate_id: str
    grams: float
    doubtful: bool = False
    verdict: tuple[str | None, str | None, int] | None = None


class Shop:
    """The shelves as they truly are, and the core that is told of them."""

    def __init__(self, core: StoreCore) -> None:
        self.core, self.now_s, self.said = core, 1.0, list[OutputFact]()
        self.grams: dict[str, float] = {plate_id: FULL_G for plate_ids in PLATES.values() for plate_id in plate_ids}
        self.heard: list[InputFact] = []
        for shelf_id in PLATES:
            self.weigh(shelf_id, resumed=True)

    def hear(self, facts: Iterable[InputFact]) -> None:
        for fact in facts:
            self.heard.append(fact)
            self.said += play(self.core, [fact])

    def weigh(self, shelf_id: str, *, resumed: bool = False) -> None:
        here = {plate_id: self.grams[plate_id] for plate_id in self.grams if plate_id[:2] == shelf_id}
        self.hear([baseline(shelf_id, self.now_s, here, resumed=resumed)])

    def live(self, act: Act) -> None:
        shelf_id = act.plate_id[:2]
        self.now_s += 4
        self.grams[act.plate_id] += act.grams
        if act.kind == "seen":
            others = [body("bob", hands=[hand_in(STORE, act.plate_id, off_m=0.04)])] if act.doubtful else []
            hands = reach(STORE, "ann", act.plate_id, self.now_s, others=others)
            step = settled(shelf_id, self.now_s, {act.plate_id: act.grams})
            self.hear(in_time(hands, [step, tick(self.now_s + 1.9)]))
            self.now_s += 2
        self.weigh(shelf_id, resumed=act.kind == "unmeasured")
        if act.verdict is not None:
            self.decide(*act.verdict)

    def decide(self, visit: str | None, sku: str | None, quantity: int) -> None:
        """The oldest open case gets this answer, if it may."""
        self.now_s += 1
        for case in [f for f in self.core.standing_facts() if isinstance(f, NeedsReview)][:1]:
            given_answer = answer(self.now_s, case.case_id, visit, sku, quantity)
            if not self.core.refusal(given_answer.command):
                self.hear([given_answer])

    def let_pass(self, seconds: float) -> None:
        self.now_s += seconds
        self.hear([tick(self.now_s)])

    def stock(self) -> StockView:
        return self.core.stock(ns(self.now_s))

    def shelf(self, shelf_id: str) -> ShelfGrams:
        return next(shelf for shelf in self.stock().shelves if shelf.shelf_id == shelf_id)


def flags(said: Iterable[OutputFact]) -> dict[str, GramsMismatch]:
    """The flags that stand, as a replica folds them; nothing is told twice, nor taken back untold."""
    standing: dict[str, GramsMismatch] = {}
    for fact in said:
        if isinstance(fact, GramsMismatch):
            known = standing.get(fact.shelf_id)
            assert known is None or known.mass_mg != fact.mass_mg
            standing[fact.shelf_id] = fact
        elif isinstance(fact, GramsAccounted):
            del standing[fact.shelf_id]
    return standing


def acts() -> st.SearchStrategy[list[Act]]:
    """Movements that are seen, doubtful or clear, that nobody measured, or that no step told of; and decisions."""
    unit = st.tuples(st.sampled_from(sorted(MASS_G.values())), st.sampled_from([-2, -1, -1, -1, 1, 1]))
    grams = st.one_of(unit.map(lambda one: one[0] * one[1]), st.sampled_from([-237.0, 55.0, -20.0, -20.0, 3.0]))
    verdict = st.tuples(
        st.sampled_from(["ann", "bob", None]), st.sampled_from([*sorted(MASS_G), None]), st.integers(-1, 2)
    )
    act = st.builds(
        Act,
        kind=st.sampled_from(["seen", "seen", "seen", "unmeasured", "untold"]),
        plate_id=st.sampled_from(ALL_PLATES),
        grams=grams,
        doubtful=st.booleans(),
        verdict=st.none() | verdict,
    )
    return st.lists(act, min_size=1, max_size=6)


def assert_balanced(shop: Shop) -> None:
    for shelf in shop.stock().shelves:
        somewhere_mg = shelf.home_mg + shelf.misplaced_mg + shelf.carts_mg + shelf.lost_mg
        assert shelf.opened_mg == somewhere_mg + shelf.open_mg + shelf.missing_mg
        lies_mg = sum(round(1000 * shop.grams[plate_id]) for plate_id in PLATES[shelf.shelf_id])
        assert shelf.home_mg + shelf.misplaced_mg == lies_mg
        taken_mg, doubt_mg = 0.0, 1.0
        for line in standing_lines(shop.said).values():
            if line.step_id[:2] == shelf.shelf_id:
                taken_mg += 1000 * MASS_G[line.sku_id] * signed_quantity(line)
                doubt_mg += 1000 * MASS_G[line.sku_id] * line.quantity
        assert abs(shelf.carts_mg - taken_mg) <= 0.15 * doubt_mg


@settings(max_examples=60, deadline=None, derandomize=True)
@given(deeds=acts())
def test_the_grams_of_a_shelf_are_all_somewhere(deeds: list[Act]) -> None:
    shop = Shop(StoreCore(STORE))
    for deed in deeds:
        shop.live(deed)
        assert_balanced(shop)
    for pause_s in (200, 1000):  # policy decides what is open; then movements are only summed up
        shop.let_pass(pause_s)
        assert_balanced(shop)
        assert all(shelf.open_mg == 0 for shelf in shop.stock().shelves)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(deeds=acts())
def test_what_is_missing_is_flagged_and_nothing_else(deeds: list[Act]) -> None:
    shop = Shop(StoreCore(STORE))
    for deed in deeds:
        shop.live(deed)
    for pause_s in (200, 1000):
        shop.let_pass(pause_s)
        standing = flags(shop.said)
        for shelf in shop.stock().shelves:
            limit_mg = max(3 * shelf.sigma_mg, 400 * LIGHTEST_G[shelf.shelf_id])
            if abs(shelf.missing_mg) > limit_mg:
                assert abs(standing[shelf.shelf_id].mass_mg + shelf.missing_mg) <= limit_mg
            elif 2 * abs(shelf.missing_mg) <= limit_mg:
                assert shelf.shelf_id not in standing
    assert {f.shelf_id: f for f in shop.core.standing_facts() if isinstance(f, GramsMismatch)} == flags(shop.said)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    picks=st.lists(st.tuples(st.sampled_from(ALL_PLATES), st.integers(1, 2), st.integers(-4, 4)), max_size=8),
    drift_g=st.floats(-2, 2),
)
def test_plain_trade_with_drift_raises_no_flag(picks: list[tuple[str, int, int]], drift_g: float) -> None:
    shop = Shop(StoreCore(STORE))
    for plate_id, units, off_g in picks:
        mass_g = MASS_G[STORE.facing_of_plate[PlateId(plate_id)].sku_id]
        shop.live(Act("seen", plate_id, -(units * mass_g + (off_g if mass_g > 200 else off_g / 4))))
        shop.grams = {plate: grams + drift_g for plate, grams in shop.grams.items()}
        shop.weigh(plate_id[:2], resumed=off_g > 2)
    assert flags(shop.said) == {}
    assert not any(isinstance(fact, UnwitnessedChange | GramsMismatch) for fact in shop.said)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(deeds=acts(), share=st.floats(0, 1))
def test_the_books_survive_a_restart_anywhere(deeds: list[Act], share: float) -> None:
    shop = Shop(StoreCore(STORE))
    for deed in deeds:
        shop.live(deed)
    shop.let_pass(1000)
    cut = round(share * len(shop.heard))
    before = StoreCore(STORE)
    again = play(before, shop.heard[:cut])
    after = StoreCore.restore(STORE, before.checkpoint())
    again += play(after, shop.heard[cut:])
    assert [msgspec.json.encode(f) for f in again] == [msgspec.json.encode(f) for f in shop.said]
    assert after.stock(0) == shop.core.stock(0)
    assert after.checkpoint() == shop.core.checkpoint()


def test_a_flag_clears_when_the_grams_come_back() -> None:
    shop = Shop(StoreCore(STORE))
    shop.live(Act("untold", "s1p1", -420.0))
    (flag,) = flags(shop.said).values()
    assert (flag.shelf_id, flag.mass_mg, [p.plate_id for p in flag.plates]) == ("s1", -420_000, ["s1p1"])
    shop.let_pass(60)
    shop.weigh("s1")
    assert sum(isinstance(f, GramsMismatch) for f in shop.said) == 1
    shop.live(Act("untold", "s1p1", 420.0))
    assert flags(shop.said) == {}


def test_what_was_decided_to_be_nothing_is_missing_until_it_comes_back() -> None:
    shop = Shop(StoreCore(STORE))
    shop.live(Act("seen", "s1p1", -421.0, doubtful=True, verdict=(None, None, 0)))
    assert flags(shop.said)["s1"].mass_mg == -421_000
    assert shop.shelf("s1").missing_mg == 421_000
    shop.live(Act("seen", "s1p1", 421.0, doubtful=True, verdict=(None, None, 0)))
    assert flags(shop.said) == {}


def test_what_a_person_saw_taken_by_nobody_known_is_written_off() -> None:
    shop = Shop(StoreCore(STORE))
    shop.live(Act("seen", "s1p1", -421.0, doubtful=True, verdict=(None, "beans", 1)))
    assert flags(shop.said) == {}
    assert (shop.shelf("s1").lost_mg, shop.shelf("s1").carts_mg) == (420_000, 0)


def test_small_losses_add_up_to_a_flag() -> None:
    shop = Shop(StoreCore(STORE))
    for _ in range(3):
        shop.live(Act("seen", "s1p5", -20.0))
    assert flags(shop.said)["s1"].mass_mg == -40_000  # as soon as it is half a packet of tea; 60 is no news
    assert shop.shelf("s1").missing_mg == 60_000


def test_an_outage_names_what_would_explain_each_place() -> None:
    shop = Shop(StoreCore(STORE))
    shop.now_s += 30
    for plate_id, grams in (("s1p1", -840.0), ("s1p2", -12.0), ("s1p3", 1000.0), ("s1p5", -80.0)):
        shop.grams[plate_id] += grams
    shop.weigh("s1", resumed=True)
    (change,) = [f for f in shop.said if isinstance(f, UnwitnessedChange)]
    assert change.since_ns == ns(1)
    likeliest = {(c.sku_id, c.quantity) for c in change.candidates if c.probability_ppm > 500_000}
    assert likeliest == {("beans", 2), ("rice", -1), ("tea", 1)}
    cases = [f for f in shop.said if isinstance(f, NeedsReview)]
    assert [(case.cause, case.mass_mg) for case in cases] == [
        (CaseCause.UNWITNESSED, -852_000),
        (CaseCause.UNWITNESSED, 1_000_000),
        (CaseCause.UNWITNESSED, -80_000),
    ]
    assert carts(shop.said) == {}
    assert (shop.shelf("s1").open_mg, flags(shop.said)) == (-68_000, {})


def test_an_item_that_stood_on_two_products_plates_is_one_question() -> None:
    shop = Shop(StoreCore(STORE))
    shop.now_s += 30
    for plate_id in ("s1p2", "s1p3"):
        shop.grams[plate_id] -= 210
    shop.weigh("s1", resumed=True)
    (case,) = [f for f in shop.said if isinstance(f, NeedsReview)]
    assert (case.mass_mg, case.plate_ids) == (-420_000, ("s1p2", "s1p3"))


def test_hands_that_were_seen_while_nobody_measured_count() -> None:
    shop = Shop(StoreCore(STORE))
    bob = body("bob", at_m=(2.5, 2.5))
    shop.hear([bodies(1.1 + i / 10, body("ann"), bob) for i in range(10)])
    shop.hear(reach(STORE, "ann", "s1p1", 3.5, others=[bob]))
    shop.now_s = 5
    shop.grams["s1p1"] -= 420
    shop.weigh("s1", resumed=True)
    (case,) = [f for f in shop.said if isinstance(f, NeedsReview)]
    assert (case.hypotheses[0].verdict.visit_id, case.hypotheses[0].verdict.sku_id) == ("ann", "beans")
    assert carts(shop.said) == {}


@pytest.mark.parametrize(
    ("reaching", "charged"),
    [(["ann"], {"ann": {"beans": 3}}), (["ann", "bob"], {}), (["ann", "ann", "ann", "bob"], {})],
)
def test_policy_charges_what_went_unseen_only_when_it_is_plain_who_took_it(
    reaching: list[str], charged: dict[str, dict[str, int]]
) -> None:
    shop = Shop(StoreCore(STORE))
    shop.hear([bodies(1.1 + i / 10, body("ann"), body("bob", at_m=(2.5, 2.5))) for i in range(10)])
    for number, who in enumerate(reaching):
        other = body("bob" if who == "ann" else "ann", at_m=(0.3, 1.2))
        shop.hear(reach(STORE, who, "s1p1", 3.0 + 2 * number, others=[other]))
    shop.now_s = 4 + 2 * len(reaching)
    shop.grams["s1p1"] -= 420 * 3
    shop.weigh("s1", resumed=True)
    assert carts(shop.said) == {}
    shop.let_pass(200)
    assert carts(shop.said) == charged
    assert flags(shop.said).keys() == (set() if charged else {"s1"})


def test_a_plate_that_could_not_be_weighed_is_compared_when_it_can() -> None:
    shop = Shop(StoreCore(STORE))
    shop.hear([baseline("s1", 5, {p: FULL_G for p in ALL_PLATES if p.startswith("s1") and p != "s1p1"}, resumed=True)])
    shop.now_s, shop.grams["s1p1"] = 20, FULL_G - 420
    shop.weigh("s1", resumed=True)
    assert [(f.mass_mg, f.since_ns) for f in shop.said if isinstance(f, UnwitnessedChange)] == [(-420_000, ns(1))]


def test_an_answer_about_an_outage_corrects_what_is_misplaced() -> None:
    shop = Shop(StoreCore(STORE))
    shop.live(Act("seen", "s2p1", -1030.0))
    shop.live(Act("seen", "s1p1", 1030.0))
    assert shop.shelf("s1").misplaced_mg == pytest.approx(1_030_000, rel=0.01)
    shop.live(Act("unmeasured", "s1p1", -1030.0, verdict=(None, "milk", 1)))
    assert shop.shelf("s1").misplaced_mg == 0
    assert flags(shop.said) == {}


def test_trade_proposes_to_mend_a_catalogue_that_is_wrong() -> None:
    shop = Shop(StoreCore(STORE))
    for number in range(8):
        shop.live(Act("seen", "s1p3", -1040.0 - number % 3))
        shop.live(Act("seen", "s2p3", -310.0 - number % 3))
    (proposal,) = shop.stock().unit_masses
    assert (proposal.sku_id, proposal.catalogue_mg, proposal.units) == ("rice", 1_000_000, 8)
    assert abs(proposal.learned_mg - 1_041_000) <= 2 * proposal.sigma_mg


def test_too_few_units_propose_nothing() -> None:
    shop = Shop(StoreCore(STORE))
    for _ in range(4):
        shop.live(Act("seen", "s1p3", -1040.0))
    assert shop.stock().unit_masses == ()


def test_what_staff_bring_is_theirs() -> None:
    store = small_store()
    core = StoreCore(store)
    plates_g = dict.fromkeys((p for p in ALL_PLATES if p.startswith("s1")), FULL_G)
    arriving = [bodies(i / 10, body("x", at_m=(-3.5 + i / 10, 2 - i * 0.035))) for i in range(35)]
    gate: list[InputFact] = [
        baseline("s1", 0.1, plates_g, resumed=True),
        authorised(0.2, "staff 1", staff=True),
        passed(0.6, Passage.IN),
    ]
    said = play(
        core, in_time(arriving, gate, reach(store, "x", "s1p1", 5), [settled("s1", 5, {"s1p1": 2525}), tick(7)])
    )
    (shelf,) = core.stock(ns(7)).shelves
    assert flags(said) == {}
    assert (shelf.opened_mg, shelf.home_mg, shelf.missing_mg) == (38_525_000, 38_525_000, 0)


def test_a_flag_stands_over_a_reboot_of_the_host_and_clears_after_it() -> None:
    shop = Shop(StoreCore(STORE))
    shop.live(Act("untold", "s1p1", -420.0))
    core = StoreCore.restore(STORE, shop.core.checkpoint())
    said = play(core, [tick(1000)], boot_epoch=2)
    (flag,) = [f for f in core.standing_facts() if isinstance(f, GramsMismatch)]
    assert flag.since_ns == ns(1000)  # the new clock began when the old one stood there
    plates_g = dict.fromkeys((p for p in ALL_PLATES if p.startswith("s1")), FULL_G)
    said += play(core, [baseline("s1", 1010, plates_g)], boot_epoch=2)
    assert [type(f) for f in said] == [GramsAccounted]


def test_somebody_who_looked_takes_a_shelf_as_it_lies() -> None:
    shop = Shop(StoreCore(STORE))
    command = AcceptShelf(shelf_id=ShelfId("s1"))
    assert shop.core.refusal(command) == "the grams of shelf s1 add up"
    assert shop.core.refusal(AcceptShelf(shelf_id=ShelfId("s9"))) == "shelf s9 is not known"
    shop.live(Act("untold", "s1p1", -420.0))
    shop.live(Act("seen", "s1p3", -1000.0, doubtful=True, verdict=(None, None, 0)))
    shop.live(Act("seen", "s1p5", -80.0))
    assert shop.shelf("s1").missing_mg == 1_420_000
    assert shop.core.refusal(command) == ""
    given_command = CommandGiven(t_ns=ns(shop.now_s), command_id=CommandId("k"), by="anna", command=command)
    shop.hear([given_command, given_command])
    assert [f.accepted_by for f in shop.said if isinstance(f, GramsAccounted)] == ["anna"]
    assert (shop.shelf("s1").missing_mg, shop.shelf("s1").home_mg) == (0, 34_500_000)
    assert_balanced(shop)
    shop.live(Act("untold", "s1p1", -420.0))
    assert flags(shop.said)["s1"].mass_mg == -420_000

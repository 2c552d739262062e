"""The replica without Qt: what the console knows after each message."""

import subprocess
import sys
from pathlib import Path

import pytest

from console.model import (
    LOST_AFTER_NS,
    TRAIL_STEP_NS,
    CameraChanged,
    CartChanged,
    CaseClosed,
    ConsoleModel,
    DecisionStage,
    FloorMoved,
    HealthChanged,
    Link,
    Place,
    ReceiptChanged,
    Reset,
    VisitChanged,
    VisitStage,
    find_products,
    likely_quantity,
    needs,
    shoppers_of,
    words,
)
from engine.domain import (
    Accepted,
    CaseResolved,
    CommandId,
    CommandRequest,
    DisputeOpened,
    DisputeOutcome,
    DisputeSettled,
    Fact,
    LineId,
    LineRefunded,
    LineWithdrawn,
    NeedsReview,
    OutputFact,
    ReceiptId,
    Refused,
    ResolveCase,
    SensorFault,
    SensorRecovered,
    SkuId,
    Snapshot,
    TaxClassId,
    Verdict,
    View,
    VisitId,
    VisitLeft,
    receipt_rows,
)
from engine.wire import FACTS, FLOOR, HEALTH, OVERLAY, Published
from tests.console import scene, trade
from tests.console.trade import NOW, S

EPOCH = 7
ANNA = VisitId("7kq2fd")


def snapshot(facts: list[OutputFact], *, epoch: int = EPOCH) -> Snapshot:
    return Snapshot(
        epoch=epoch,
        seq=len(facts),
        t_ns=NOW,
        wall_ns=1_700_000_000 * S,
        store=scene.store(),
        facts=tuple(facts),
        backgrounds=(),
    )


class Replica:
    """A model with a clock and a sequence, fed one message after the other."""

    def __init__(self, facts: list[OutputFact]) -> None:
        self.model = ConsoleModel()
        self.at_ns = 5 * S
        self.seq = len(facts)
        assert self.model.apply(snapshot(facts), at_ns=self.at_ns) == (Reset(),)

    def hear(self, body: OutputFact | View, *, epoch: int = EPOCH, seq: int | None = None) -> tuple[object, ...]:
        if isinstance(body, Fact):
            self.seq = self.seq + 1 if seq is None else seq
            published = Published(topic=FACTS, epoch=epoch, seq=self.seq, body=body)
        else:
            topics = {"FloorView": FLOOR, "EngineHealth": HEALTH, "CameraOverlay": OVERLAY}
            published = Published(topic=topics[type(body).__name__], epoch=epoch, seq=0, body=body)
        return self.model.apply(published, at_ns=self.at_ns)


@pytest.fixture
def replica() -> Replica:
    return Replica(trade.standing())


def _weighing(replica: Replica) -> bool:
    return replica.model.state.visits[ANNA].provisional


def _stage(replica: Replica) -> DecisionStage:
    return replica.model.review.decisions[0].stage


def _link(replica: Replica, at_ns: int) -> Link:
    return replica.model.connection(at_ns).link


def decision(case: NeedsReview, verdict: Verdict, command_id: str = "c-1") -> CommandRequest:
    command = ResolveCase(case_id=case.case_id, verdict=verdict)
    return CommandRequest(command_id=CommandId(command_id), by="mira", command=command)


def test_a_cart_is_the_fold_of_its_lines(replica: Replica) -> None:
    visit = replica.model.state.visits[ANNA]
    assert visit.items == 2 + 1 + 1 - 1 + 1 + 1
    assert replica.model.state.total_minor(visit) == 2 * 249 + 229 + 899 + 1099
    assert _weighing(replica)

    assert replica.hear(trade.picked("L6", ANNA, "coffee")) == (CartChanged(ANNA),)
    assert not _weighing(replica)
    withdrawn = LineWithdrawn(t_ns=NOW, line_id=LineId("L6"), visit_id=ANNA, cause="returned")
    assert replica.hear(withdrawn) == (CartChanged(ANNA),)
    assert replica.model.state.total_minor(visit) == 2 * 249 + 229 + 899


def test_a_visit_goes_from_inside_to_charged(replica: Replica) -> None:
    state = replica.model.state
    assert [visit.visit_id for visit in state.inside()] == [ANNA, "m4x9tt", "c83wpa"]
    assert replica.hear(VisitLeft(t_ns=NOW, visit_id=ANNA)) == (VisitChanged(ANNA),)
    assert state.visits[ANNA].stage == VisitStage.LEFT
    *_, issued = trade.charged(ANNA, ago_s=0, skus=("tea",))
    assert replica.hear(issued) == (ReceiptChanged(ReceiptId(f"r-{ANNA}")), VisitChanged(ANNA))
    assert state.visits[ANNA].stage == VisitStage.CHARGED


def test_an_adjustment_changes_the_receipt_and_the_sales(replica: Replica) -> None:
    state = replica.model.state
    assert state.receipts[ReceiptId("r-b5n1rz")].total_minor == 149 + 329 + 2 * 119 - 119
    assert state.sales_minor() == sum(receipt.total_minor for receipt in state.receipts.values())


def test_what_is_paid_for_receipts_is_what_the_ledgers_rows_add_up_to(replica: Replica) -> None:
    receipt_id, visit_id = ReceiptId("r-b5n1rz"), VisitId("b5n1rz")
    trend_before = sum(replica.model.trends.sales_minor.until(NOW))
    refund = LineRefunded(
        t_ns=NOW,
        receipt_id=receipt_id,
        visit_id=visit_id,
        sku_id=SkuId("pesto"),
        quantity=1,
        amount_minor=329,
        tax_class_id=TaxClassId("standard"),
        tax_minor=21,
        reason="broken glass",
        by="mia",
        command_id=CommandId("c1"),
    )
    assert replica.hear(refund) == (ReceiptChanged(receipt_id),)
    receipts = replica.model.state.receipts.values()
    said = [(0, fact) for receipt in receipts for fact in (receipt.issued, *receipt.later)]
    assert replica.model.state.receipts[receipt_id].total_minor == 149 + 2 * 119 - 119
    assert replica.model.state.sales_minor() == sum(row.amount_minor for row in receipt_rows(said))
    assert sum(replica.model.trends.sales_minor.until(NOW)) == trend_before - 329


def test_a_disputed_receipt_needs_a_person_until_it_is_settled(replica: Replica) -> None:
    receipt_id, visit_id = ReceiptId("r-b5n1rz"), VisitId("b5n1rz")
    replica.hear(DisputeOpened(t_ns=NOW, receipt_id=receipt_id, visit_id=visit_id, reason="no pesto", by="mia"))
    asked = [need for need in needs(replica.model, NOW) if need.place is Place.RECEIPTS]
    assert [need.text for need in asked] == ["Receipt r-b5n1rz is disputed: no pesto"]
    replica.hear(
        DisputeSettled(
            t_ns=NOW,
            receipt_id=receipt_id,
            visit_id=visit_id,
            outcome=DisputeOutcome.UPHELD,
            reason="the glass is on the shelf",
            by="mia",
        )
    )
    assert not any(need.place is Place.RECEIPTS for need in needs(replica.model, NOW))


def test_shoppers_inside_have_different_colours(replica: Replica) -> None:
    colours = [visit.colour for visit in replica.model.state.inside()]
    assert len(set(colours)) == len(colours)


def test_cases_come_by_deadline_then_by_price_at_risk(replica: Replica) -> None:
    review = replica.model.review
    assert [case.case_id for case in review.ordered()] == [trade.WHO_CASE, trade.WHAT_CASE]
    dear = _same_deadline(trade.what_case(), "dear", olive=True)
    cheap = _same_deadline(trade.what_case(), "cheap", olive=False)
    replica.hear(cheap)
    replica.hear(dear)
    assert [case.case_id for case in review.ordered()][1:] == ["dear", trade.WHAT_CASE, "cheap"]


def _same_deadline(case: NeedsReview, name: str, *, olive: bool) -> NeedsReview:
    fields = {field: getattr(case, field) for field in case.__struct_fields__}
    rivals = ("olive", "tea") if olive else ("tea", "soap")
    fields["hypotheses"] = tuple(trade.hypothesis("c83wpa", sku, 1, 500_000) for sku in rivals)
    return NeedsReview(**{**fields, "case_id": name})


def test_a_decision_is_only_a_wish_until_the_fact_comes(replica: Replica) -> None:
    review, case = replica.model.review, trade.who_case()
    review.send(decision(case, case.hypotheses[1].verdict))
    assert [waiting.case_id for waiting in review.waiting()] == [trade.WHAT_CASE]
    assert case.case_id in review.cases
    review.answer(Accepted(command_id=CommandId("c-1")))
    assert _stage(replica) is DecisionStage.ACCEPTED
    assert case.case_id in review.cases

    resolved = CaseResolved(t_ns=NOW, case_id=case.case_id, verdict=case.hypotheses[1].verdict, decided_by="mira")
    assert replica.hear(resolved) == (CaseClosed(case.case_id),)
    assert case.case_id not in review.cases
    assert _stage(replica) is DecisionStage.CLOSED
    assert review.decisions[0].note == ""


def test_a_refused_decision_leaves_the_case_waiting(replica: Replica) -> None:
    review, case = replica.model.review, trade.who_case()
    review.send(decision(case, case.hypotheses[0].verdict))
    review.answer(Refused(command_id=CommandId("c-1"), reason="too late"))
    assert review.decisions[0].note == "too late"
    assert review.waiting()[0].case_id == case.case_id


def test_a_case_that_somebody_else_decided_says_so(replica: Replica) -> None:
    review, case = replica.model.review, trade.who_case()
    review.send(decision(case, case.hypotheses[0].verdict))
    resolved = CaseResolved(t_ns=NOW, case_id=case.case_id, verdict=case.hypotheses[1].verdict, decided_by="policy")
    replica.hear(resolved)
    assert review.decisions[0].note == "decided by policy"


def test_a_snapshot_replaces_everything_but_what_was_decided(replica: Replica) -> None:
    case = trade.who_case()
    replica.model.review.send(decision(case, case.hypotheses[0].verdict))
    replica.model.apply(snapshot([], epoch=EPOCH + 1), at_ns=replica.at_ns)
    assert not replica.model.state.visits
    assert not replica.model.review.cases
    assert len(replica.model.review.decisions) == 1


def test_facts_of_another_run_and_facts_told_twice_change_nothing(replica: Replica) -> None:
    left = VisitLeft(t_ns=NOW, visit_id=ANNA)
    assert replica.hear(left, epoch=EPOCH - 1) == ()
    assert replica.hear(left, seq=1) == ()
    assert replica.model.state.visits[ANNA].stage is VisitStage.INSIDE


def test_silence_is_a_loss_and_a_message_ends_it(replica: Replica) -> None:
    model = replica.model
    assert ConsoleModel().connection(0).link is Link.CONNECTING
    assert _link(replica, replica.at_ns) is Link.LIVE
    later_ns = replica.at_ns + LOST_AFTER_NS + 1
    assert _link(replica, later_ns) is Link.LOST
    replica.at_ns = later_ns
    replica.hear(scene.health(NOW))
    assert _link(replica, later_ns) is Link.LIVE
    model.lose("no answer")
    assert model.connection(later_ns).reason == "no answer"
    assert _link(replica, later_ns) is Link.LOST


def test_trails_are_fifteen_seconds_long(replica: Replica) -> None:
    for tenth in range(300):
        assert replica.hear(scene.floor_view(NOW + tenth * S // 10, scene.shoppers(tenth / 10))) == (FloorMoved(),)
    track = next(iter(replica.model.floor.tracks.values()))
    instants_ns = [point.t_ns for point in track.trail]
    assert instants_ns[0] - (instants_ns[-1] - 15 * S) < TRAIL_STEP_NS
    assert instants_ns[-1] == NOW + 299 * S // 10, "and reaches to where they are"
    assert 15 * S / TRAIL_STEP_NS <= len(instants_ns) < 60
    gone = scene.floor_view(NOW + 60 * S, [])
    replica.hear(gone)
    assert not replica.model.floor.tracks


def test_skeletons_are_the_shoppers_whose_joints_they_show() -> None:
    people = scene.shoppers(0.7)
    floor = scene.floor_view(NOW, people)
    seen = 0
    for camera in scene.store().cameras:
        overlay = scene.overlay(NOW, camera, people[::-1])
        owners = shoppers_of(overlay, camera, floor)
        there = [scene.overlay(NOW, camera, [person]).persons for person in people[::-1]]
        expected = [person.track_id for person, persons in zip(people[::-1], there, strict=True) if persons]
        assert [owner.track_id for owner in owners if owner] == expected
        seen += len(expected)
    assert seen >= 10


def test_a_skeleton_far_from_every_shopper_is_nobodys() -> None:
    camera = scene.store().cameras[0]
    stranger = scene.Person(99, None, (3.0, 2.4), 0.0)
    overlay = scene.overlay(NOW, camera, [stranger])
    assert shoppers_of(overlay, camera, scene.floor_view(NOW, scene.shoppers(0))) == (None,)
    assert shoppers_of(overlay, camera, None) == (None,)


def test_overlays_age_and_unknown_cameras_are_ignored(replica: Replica) -> None:
    camera = scene.store().cameras[1]
    assert replica.hear(scene.overlay(NOW, camera, [])) == (CameraChanged(camera.camera_id),)
    tile = replica.model.cameras.tiles[camera.camera_id]
    assert tile.age_ns(replica.at_ns + S) == S
    assert replica.model.cameras.tiles[scene.store().cameras[0].camera_id].age_ns(replica.at_ns) is None


def test_faults_need_a_person_until_they_are_over(replica: Replica) -> None:
    fault = SensorFault(
        t_ns=NOW,
        device_id="A-1-2",
        kind="stuck",
        cause="Its cell repeats one value",
        consequence="It is not weighed",
        remedy="Check the cable",
    )
    assert replica.hear(fault) == (HealthChanged(),)
    replica.hear(scene.health(NOW, fault="no frames for 4 s; check the network"))
    assert replica.model.health.problems() == [
        "A-1-2: stuck. Its cell repeats one value. It is not weighed. Check the cable",
        "ceiling-se: no frames for 4 s; check the network",
    ]
    replica.hear(SensorRecovered(t_ns=NOW, device_id="A-1-2", kind="stuck"))
    replica.hear(scene.health(NOW + S))
    assert replica.model.health.problems() == []


def test_search_finds_by_words_and_prefers_the_measured_mass() -> None:
    store = scene.store()
    found = find_products(store, "", mass_mg=-345_000)
    assert {product.sku_id for product in found[:2]} == {"pesto", "soap"}
    assert [product.sku_id for product in find_products(store, "pes gen", mass_mg=-1)] == ["pesto"]
    assert find_products(store, "no such thing", mass_mg=-1) == []
    olive = store.product_by_sku[store.products[2].sku_id]
    assert (likely_quantity(olive, -1_840_000), likely_quantity(olive, 925_000)) == (2, -1)


def test_reasons_read_like_sentences(replica: Replica) -> None:
    assert words.reason(trade.reason(623, 621), replica.model.state) == (
        "621 g expected, 623 g measured; hand 6 cm away; runner-up Shopper m4x9tt: 1 Olive oil 500 ml 0.04"
    )
    assert words.probability(999_900) == ">99 %"
    assert words.probability(500) == "<1 %"
    assert [words.age(seconds) for seconds in (0.2, 59.9, 61, 7260)] == ["now", "59 s", "1:01 min", "2:01 h"]


def test_the_model_needs_no_qt() -> None:
    script = (
        "import console.model, sys; sys.exit(any(name.startswith(('PySide6', 'cv2', 'onnx')) for name in sys.modules))"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", script], cwd=root, check=False).returncode == 0

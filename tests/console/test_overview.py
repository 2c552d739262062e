"""The overview's figures and lines, without Qt."""

from console.model import NS_PER_S, ConsoleModel, Dwell, Place, Series, needs, overview
from engine.domain import CaseResolved, SensorFault, Snapshot, Verdict, VisitId, VisitLeft
from engine.wire import FACTS, HEALTH, STOCK, Published
from tests.console import scene, trade
from tests.console.trade import NOW, S

BIN_S = 30


def _model() -> ConsoleModel:
    model = ConsoleModel()
    facts = tuple(trade.standing())
    model.apply(
        Snapshot(epoch=1, seq=0, t_ns=NOW, wall_ns=0, store=scene.store(), facts=facts, backgrounds=()), at_ns=0
    )
    model.apply(Published(topic=STOCK, epoch=1, seq=0, body=scene.stock(NOW)), at_ns=0)
    model.apply(Published(topic=HEALTH, epoch=1, seq=0, body=scene.health(NOW)), at_ns=0)
    return model


def test_a_sum_is_nothing_between_its_values_and_a_state_stays() -> None:
    summed, stood = Series(summed=True), Series(summed=False)
    for series in (summed, stood):
        for t_s, value in ((1, 2.0), (5, 3.0), (4 * BIN_S, 7.0)):
            series.add(t_s * NS_PER_S, value)
    now_ns = 5 * BIN_S * NS_PER_S
    assert summed.until(now_ns) == (5.0, 0.0, 0.0, 0.0, 7.0, 0.0)
    assert stood.until(now_ns) == (3.0, 3.0, 3.0, 3.0, 7.0, 7.0)


def test_only_the_last_hour_is_kept() -> None:
    series = Series(summed=True)
    for minute in range(200):
        series.add(minute * 60 * NS_PER_S, 1.0)
    hour = series.until(200 * 60 * NS_PER_S)
    assert len(hour) <= 120
    assert sum(hour) == 59


def test_the_figures_are_those_of_the_rows() -> None:
    model = _model()
    now = overview(model, NOW)
    assert now.inside == len(model.state.inside()) == 3
    assert (now.receipts, now.sales_minor) == (len(model.state.receipts), model.state.sales_minor())
    assert (now.waiting, now.pending, now.empty, now.low, now.misplaced) == (2, 0, 1, 1, 1)
    assert (now.devices, now.devices_well, now.problems) == (8, 8, 0)
    lines = sum(len(visit.lines) for visit in model.state.visits.values())
    assert now.asked_per_1000 == 1000 * 2 / lines
    assert now.receipt_p50_s == now.receipt_p95_s == 1.0


def test_a_receipt_that_does_not_come_needs_a_person() -> None:
    model = _model()
    model.apply(Published(topic=FACTS, epoch=1, seq=1, body=VisitLeft(t_ns=NOW, visit_id=VisitId("7kq2fd"))), at_ns=0)
    assert overview(model, NOW + 100 * S).pending == 1
    late = [need for need in needs(model, NOW + 200 * S) if need.place is Place.CARTS]
    assert [need.text for need in late] == ["Shopper 7kq2fd has no receipt yet"]
    assert [need for need in needs(model, NOW + 100 * S) if need.place is Place.CARTS] == []


def test_what_was_seen_to_is_listed_no_longer() -> None:
    model = _model()
    before = needs(model, NOW)
    assert [need.place for need in before] == [Place.REVIEW, Place.REVIEW, Place.SHELVES]
    gone = CaseResolved(
        t_ns=NOW,
        case_id=trade.WHO_CASE,
        verdict=Verdict(visit_id=None, sku_id=None, quantity=0),
        decided_by="ann",
    )
    model.apply(Published(topic=FACTS, epoch=1, seq=1, body=gone), at_ns=0)
    fault = SensorFault(t_ns=NOW, device_id="face-G1", kind="covered", remedy="Uncover it")
    model.apply(Published(topic=FACTS, epoch=1, seq=2, body=fault), at_ns=0)
    after = needs(model, NOW)
    assert [need.place for need in after] == [Place.HEALTH, Place.REVIEW, Place.SHELVES]
    assert after[0].alarm
    assert overview(model, NOW).devices_well == 7


def test_time_is_counted_where_shoppers_stand_and_not_over_gaps_or_for_staff() -> None:
    dwell = Dwell()
    shopper = scene.Person(1, "7kq2fd", (1.3, 2.1), 0.0)
    staff = scene.Person(2, "m4x9tt", (4.0, 2.1), 0.0, staff=True)
    unknown = scene.Person(3, None, (3.0, 2.1), 0.0)
    for tenth in range(11):
        dwell.apply(scene.floor_view(NOW + tenth * S // 10, [shopper, staff, unknown]))
    dwell.apply(scene.floor_view(NOW + 30 * S, [shopper]))
    ((corner, seconds),) = dwell.squares()
    assert corner == (1.25, 2.0)
    assert round(seconds, 6) == 1.0

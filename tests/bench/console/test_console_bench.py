"""A real console before a real hub: the bench sees frames painted and cases decided; how fast is not tested."""

import os
from itertools import takewhile

import pytest
from msgspec.structs import asdict

from engine.bench.console import ConsoleFailedError, measure_console
from engine.bench.console import _measure as measuring
from engine.bench.console._load import Load
from engine.bench.console._measure import _line, _percentiles, _process, _slope_mb, _stint
from engine.bench.console._trade import NS_PER_S, VISITS_PER_HOUR, Trade
from engine.bench.hall import hall
from engine.domain import NeedsReview, Picked, ReceiptIssued

TINY = Load(cameras=2, camera_hz=15.0, shoppers=2, floor_hz=10.0)


def test_frames_are_seen_being_painted_and_no_younger_than_they_can_be() -> None:
    stint = _stint(TINY, "watch", 0.5)
    assert stint.first_picture_s > 0.1
    assert stint.core_share > 0.0
    ages_ms = stint.measured.frame_age_ms
    assert 2 * 15 * 0.5 <= len(ages_ms) <= 1.1 * 2 * 15 * stint.seconds
    assert min(ages_ms) > 0.0
    assert not stint.measured.next_case_ms


def test_cases_are_decided_one_after_the_other() -> None:
    load = Load(cameras=3, camera_hz=5.0, shoppers=3, floor_hz=5.0, cases=20)
    stint = _stint(load, "review", 3.0)
    assert 1 <= len(stint.measured.next_case_ms) < 20
    assert all(took_ms > 1.0 for took_ms in stint.measured.next_case_ms)


def test_an_hour_of_trade_ends_in_receipts_for_what_was_taken() -> None:
    store = hall(cameras=1)
    hour = list(takewhile(lambda fact: fact.t_ns < 3600 * NS_PER_S, Trade(store=store).hour(from_ns=0)))
    assert [fact.t_ns for fact in hour] == sorted(fact.t_ns for fact in hour)
    receipts = [fact for fact in hour if isinstance(fact, ReceiptIssued)]
    assert VISITS_PER_HOUR - 6 <= len(receipts) <= VISITS_PER_HOUR
    for receipt in receipts:
        taken = [fact for fact in hour if isinstance(fact, Picked) and fact.visit_id == receipt.visit_id]
        settled = sorted(fact.sku_id for fact in taken if fact.settled)
        assert sorted(line.sku_id for line in receipt.lines for _ in range(line.quantity)) == settled
        assert receipt.total_minor == sum(store.product_by_sku[sku_id].price_minor for sku_id in settled)
    assert 0 < sum(isinstance(fact, NeedsReview) for fact in hour) < 0.05 * sum(isinstance(f, Picked) for f in hour)


def test_a_hall_is_a_whole_store() -> None:
    store = hall(cameras=25)
    assert len(store.cameras) == len({camera.camera_id for camera in store.cameras}) == 25
    assert len(store.plates) == len(store.plate_by_id) == len(store.facing_of_plate)
    assert {shelf.gondola_id for shelf in store.shelves} == {gondola.gondola_id for gondola in store.gondolas}


def test_memory_that_grows_has_a_slope_and_settling_in_has_none() -> None:
    settling = [50.0, 80.0, 95.0, 100.0]
    assert _slope_mb(settling + [100.0] * 6) == pytest.approx(0.0, abs=1e-9)
    assert _slope_mb(settling + [100.0 + 0.5 * n for n in range(6)]) == pytest.approx(0.5)


def test_percentiles_of_nothing_are_not_zero() -> None:
    assert asdict(_percentiles([])) == {"p50": None, "p95": None, "p99": None, "count": 0}
    assert _percentiles([float(n) for n in range(101)]).p95 == 95.0


def test_a_console_that_ends_at_once_is_said() -> None:
    with (
        _process(["false"], dict(os.environ)) as ended,
        pytest.raises(ConsoleFailedError, match="the console ended with code 1"),
    ):
        _line(ended, "the console")


def test_the_report_has_the_figures_that_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    told = measuring._Measured(frame_age_ms=[20.0, 40.0], next_case_ms=[30.0])
    stint = measuring._Stint(first_picture_s=1.5, core_share=0.2, seconds=2.0, memory_mb=[100.0] * 8, measured=told)
    monkeypatch.setattr(measuring, "_stint", lambda load, name, seconds: stint)
    said: list[str] = []
    report = measure_console(seconds=60.0, tell=said.append)
    assert (report.grid_core_share, report.map_core_share, report.first_picture_s) == (0.2, 0.2, 1.5)
    assert (report.frame_age_ms.p50, report.next_case_ms.p95) == (30.0, 30.0)
    assert report.memory_mb_per_hour == 0.0
    assert report.traded_hours == 8.0
    assert len(said) == 5

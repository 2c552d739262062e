"""A run in real time in short: the scorer's verdict, the cameras' rates, and the accounts beside their bills."""

from engine.bench.score import account, score
from engine.domain import CameraHealth, CameraId, Drops, EngineHealth
from tests.bench.scoring.story import STORE, Story


def test_a_run_is_scored_as_its_trial_is() -> None:
    story = (
        Story()
        .comes(0)
        .picks(10.0, "tea")
        .picks(20.0, "rice")
        .says(10.0, "tea")
        .says(20.0, "beans", line="l1")
        .asks(30.0, "oats")
        .leaves(0)
        .bills(61.0, "v0", tea=1, beans=1)
    )
    views = [health(fps, drops) for fps, drops in ((9.0, 1), (10.0, 2), (10.0, 4))]
    result = score(story.truth, story.heard, health=views, store=STORE)
    assert (result.lines_true, result.lines_right, result.lines_wrong) == (2, 1, 1)
    assert result.right_share == 1 / 3
    assert (result.reviews, result.receipts, result.receipts_exact) == (1, 1, 0)
    assert (result.latency_ms.p50, result.latency_ms.p99) == (120.0, 120.0)
    assert result.fps_per_camera == {"c1": 10.0}
    assert result.drops_per_camera == {"c1": {"busy": 4}}


def test_a_run_of_nothing_has_no_latency() -> None:
    result = score([], [], health=[], store=STORE)
    assert result.right_share == 0.0
    assert result.latency_ms.p50 == -1


def test_accounts_stand_beside_what_they_pay_in_the_end() -> None:
    story = (
        Story()
        .comes(0)
        .comes(1, at_s=6.0)
        .staff_comes(2, at_s=12.0)
        .picks(20.0, "tea")
        .picks(21.0, "rice", shopper=1)
        .bills(61.0, "v0", tea=1, beans=1)
        .adjusts(80.0, "beans", -1)
    )
    first, second = account(story.truth, story.heard, STORE)
    assert (first.shopper, first.visit_id, first.exact) == (0, "v0", True)
    assert first.true_units == first.billed_units == {"tea": 1}
    assert first.paid_minor == 1  # two cents, one of them given back
    assert (second.shopper, second.true_units, second.receipt, second.exact) == (1, {"rice": 1}, None, False)


def health(fps: float, drops: int) -> EngineHealth:
    camera = CameraHealth(
        camera_id=CameraId("c1"), fps=fps, lag_ms=1.0, drops=(Drops(cause="busy", count=drops),), fault=""
    )
    return EngineHealth(
        t_ns=0, uptime_s=1.0, processes=(), cameras=(camera,), controllers=(), core_lag_ms=0.0, journal_free_mb=1.0
    )

"""Goals are judged by the bound."""

import msgspec
import pytest

from engine.bench.scoring import Bound, SetReport
from engine.bench.scoring._goals import judged
from tests.bench.scoring.sets import recipes


@pytest.mark.parametrize(
    ("low", "high", "outcome"),
    [(0.975, 0.99, "met"), (0.97, 0.99, "met"), (0.96, 0.99, "open"), (0.9, 0.969, "missed")],
)
def test_a_goal_is_met_when_all_of_the_interval_meets_it(low: float, high: float, outcome: str) -> None:
    report = with_bound(recipes(), "f1", low, high)
    assert outcomes(report)["f1"] == ("at least 0.97", outcome)


@pytest.mark.parametrize(("low", "high", "outcome"), [(0.0, 0.005, "met"), (0.001, 0.02, "open"), (0.006, 1, "missed")])
def test_a_share_of_wrong_lines_is_judged_by_its_upper_end(low: float, high: float, outcome: str) -> None:
    report = with_bound(recipes(), "wrong_at_30", low, high)
    assert outcomes(report)["wrong_at_30"] == ("at most 0.005", outcome)


def test_the_twin_is_to_be_as_hard_for_the_reference_as_real_recordings_were() -> None:
    assert outcomes(with_bound(recipes(), "reference.f1", 0.79, 0.89))["reference.f1"] == ("0.78 to 0.9", "met")
    assert outcomes(with_bound(recipes(), "reference.f1", 0.91, 0.95))["reference.f1"] == ("0.78 to 0.9", "missed")


def test_times_are_judged_as_they_are_and_only_when_measured() -> None:
    found = outcomes(recipes())
    assert found["latency_ms.p50"] == ("at most 200", "met")
    assert found["latency_ms.p99"] == ("at most 300", "missed")
    unmeasured = msgspec.structs.replace(recipes(), latency_ms=msgspec.structs.replace(recipes().latency_ms, p99=None))
    assert "latency_ms.p99" not in outcomes(unmeasured)


def test_other_sets_have_other_goals() -> None:
    day = outcomes(msgspec.structs.replace(recipes(), set="day"))
    assert day["f1"][0] == "at least 0.993"
    assert "receipt_exact" in day
    assert "reference.f1" not in day
    assert "precision" in outcomes(msgspec.structs.replace(recipes(), set="adversarial"))


def test_the_report_carries_its_judgements() -> None:
    assert recipes().goals == judged(recipes())


def outcomes(report: SetReport) -> dict[str, tuple[str, str]]:
    return {each.figure: (each.goal, each.outcome) for each in judged(report)}


def with_bound(report: SetReport, figure: str, low: float, high: float) -> SetReport:
    return msgspec.structs.replace(report, bounds=report.bounds | {figure: Bound(low=low, high=high)})

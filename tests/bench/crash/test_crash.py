"""A few power cuts in the twin's store: everything moved is in the ledger, once."""

from pathlib import Path

import pytest

from engine.bench.crash import CrashPlan, CrashReport, bench_crash

_BUSY = """
title = "somebody always"

[trade]
arrivals_per_min = 8
most_at_once = 4
for_s = 45
business = [2, 3]

[trade.mix]
pick = 0.8
put_back = 0.2
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> CrashReport:
    """Four cuts in three quarters of a minute."""
    scenario = tmp_path_factory.mktemp("scenario") / "busy.toml"
    scenario.write_text(_BUSY, encoding="utf-8")
    said: list[str] = []
    report = bench_crash(CrashPlan(cuts=4, for_s=45.0, after_s=60.0, scenario=Path(scenario)), said.append)
    assert said[-1] == str(report)
    return report


def test_every_movement_is_accounted_for(report: CrashReport) -> None:
    assert report.movements > 5
    assert 0 < report.dark < report.movements
    assert (report.movements_unaccounted, report.unaccounted) == (0, ())


def test_nothing_is_there_twice_and_nothing_that_was_told_is_lost(report: CrashReport) -> None:
    assert (report.lines_doubled, report.told_twice, report.told_and_lost) == (0, 0, 0)
    assert report.chain_intact


def test_a_restart_is_measured_each_time(report: CrashReport) -> None:
    assert 0 < report.restart_cpu_s.p50 <= report.restart_cpu_s.max
    assert 0 < report.restart_s.p50 <= report.restart_s.max

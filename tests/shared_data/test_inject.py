"""Known movements on the real noise of a store: the engine misses none, and neither invents one."""

from pathlib import Path

import msgspec
import pytest

from engine.bench.nanostore import InjectReport, inject_steps


@pytest.fixture(scope="module")
def report(shared_data: Path) -> InjectReport:
    """Two passes."""
    return inject_steps(shared_data / "nanostore" / "benchmark-1", steps=20, seed=11, tell=lambda _: None)


def test_every_movement_is_found_and_nothing_else(report: InjectReport) -> None:
    assert (report.steps, report.passes) == (20, 2)
    assert (report.precision, report.recall) == (1.0, 1.0), report.failures
    assert (report.product_accuracy, report.shopper_accuracy) == (1.0, 1.0), report.failures


def test_the_reference_plays_the_same_and_is_no_fool(report: InjectReport) -> None:
    assert report.reference.precision > 0.9
    assert 0.7 < report.reference.recall <= 1.0


def test_the_figures_have_their_names(report: InjectReport) -> None:
    figures = msgspec.to_builtins(report)
    assert {"precision", "recall", "product_accuracy", "shopper_accuracy", "reference", "failures"} <= figures.keys()
    assert figures["reference"].keys() == {"precision", "recall", "product_accuracy", "shopper_accuracy"}
    assert report.told()[-2].startswith("engine     precision 1.0000")

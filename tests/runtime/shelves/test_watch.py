"""A controller's alarms: silent, too slow, well again; and what is kept of its plates' zeros."""

from pathlib import Path

import numpy as np
import pytest

from engine.domain import ControllerId, PlateId, SensorFault, SensorRecovered
from engine.ports import ShelfSamples
from engine.runtime.shelves import ControllerWatch, DriftRecord, ShelvesOfController
from tests.runtime.shelves.test_poller import Sink, store_of

S = 1_000_000_000
HZ = 50.0


def watched(*, share: float, from_s: float = 10.0, to_s: float = 40.0, until_s: float = 60.0) -> Sink:
    """A controller that delivers only a share of its samples for a while."""
    sink, random = Sink(), np.random.default_rng(1)
    watch = ControllerWatch(ControllerId("one"), sink, sample_hz=HZ, now_ns=0)
    for row in range(1, round(until_s * HZ)):
        t_ns = round(row / HZ * S)
        if not from_s * S <= t_ns < to_s * S or random.random() < share:
            watch.well(t_ns)
        else:
            watch.missed("one does not answer: check its cable", now_ns=t_ns)
        watch.show(now_ns=t_ns)
    return sink


def told(sink: Sink) -> list[tuple[str, str, int]]:
    """Which alarms were raised and taken back, and in which second."""
    return [
        (type(fact).__name__, fact.kind, fact.t_ns // S)
        for fact in sink.facts
        if isinstance(fact, SensorFault | SensorRecovered)
    ]


@pytest.mark.parametrize(("share", "within_s"), [(0.5, 6), (0.3, 4), (0.2, 3)])
def test_too_few_samples_are_an_alarm_that_ends(share: float, within_s: int) -> None:
    sink = watched(share=share)
    (raised, kind, at_s), (over, also, over_s) = told(sink)
    assert (raised, kind, over, also) == ("SensorFault", "slow", "SensorRecovered", "slow")
    assert 10 < at_s <= 10 + within_s
    assert 40 <= over_s <= 48
    (fault,) = [fact for fact in sink.facts if isinstance(fact, SensorFault)]
    assert "of 50 samples a second" in fault.cause
    assert all((fault.consequence, fault.remedy))


@pytest.mark.parametrize("share", [0.9, 0.85])
def test_some_lost_samples_are_no_alarm(share: float) -> None:
    assert told(watched(share=share, to_s=600, until_s=620)) == []


def test_silence_is_another_alarm_and_an_outage_makes_nobody_slow() -> None:
    sink = watched(share=0.0)
    assert told(sink) == [("SensorFault", "unreachable", 11), ("SensorRecovered", "unreachable", 40)]
    (fault,) = [fact for fact in sink.facts if isinstance(fact, SensorFault)]
    assert all((fault.cause, fault.consequence))
    assert fault.remedy == "one does not answer: check its cable"


def test_zeros_that_wandered_are_kept_and_what_cannot_be_read_is_none(tmp_path: Path) -> None:
    store, record = store_of("one"), DriftRecord(tmp_path / "shelves")
    assert record.read() == {}
    kept = {PlateId("one-1-1"): 41.5, PlateId("one-1-2"): -3.0}
    shelves = ShelvesOfController(store, ControllerId("one"), drifted_g=kept)
    shelves.take(ShelfSamples(t_ns=S, grams=np.array([np.nan, 500.0, 900.0])), Sink())
    record.keep([shelves])
    assert record.read() == kept
    assert ShelvesOfController(store, ControllerId("one"), drifted_g=record.read()).drifted_g == kept
    (file,) = (tmp_path / "shelves").iterdir()
    file.write_text("{")
    assert record.read() == {}

"""What controllers say of their cells and of themselves, as facts: told when it lasts, taken back when it is over."""

from collections.abc import Iterable
from typing import get_args

import msgspec
import numpy as np

from engine.bench.shelf._stage import demo_stage
from engine.domain import ControllerId, PlateId, SensorFault, SensorRecovered
from engine.ports import CellFault, CellFaultKind, ShelfSamples
from engine.runtime.shelves import ControllerWatch
from engine.runtime.shelves._cells import WORDS, CellFaults
from engine.runtime.shelves._poller import ShelvesOfController
from tests.runtime.shelves.test_poller import Sink

MS = 1_000_000
OVERLOAD = CellFault(channel=3, kind="overload")
PLATES = {3: PlateId("A-1-4")}


def test_every_kind_has_a_remedy() -> None:
    assert set(WORDS) == set(get_args(CellFaultKind))


def said_by(cells: CellFaults, at: int, faults: Iterable[CellFault] = ()) -> list[SensorFault | SensorRecovered]:
    """What is told at a millisecond."""
    cells.hear(at * MS, faults)
    return cells.judge(at * MS)


def test_an_alarm_of_the_estimators_has_the_controllers_cause_and_is_the_only_one() -> None:
    cells = CellFaults(PLATES)
    told = [fact for at in range(0, 500, 20) for fact in said_by(cells, at, [OVERLOAD])]
    dead = SensorFault(t_ns=500 * MS, device_id="A-1-4", kind="dead", cause="?", consequence="unweighed", remedy="?")
    (alarm,) = [cells.explain(dead)]
    assert isinstance(alarm, SensorFault)
    assert (alarm.kind, alarm.cause, alarm.consequence) == ("dead", "Its controller says overload", "unweighed")
    assert "Take off" in alarm.remedy
    told += [fact for at in range(520, 3000, 20) for fact in said_by(cells, at, [OVERLOAD])]
    over = SensorRecovered(t_ns=3000 * MS, device_id="A-1-4", kind="dead")
    assert cells.explain(over) == over
    told += [fact for at in range(3000, 4000, 20) for fact in said_by(cells, at)]
    assert told == []
    assert cells.quiet
    other = msgspec.structs.replace(dead, device_id="A-1-5")
    assert cells.explain(other) == other


def test_a_fault_that_lasts_is_told_once_and_taken_back_once() -> None:
    cells = CellFaults(PLATES)
    told = [fact for at in range(0, 2000, 20) for fact in said_by(cells, at, [OVERLOAD])]
    (fault,) = told
    assert isinstance(fault, SensorFault)
    assert (fault.device_id, fault.kind, fault.t_ns) == ("A-1-4", "overload", 520 * MS)
    assert "Take off" in fault.remedy
    told = [fact for at in range(2000, 4000, 20) for fact in said_by(cells, at)]
    (recovered,) = told
    assert isinstance(recovered, SensorRecovered)
    assert (recovered.device_id, recovered.kind, recovered.t_ns) == ("A-1-4", "overload", 2500 * MS)
    assert cells.quiet


def test_a_moment_of_leaning_and_channels_without_a_plate_are_nothing() -> None:
    cells = CellFaults(PLATES)
    told = [fact for at in range(0, 400, 20) for fact in said_by(cells, at, [OVERLOAD])]
    told += [fact for at in range(400, 2000, 20) for fact in said_by(cells, at)]
    told += [f for at in range(2000, 4000, 20) for f in said_by(cells, at, [CellFault(channel=9, kind="supply")])]
    assert told == []
    assert cells.quiet


def kinds(sink: Sink) -> list[tuple[str, str]]:
    """What was told, and of which kind."""
    return [(type(fact).__name__, fact.kind) for fact in sink.facts if isinstance(fact, SensorFault | SensorRecovered)]


def test_a_controller_says_what_is_wrong_with_it_now() -> None:
    sink = Sink()
    watch = ControllerWatch(ControllerId("one"), sink, sample_hz=50.0, now_ns=0)
    for at in range(0, 3000, 100):
        watch.missed("refused: check its profile", kind="refused", now_ns=at * MS)
    assert kinds(sink) == [("SensorFault", "refused")]
    for at in range(3000, 6000, 100):
        watch.missed("silent: check its power", kind="silent", now_ns=at * MS)
    assert kinds(sink)[1:] == [("SensorRecovered", "refused"), ("SensorFault", "silent")]
    watch.well(6000 * MS)
    assert kinds(sink)[3:] == [("SensorRecovered", "silent")]


def test_a_controller_that_fails_now_this_way_and_now_that_is_told_once() -> None:
    sink = Sink()
    watch = ControllerWatch(ControllerId("one"), sink, sample_hz=50.0, now_ns=0)
    for at in range(0, 5000, 200):
        watch.missed("silent", kind="silent", now_ns=at * MS)
        watch.missed("garbled", kind="garbled", now_ns=(at + 100) * MS)
    assert len(kinds(sink)) == 1


def test_a_faulted_cell_gives_one_alarm_and_one_end() -> None:
    store, sink = demo_stage().store, Sink()
    controller_id = store.plates[0].controller_id
    wired = sum(plate.controller_id == controller_id for plate in store.plates)
    shelves = ShelvesOfController(store, controller_id)
    random, broken = np.random.default_rng(1), store.plates[0]
    for at in range(600):
        grams, off = random.normal(500, 0.5, wired), 200 <= at < 400
        if off:
            grams[broken.channel] = np.nan
        faults = (CellFault(channel=broken.channel, kind="no_cell"),) * off
        shelves.take(ShelfSamples(t_ns=at * 20 * MS, grams=grams, faults=faults), sink)
    assert kinds(sink) == [("SensorFault", "dead"), ("SensorRecovered", "dead")]
    (alarm,) = [fact for fact in sink.facts if isinstance(fact, SensorFault)]
    assert (alarm.device_id, alarm.cause) == (broken.plate_id, "Its controller sees no cell")

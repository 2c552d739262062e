"""What controllers say of their cells and of themselves, as facts: told when it lasts, taken back when it is over."""

from typing import get_args

from engine.domain import ControllerId, PlateId, SensorFault, SensorRecovered
from engine.ports import CellFault, CellFaultKind
from engine.runtime.shelves import ControllerWatch
from engine.runtime.shelves._cells import WORDS, CellFaults
from tests.runtime.shelves.test_poller import Sink

MS = 1_000_000
OVERLOAD = CellFault(channel=3, kind="overload")
PLATES = {3: PlateId("A-1-4")}


def test_every_kind_has_a_remedy() -> None:
    assert set(WORDS) == set(get_args(CellFaultKind))


def test_a_fault_that_lasts_is_told_once_and_taken_back_once() -> None:
    cells = CellFaults(PLATES)
    told = [fact for at in range(0, 2000, 20) for fact in cells.observe(at * MS, [OVERLOAD])]
    (fault,) = told
    assert isinstance(fault, SensorFault)
    assert (fault.device_id, fault.kind, fault.t_ns) == ("A-1-4", "overload", 520 * MS)
    assert "Take off" in fault.remedy
    told = [fact for at in range(2000, 4000, 20) for fact in cells.observe(at * MS, [])]
    (recovered,) = told
    assert isinstance(recovered, SensorRecovered)
    assert (recovered.device_id, recovered.kind, recovered.t_ns) == ("A-1-4", "overload", 2500 * MS)
    assert cells.quiet


def test_a_moment_of_leaning_and_channels_without_a_plate_are_nothing() -> None:
    cells = CellFaults(PLATES)
    told = [fact for at in range(0, 400, 20) for fact in cells.observe(at * MS, [OVERLOAD])]
    told += [fact for at in range(400, 2000, 20) for fact in cells.observe(at * MS, [])]
    told += [f for at in range(2000, 4000, 20) for f in cells.observe(at * MS, [CellFault(channel=9, kind="supply")])]
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

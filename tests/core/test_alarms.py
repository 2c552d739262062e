"""Alarms pass through the core: each is said while it stands, and its end once."""

from engine.core import StoreCore
from engine.domain import SensorFault, SensorRecovered
from tests.build import ns, play, small_store


def test_the_end_of_what_does_not_stand_is_no_news() -> None:
    core = StoreCore(small_store())
    fault = SensorFault(t_ns=ns(2), device_id="c1", kind="covered", remedy="free the lens")
    over = [SensorRecovered(t_ns=ns(t_s), device_id="c1", kind="covered") for t_s in (1, 3, 4)]
    assert play(core, [over[0], fault, over[1], over[2]]) == [fault, over[1]]

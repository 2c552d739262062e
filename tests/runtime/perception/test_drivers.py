"""Drivers are found by the names that a store's files use."""

import pytest

from drivers.camera import open_mjpeg, open_opencv, open_smart
from drivers.gate import open_gate
from drivers.shelf import open_modbus, open_modbus_rtu
from engine.runtime.drivers import UnknownDriverError, load_driver


@pytest.mark.parametrize(
    ("name", "opener"),
    [
        ("camera.mjpeg", open_mjpeg),
        ("camera.opencv", open_opencv),
        ("camera.smart", open_smart),
        ("gate.tcp", open_gate),
        ("shelf.modbus", open_modbus),
        ("shelf.modbus-rtu", open_modbus_rtu),
    ],
)
def test_a_driver_is_found_by_its_name(name: str, opener: object) -> None:
    assert load_driver(name) is opener


def test_a_name_that_no_driver_has_is_said_with_those_that_there_are() -> None:
    with pytest.raises(UnknownDriverError, match=r"'camera\.mjpg' is not installed; .*camera\.mjpeg, camera\.opencv"):
        load_driver("camera.mjpg")

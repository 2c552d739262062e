"""Writes of a controller's settings are counted by the day, across restarts, and refused when they are too many."""

from pathlib import Path

import pytest

from engine.domain import ControllerId
from engine.ports import DeviceError
from engine.runtime.shelves import WearRecord

A_LOW = ControllerId("a-low")


def record(folder: Path, date: str, controller_id: ControllerId = A_LOW) -> WearRecord:
    return WearRecord(folder, controller_id, today=lambda: date)


def test_what_is_too_much_for_a_day_is_refused_until_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "shelves"
    record(folder, "2026-01-05").spend(2, per_day=3)
    record(folder, "2026-01-05").spend(1, per_day=3)
    with pytest.raises(DeviceError, match=r"a-low: .*written 3 times today, .* 3 a day: wait until tomorrow"):
        record(folder, "2026-01-05").spend(1, per_day=3)
    record(folder, "2026-01-06").spend(3, per_day=3)


def test_controllers_are_counted_apart(tmp_path: Path) -> None:
    record(tmp_path, "2026-01-05").spend(1, per_day=1)
    record(tmp_path, "2026-01-05", ControllerId("a-high")).spend(1, per_day=1)


def test_a_record_that_cannot_be_read_is_no_licence(tmp_path: Path) -> None:
    record(tmp_path, "2026-01-05").spend(1, per_day=5)
    (file,) = tmp_path.iterdir()
    file.write_text("{")
    with pytest.raises(DeviceError, match=r"a-low\.eeprom\.json: .*delete it to count anew"):
        record(tmp_path, "2026-01-05").spend(1, per_day=5)

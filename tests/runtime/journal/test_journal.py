"""The journal on a real disk: torn, full, damaged, retired."""

import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from engine.domain import Recorded
from engine.runtime.journal import JournalFullError, JournalReader, JournalWriter
from engine.runtime.sealing import KeyRing
from tests.runtime.build import disk_of, recorded, seen, ticks

HOUR_NS = 3_600_000_000_000


class Clock:
    """A wall clock that is set by hand."""

    def __init__(self) -> None:
        self.wall_ns = 1_000_000 * HOUR_NS

    def __call__(self) -> int:
        return self.wall_ns


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "keys")


def records(folder: Path, keys: KeyRing) -> list[Recorded]:
    return list(JournalReader(folder, keys).records())


def fill(writer: JournalWriter, batch: list[Recorded]) -> None:
    """Far more than any space that is allocated ahead."""
    for _ in range(100):
        writer.append(batch)


def test_what_is_appended_is_read_in_order_over_restarts(tmp_path: Path, keys: KeyRing) -> None:
    everything = ticks(30)
    for start in (0, 10, 20):
        writer = JournalWriter(tmp_path, keys)
        writer.append(everything[start : start + 4])
        writer.append(everything[start + 4 : start + 10])
        writer.sync()
        writer.close()
    assert records(tmp_path, keys) == everything
    assert JournalReader(tmp_path, keys).complete


def test_reading_goes_on_from_a_position(tmp_path: Path, keys: KeyRing) -> None:
    writer = JournalWriter(tmp_path, keys)
    writer.append(ticks(3))
    position = writer.position
    writer.append(ticks(2, first_ms=3))
    assert list(JournalReader(tmp_path, keys).records(after=position)) == ticks(2, first_ms=3)
    assert JournalReader(tmp_path, keys).covers(position)
    writer.close()


@pytest.mark.parametrize("cut_bytes", [1, 5, 40])
def test_a_torn_tail_costs_the_torn_frame_only(tmp_path: Path, keys: KeyRing, cut_bytes: int) -> None:
    writer = JournalWriter(tmp_path, keys)
    writer.append(ticks(3))
    writer.append(ticks(2, first_ms=3))
    writer.close()
    (segment,) = tmp_path.glob("*.segment")
    os.truncate(segment, segment.stat().st_size - cut_bytes)
    again = JournalWriter(tmp_path, keys)
    again.append(ticks(1, first_ms=9))
    again.close()
    with capture_logs() as logs:
        assert records(tmp_path, keys) == [*ticks(3), *ticks(1, first_ms=9)]
    assert [entry["event"] for entry in logs] == ["journal_torn"]


def test_a_crashed_writer_leaves_allocated_zeros_that_are_the_end(tmp_path: Path, keys: KeyRing) -> None:
    crashed = JournalWriter(tmp_path, keys)
    crashed.append(ticks(3))
    with capture_logs() as logs:
        assert records(tmp_path, keys) == ticks(3)
    assert logs == []
    crashed.close()


def test_a_full_disk_is_said_loses_nothing_and_is_recovered_from(tmp_path: Path, keys: KeyRing) -> None:
    writer = JournalWriter(tmp_path, keys)
    batch = [recorded(seen(t_ms), seq=t_ms) for t_ms in range(1, 50)]
    writer.append(batch)
    before = writer.position
    with disk_of(before.offset + 100), pytest.raises(JournalFullError, match=r"cannot grow.*free space"):
        fill(writer, batch)
    written = records(tmp_path, keys)
    assert len(written) % len(batch) == 0
    writer.append(ticks(1))
    assert records(tmp_path, keys) == [*written, *ticks(1)]
    writer.close()


def test_a_disk_too_full_for_a_new_segment_leaves_no_rubbish(tmp_path: Path, keys: KeyRing) -> None:
    writer = JournalWriter(tmp_path, keys)
    with disk_of(0), pytest.raises(JournalFullError):
        writer.append(ticks(1))
    assert (list(tmp_path.glob("*.segment")), keys.names()) == ([], [])
    writer.append(ticks(1))
    assert records(tmp_path, keys) == ticks(1)
    writer.close()


def test_segments_are_hourly_and_retired_by_destroying_their_keys(tmp_path: Path, keys: KeyRing) -> None:
    clock = Clock()
    writer = JournalWriter(tmp_path, keys, wall_clock=clock)
    for hour in range(3):
        writer.append(ticks(1, first_ms=hour))
        clock.wall_ns += HOUR_NS
    for hour, segment in enumerate(sorted(tmp_path.glob("*.segment"))):
        written_ns = clock.wall_ns - (3 - hour) * HOUR_NS
        os.utime(segment, ns=(written_ns, written_ns))
    assert writer.retire(keep_hours=1.5) == [1, 2]
    assert keys.names() == ["00000003"]
    assert records(tmp_path, keys) == ticks(1, first_ms=2)
    assert not JournalReader(tmp_path, keys).complete
    writer.close()


def test_nothing_readable_is_on_the_disk(tmp_path: Path, keys: KeyRing) -> None:
    writer = JournalWriter(tmp_path, keys)
    writer.append([recorded(seen(1, camera="camera-by-the-door"), seq=1)])
    writer.close()
    (segment,) = tmp_path.glob("*.segment")
    assert b"camera-by-the-door" not in segment.read_bytes()
    (key,) = (tmp_path / "keys").glob("*.key")
    assert key.stat().st_mode & 0o777 == 0o600


def test_a_key_whose_segment_was_never_begun_is_in_nobodys_way(tmp_path: Path, keys: KeyRing) -> None:
    keys.create("00000001")  # the power went before the segment had its name
    writer = JournalWriter(tmp_path, keys)
    writer.append(ticks(1))
    writer.close()
    assert list(JournalReader(tmp_path, keys).records()) == ticks(1)

"""Checkpoints: the newest whole one counts."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from engine.runtime.checkpoints import Checkpoint, Checkpoints
from engine.runtime.journal import JournalPosition


def checkpoint(out_seq: int) -> Checkpoint:
    position = JournalPosition(segment=1, offset=out_seq)
    return Checkpoint(
        position=position, out_seq=out_seq, boot_epoch=1, journaled={"doors": 3}, wall_offset_ns=5, core=b"state"
    )


def test_the_newest_is_read_and_old_ones_go(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    for out_seq in range(12):
        checkpoints.write(checkpoint(out_seq))
    assert checkpoints.newest() == checkpoint(11)
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("damage", [b"", b"TFCKPT1\0", b"not a checkpoint at all, nor anything like it"])
def test_a_damaged_one_is_passed_over_and_said(tmp_path: Path, damage: bytes) -> None:
    checkpoints = Checkpoints(tmp_path)
    checkpoints.write(checkpoint(1))
    checkpoints.write(checkpoint(2)).write_bytes(damage)
    with capture_logs() as logs:
        assert checkpoints.newest() == checkpoint(1)
    assert [entry["event"] for entry in logs] == ["checkpoint_unusable"]


def test_a_flipped_bit_is_noticed(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    path = checkpoints.write(checkpoint(1))
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert checkpoints.newest() is None

"""Checkpoint files: ``TFCKPT1`` NUL, sha256 of the body, body in msgpack; written aside and renamed."""

import hashlib
from pathlib import Path

import msgspec
import structlog

from engine.domain import CommandId
from engine.runtime.durable import make_folder, write_durably
from engine.runtime.journal import JournalPosition

log = structlog.get_logger()

_MAGIC = b"TFCKPT1\0"
_KEPT = 3


class CheckpointError(Exception):
    """A checkpoint cannot be used; the message names the file and the remedy."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}. Begin at another checkpoint, or at the journal's start")


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a restart needs besides the journal after ``position``.

    ``out_seq`` numbers the core's last output; ``journaled`` has the newest fact per source, of this ``boot_epoch``;
    ``wall_offset_ns`` turns the engine's clock into the wall's; ``commands`` were accepted lately.
    """

    position: JournalPosition
    out_seq: int
    boot_epoch: int
    journaled: dict[str, int]
    wall_offset_ns: int
    core: bytes
    commands: tuple[CommandId, ...] = ()


_checkpoints = msgspec.msgpack.Decoder(Checkpoint)


class Checkpoints:
    """The newest few checkpoints in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, checkpoint: Checkpoint) -> Path:
        """Write atomically; older ones but the last few go."""
        make_folder(self._folder)
        files = self._files()
        number = int(files[-1].stem) + 1 if files else 1
        body = msgspec.msgpack.encode(checkpoint)
        path = self._folder / f"{number:08d}.checkpoint"
        write_durably(path, _MAGIC + hashlib.sha256(body).digest() + body)
        for old in files[: max(0, len(files) + 1 - _KEPT)]:
            old.unlink()
        return path

    def newest(self) -> Checkpoint | None:
        """The newest whole checkpoint; what is passed over is said."""
        for path in reversed(self._files()):
            try:
                return read_checkpoint(path)
            except CheckpointError:
                log.exception("checkpoint_unusable", file=str(path))
        return None

    def discard_newest(self) -> None:
        """Move the newest checkpoint out of the way: the core could not read its own state in it."""
        path = self._files()[-1]
        path.rename(path.with_suffix(".unusable"))

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.checkpoint"))


def read_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint in a file. Raises ``CheckpointError`` when it is damaged or of another version."""
    content = path.read_bytes()
    magic, digest, body = content[:8], content[8:40], content[40:]
    if magic != _MAGIC:
        raise CheckpointError(path, "not a checkpoint of this version")
    if hashlib.sha256(body).digest() != digest:
        raise CheckpointError(path, "damaged: its checksum does not match")
    try:
        return _checkpoints.decode(body)
    except msgspec.MsgspecError as error:
        raise CheckpointError(path, f"not a checkpoint of this version ({error})") from error

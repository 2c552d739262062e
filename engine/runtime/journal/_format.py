"""The bytes of a segment.

    header  8 magic, 16 random id, 8 wall clock of creation in ns, big-endian
    frame   4 length, then nonce, AES-GCM ciphertext and tag of a msgpack array of ``Recorded``

The tag covers header and place, so frames cannot be moved. Space is allocated ahead and zero: a length of 0 is the end.
"""

import os
import struct
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.domain import Recorded
from engine.runtime.sealing import seal, unseal

_MAGIC = b"TFJRNL1\0"
_HEADER = struct.Struct(">8s16sQ")
_LENGTH = struct.Struct(">I")
HEADER_BYTES = _HEADER.size
LENGTH_BYTES = _LENGTH.size
_SUFFIX = ".segment"

_encoder = msgspec.msgpack.Encoder()
_batches = msgspec.msgpack.Decoder(tuple[Recorded, ...])


class JournalPosition(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A place between two frames: segments count from 1, ``offset`` in bytes."""

    segment: int
    offset: int


@dataclass(frozen=True)
class SegmentFile:
    """A segment on disk."""

    number: int
    path: Path

    @property
    def key_name(self) -> str:
        """The name of its key."""
        return self.path.stem


def segment_files(folder: Path) -> list[SegmentFile]:
    """All segments in order."""
    return [SegmentFile(int(path.stem), path) for path in sorted(folder.glob(f"*{_SUFFIX}"))]


def segment_file(folder: Path, number: int) -> SegmentFile:
    """Where segment ``number`` is or will be."""
    return SegmentFile(number, folder / f"{number:08d}{_SUFFIX}")


def new_header(wall_ns: int) -> bytes:
    """The header of a new segment."""
    return _HEADER.pack(_MAGIC, os.urandom(16), wall_ns)


def created_wall_ns(header: bytes) -> int | None:
    """When the segment was begun; None when these bytes are no header."""
    if len(header) < HEADER_BYTES:
        return None
    magic, _, wall_ns = _HEADER.unpack(header[:HEADER_BYTES])
    return int(wall_ns) if magic == _MAGIC else None


def begun_wall_ns(folder: Path) -> int | None:
    """When the oldest segment of the folder was begun, in UTC; None when there is none."""
    for segment in segment_files(folder):
        try:
            with segment.path.open("rb") as file:
                return created_wall_ns(file.read(HEADER_BYTES))
        except FileNotFoundError:  # deleted meanwhile
            continue
    return None


def encode_frame(key: AESGCM, header: bytes, offset: int, batch: tuple[Recorded, ...]) -> bytes:
    """A frame that belongs at ``offset``."""
    sealed = seal(key, _encoder.encode(batch), about=header + offset.to_bytes(8, "big"))
    return _LENGTH.pack(len(sealed)) + sealed


def frame_bytes(length_field: bytes) -> int:
    """How many bytes follow; 0 at the end."""
    return int(_LENGTH.unpack(length_field)[0]) if len(length_field) == LENGTH_BYTES else 0


def decode_frame(key: AESGCM, header: bytes, offset: int, sealed: bytes) -> tuple[Recorded, ...]:
    """The batch in a frame. Raises ``InvalidTag`` or ``MsgspecError``."""
    return _batches.decode(unseal(key, sealed, about=header + offset.to_bytes(8, "big")))

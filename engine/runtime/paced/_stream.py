"""Messages over pipes: a length of four bytes, then msgpack; one answer to every list of stimuli."""

import sys
from collections.abc import Callable
from typing import IO

import msgspec

from engine.runtime.corehost import CoreType
from engine.runtime.paced._engine import FleetingMind, PacedEngine
from engine.runtime.paced._messages import Stimulus
from engine.runtime.perception import Perceiver
from engine.store import StoreFolder

_LENGTH_BYTES = 4


def run_paced(folder: StoreFolder, core_type: CoreType, perceiver: Callable[[], Perceiver]) -> None:
    """The body of a paced engine's process: answer standard input on standard output until it is closed."""
    engine = PacedEngine(folder, lambda _: FleetingMind(folder.store, core_type), perceiver)
    decoder = msgspec.msgpack.Decoder(list[Stimulus])
    encoder = msgspec.msgpack.Encoder()
    while (message := read_message(sys.stdin.buffer)) is not None:
        write_message(sys.stdout.buffer, encoder.encode(engine.take(decoder.decode(message))))


def read_message(stream: IO[bytes]) -> bytes | None:
    """The next message; None where the stream ends."""
    head = stream.read(_LENGTH_BYTES)
    if len(head) < _LENGTH_BYTES:
        return None
    length = int.from_bytes(head, "little")
    message = stream.read(length)
    return message if len(message) == length else None


def write_message(stream: IO[bytes], message: bytes) -> None:
    """Send a message at once."""
    stream.write(len(message).to_bytes(_LENGTH_BYTES, "little") + message)
    stream.flush()

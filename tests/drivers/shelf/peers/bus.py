"""A serial bus without hardware: a pseudo-terminal for who asks and one for each device, bytes carried between them.

As on two wires, everybody hears whatever somebody else says; libmodbus counts on it.
"""

import asyncio
import contextlib
import os
import tty
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

_MOST_BYTES = 4096

Spoil = Callable[[bytes], Iterable[bytes]]


def whole(said: bytes) -> Iterable[bytes]:
    """Nothing spoilt."""
    return (said,)


@dataclass
class Line:
    """One pseudo-terminal; we hold both ends, so that a device may come and go."""

    ours: int
    theirs: int
    path: Path


@dataclass
class Bus:
    """Who asks opens ``path``; each device opens one of ``devices``.

    ``spoil`` sees all that devices say, and cuts it into pieces that are carried ``gap_s`` apart.
    """

    path: Path
    devices: tuple[Path, ...]
    asked: list[bytes] = field(default_factory=list)
    spoil: Spoil = field(default=whole)
    gap_s: float = 0.0


@contextlib.contextmanager
def serial_bus(devices: int) -> Iterator[Bus]:
    """A bus for so many devices, carried by the running event loop."""
    loop = asyncio.get_running_loop()
    with contextlib.ExitStack() as open_lines:
        lines = [open_lines.enter_context(_line()) for _ in range(devices + 1)]
        bus = Bus(path=lines[0].path, devices=tuple(line.path for line in lines[1:]))

        def carry(speaker: Line) -> None:
            said = os.read(speaker.ours, _MOST_BYTES)
            if speaker is lines[0]:
                bus.asked.append(said)
            pieces = iter((said,) if speaker is lines[0] else bus.spoil(said))
            deliver([line for line in lines if line is not speaker], pieces)

        def deliver(hearing: list[Line], pieces: Iterator[bytes]) -> None:
            for piece in pieces:
                for line in hearing:
                    os.write(line.ours, piece)
                loop.call_later(bus.gap_s, deliver, hearing, pieces)  # whoever hears reads this one first
                return

        for line in lines:
            loop.add_reader(line.ours, carry, line)
        try:
            yield bus
        finally:
            for line in lines:
                loop.remove_reader(line.ours)


@contextlib.contextmanager
def _line() -> Iterator[Line]:
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    try:
        yield Line(ours=ours, theirs=theirs, path=Path(os.ttyname(theirs)))
    finally:
        os.close(ours)
        os.close(theirs)

"""Modbus devices that nobody here wrote, each a process of its own on the loopback address."""

import asyncio
import contextlib
import os
import struct
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

import resources
from engine.ports import DeviceError, DeviceFaultKind, ShelfLink, ShelfSamples

HERE = Path(__file__).parent
FLOAT32 = Path(resources.__file__).parent / "profiles" / "generic-float32.toml"
PATIENT = HERE / "patient-float32.toml"  # for devices in processes of their own, which a busy machine may hold up
DEADLINE_S = 20.0
Given = TypeVar("Given")
REMEDY = "`make test` installs what the peers need"


@dataclass(frozen=True)
class Wrong(Generic[Given]):
    """What a device says instead of an answer, from what it is given to say it; and what is to be told of it."""

    answer: Callable[[Given], bytes]
    kind: DeviceFaultKind
    said: str = ""


@dataclass(frozen=True)
class Peer:
    """A device of another's making: its program and the unit it answers for."""

    program: tuple[str | Path, ...]
    unit: int = 1
    environment: Mapping[str, str] = field(default_factory=dict)

    @contextlib.asynccontextmanager
    async def serve(self, registers: Sequence[int], *, at: int | Path = 0) -> AsyncIterator[int]:
        """Start it at a port or serial line with these registers, holding and input alike, and kill it in the end.

        Yields its port.
        """
        words = list(map(str, [*self.program, at, self.unit, *registers]))
        process = await asyncio.create_subprocess_exec(
            *words, stdout=asyncio.subprocess.PIPE, cwd=HERE, env={**os.environ, **self.environment}
        )
        assert process.stdout is not None
        try:
            announced = await asyncio.wait_for(process.stdout.readline(), DEADLINE_S)
            assert announced.strip().isdigit(), f"{words[:2]} did not start. {REMEDY}"
            yield int(announced)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def float32(grams: Sequence[float]) -> list[int]:
    """Registers of float32 grams, high word first."""
    return [word for value in grams for word in struct.unpack(">HH", struct.pack(">f", value))]


async def reading(link: ShelfLink) -> ShelfSamples:
    """The first reading, as soon as there is one."""
    async with asyncio.timeout(DEADLINE_S):
        while True:
            with contextlib.suppress(DeviceError):
                return await link.read()
            await asyncio.sleep(0)

"""The recording's devices on real sockets: a Modbus controller a gondola, and a smart camera that tracks people."""

import asyncio
import logging
import time

import msgspec
import numpy as np
from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from engine.bench.nanostore._recording import BodiesFrame, GondolaTrace
from engine.domain import BodiesTracked

_HOST = "127.0.0.1"
_UNIT = 1
_REST_S = 1.0


class PlayClock:
    """The recording's clock: before its start and after its end it runs to and fro over a second at rest."""

    def __init__(self) -> None:
        self.start_ns: int | None = None

    @property
    def t_s(self) -> float | None:
        """Seconds since the first plate message; None until the start is set."""
        return None if self.start_ns is None else (time.monotonic_ns() - self.start_ns) / 1e9

    def within(self, first_s: float, last_s: float) -> float:
        """The instant of the recording to show now."""
        t_s = self.t_s
        if t_s is not None and first_s <= t_s <= last_s:
            return t_s
        swing_s = abs(time.monotonic() % (2 * _REST_S) - _REST_S)
        return last_s - swing_s if t_s is not None and t_s > last_s else first_s + swing_s


def gondola_server(trace: GondolaTrace, clock: PlayClock, port: int) -> ModbusTcpServer:
    """Float32 grams, high word first, two holding registers a channel; channels run shelf by shelf."""
    rows = len(trace.t_s)
    image = trace.grams.reshape(rows, -1).astype(">f4").tobytes()
    registers = np.frombuffer(image, dtype=">u2").reshape(rows, -1)
    first_s, last_s = float(trace.t_s[0]), float(trace.t_s[-1])

    async def action(
        _function: int,
        start: int,
        address: int,
        count: int,
        current: list[int],
        _written: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        row = int(np.searchsorted(trace.t_s, clock.within(first_s, last_s)))
        at = address - start
        current[at : at + count] = registers[min(row, rows - 1), address : address + count].tolist()
        return None

    logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)  # it prints the rest of a frame in two pieces
    data = SimData(0, values=[0] * registers.shape[1], datatype=DataType.REGISTERS)
    return ModbusTcpServer(SimDevice(_UNIT, simdata=[data], action=action), address=(_HOST, port))


class TrackerServer:
    """Sends each frame to whoever is connected, when its time comes."""

    def __init__(self, frames: tuple[BodiesFrame, ...], clock: PlayClock) -> None:
        self._frames = frames
        self._clock = clock
        self._writers: set[asyncio.StreamWriter] = set()

    async def run(self, port: int) -> None:
        """Serve until cancelled."""
        server = await asyncio.start_server(self._welcome, _HOST, port)
        try:
            for frame in self._frames:
                await self._until(frame.t_s)
                line = msgspec.json.encode(BodiesTracked(t_ns=0, bodies=frame.bodies)) + b"\n"
                self._writers = {writer for writer in self._writers if not writer.is_closing()}
                for writer in self._writers:
                    writer.write(line)
            await asyncio.Event().wait()
        finally:
            server.close()
            for writer in self._writers:
                writer.close()

    async def _welcome(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)

    async def _until(self, t_s: float) -> None:
        while (now_s := self._clock.t_s) is None:
            await asyncio.sleep(0.05)
        await asyncio.sleep(max(0.0, t_s - now_s))

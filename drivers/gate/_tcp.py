"""The gate's line protocol (codec) and its TCP connection (link)."""

import asyncio
import time
from collections.abc import AsyncIterator

from engine.ports import DeviceError, GateReading

_LINE_LIMIT_BYTES = 8192
_CONNECT_TIMEOUT_S = 2.0


class GateLineError(ValueError):
    """A line no gate of this kind says."""


def decode_line(line: bytes, *, t_ns: int) -> GateReading:
    """The reading in one line. Raises ``GateLineError``."""
    try:
        word, _, rest = line.decode("ascii").strip().partition(" ")
    except UnicodeDecodeError as error:
        raise GateLineError(f"not text: {line[:40]!r}") from error
    match word, rest:
        case "TOKEN", token if token:
            return GateReading(t_ns=t_ns, token=token)
        case "PASS", "in" | "out":
            return GateReading(t_ns=t_ns, passage=rest)
        case _:
            raise GateLineError(f"unknown line {line[:40]!r}")


class TcpGate:
    """A gate at an address; lines that make no sense are skipped and counted."""

    def __init__(self, host: str, port: int) -> None:
        self.lines_skipped = 0
        self._host = host
        self._port = port

    async def readings(self) -> AsyncIterator[GateReading]:
        """Readings as they come; raises ``DeviceError`` when the gate cannot be reached or hangs up."""
        where = f"gate {self._host}:{self._port}"
        try:
            connecting = asyncio.open_connection(self._host, self._port, limit=_LINE_LIMIT_BYTES)
            reader, writer = await asyncio.wait_for(connecting, _CONNECT_TIMEOUT_S)
        except (OSError, TimeoutError) as error:
            raise DeviceError(f"{where}: {str(error) or 'no answer'}; check its power, cable and address") from error
        try:
            while (line := await reader.readline()).endswith(b"\n"):  # half a line is not a reading
                try:
                    yield decode_line(line, t_ns=time.monotonic_ns())
                except GateLineError:
                    self.lines_skipped += 1
        except (OSError, ValueError) as error:
            raise DeviceError(f"{where}: {error}; check its cable") from error
        finally:
            writer.close()
        raise DeviceError(f"{where}: hung up; check its power")


def open_gate(host: str, port: int) -> TcpGate:
    """The gate at an address; connects when read."""
    return TcpGate(host, port)

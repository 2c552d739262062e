"""Frames around Modbus requests and answers, on TCP and on serial lines: pure, bytes in and frames out."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from drivers.shelf._pdu import CodecError

_HEADER = struct.Struct(">HHHB")  # transaction, protocol, length, unit
_LONGEST = 254  # unit and 253 bytes: MODBUS Messaging on TCP/IP Implementation Guide 1.0b, 3.1.2


@dataclass(frozen=True)
class Frame:
    """An answer and what it answers."""

    transaction: int
    unit: int
    pdu: bytes


def tcp_frame(transaction: int, unit: int, pdu: bytes) -> bytes:
    """A request on TCP or TLS."""
    return _HEADER.pack(transaction, 0, len(pdu) + 1, unit) + pdu


class TcpFrames:
    """Cuts a stream of bytes into frames, however they arrive."""

    def __init__(self) -> None:
        self._rest = b""

    @property
    def half(self) -> bool:
        """Whether a frame has begun and is not whole."""
        return bool(self._rest)

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that are whole now. Raises ``CodecError`` at what cannot be Modbus; then nothing after it can."""
        rest = self._rest + data if self._rest else data
        while len(rest) >= _HEADER.size:
            transaction, protocol, length, unit = _HEADER.unpack_from(rest)
            if protocol != 0 or not 2 <= length <= _LONGEST:
                raise CodecError("bytes that are not Modbus TCP")
            end = 6 + length
            if len(rest) < end:
                break
            frame, rest = Frame(transaction, unit, rest[7:end]), rest[end:]
            self._rest = rest
            yield frame
        self._rest = rest


def _crc_table() -> tuple[int, ...]:
    """MODBUS over Serial Line 1.02, 6.2.2: polynomial 0xA001."""
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
        table.append(crc)
    return tuple(table)


_CRC: Final = _crc_table()


def crc16(data: bytes) -> int:
    """The check sum of a serial frame; it goes out low byte first."""
    crc = 0xFFFF
    for byte in data:
        crc = (crc >> 8) ^ _CRC[(crc ^ byte) & 0xFF]
    return crc


def serial_frame(unit: int, pdu: bytes) -> bytes:
    """A request on a serial line."""
    framed = bytes([unit]) + pdu
    return framed + crc16(framed).to_bytes(2, "little")


def serial_answer(data: bytes, *, unit: int) -> bytes | None:
    """The answer of a unit once all of it is there, else None. Raises ``CodecError``."""
    length = _serial_length(data)
    if length is None or len(data) < length:
        return None
    if len(data) > length or crc16(data[:-2]) != int.from_bytes(data[-2:], "little"):
        raise CodecError("a frame whose check sum is wrong")
    if data[0] != unit:
        raise CodecError(f"an answer of unit {data[0]}, not {unit}")
    return data[1:-2]


def _serial_length(data: bytes) -> int | None:
    """How long the frame that begins so must be: serial frames do not say."""
    if len(data) < 3:
        return None
    function = data[1]
    if function & 0x80:
        return 5
    if function in (3, 4):
        return 5 + data[2]
    if function in (6, 16):
        return 8
    raise CodecError(f"an answer to function {function}, which nobody asked for")

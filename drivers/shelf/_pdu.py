"""Modbus requests and answers without their frames: pure. Functions 3, 4, 6 and 16 of the protocol."""

import struct
from collections.abc import Sequence

from drivers.shelf._plan import BlockRead

_EXCEPTIONS = {  # MODBUS Application Protocol 1.1b3, 7
    1: "it does not know this function",
    2: "it has no such registers",
    3: "it does not take this value",
    4: "it failed at it",
    5: "it is still at it",
    6: "it is busy",
    8: "its memory is broken",
    10: "its gateway has no way there",
    11: "nobody answers its gateway",
}
_FAILED = 0x80
_WRITE_ONE, _WRITE_MANY = 6, 16


class CodecError(Exception):
    """Bytes that are not what was asked for."""


class ShortAnswerError(CodecError):
    """Fewer or more registers than were asked for; some devices call that success."""


class RefusedError(CodecError):
    """The device said no; ``code`` is its exception code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exception {code}: {_EXCEPTIONS.get(code, 'of its own')}")
        self.code = code


def read_request(read: BlockRead) -> bytes:
    """Ask for registers."""
    return struct.pack(">BHH", read.function, read.address, read.count)


def registers_in(answer: bytes, read: BlockRead) -> bytes:
    """The registers (2 bytes each, high first) of the answer to a read. Raises ``CodecError``."""
    if len(answer) == 2 + 2 * read.count and answer[0] == read.function and answer[1] == 2 * read.count:
        return answer[2:]
    _check_function(answer, read.function)
    if len(answer) < 2 or len(answer) != 2 + answer[1] or answer[1] % 2:
        raise CodecError(f"{len(answer)} bytes that are no registers")
    raise ShortAnswerError(f"{answer[1] // 2} registers from {read.address}, {read.count} were asked for")


def write_request(address: int, values: Sequence[int], *, function: int | None = None) -> bytes:
    """Write registers: one with function 6, several with 16, unless it is said."""
    if (function or (_WRITE_ONE if len(values) == 1 else _WRITE_MANY)) == _WRITE_ONE:
        return struct.pack(">BHH", _WRITE_ONE, address, values[0])
    return struct.pack(f">BHHB{len(values)}H", _WRITE_MANY, address, len(values), 2 * len(values), *values)


def check_written(answer: bytes, request: bytes) -> None:
    """Raises ``CodecError`` unless the answer says that the request was done."""
    _check_function(answer, request[0])
    if answer != request[:5]:  # both functions answer with the first five bytes of the request
        raise CodecError("something else was written than was asked for")


def _check_function(answer: bytes, function: int) -> None:
    if len(answer) == 2 and answer[0] == function | _FAILED:
        raise RefusedError(answer[1])
    if not answer or answer[0] != function:
        raise CodecError(f"an answer to function {answer[0] if answer else 'none'}, not {function}")

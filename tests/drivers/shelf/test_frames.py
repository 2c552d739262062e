"""Modbus frames by byte vectors from a manual and from the standard, and by property."""

import struct
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.shelf import BlockRead, CodecError, RefusedError, ShortAnswerError
from drivers.shelf._framing import Frame, TcpFrames, crc16, serial_answer, serial_frame, tcp_frame
from drivers.shelf._pdu import check_written, read_request, registers_in, write_request

# Baykon MX08 technical manual, revision 2.5, pages 58 and 59: requests and answers on its serial line.
SERIAL = {
    "read indicated": ("0103 03ed 0002 547a", "0103 04 00002710 e00f"),
    "read seven": ("0103 03ec 0007 c5b9", "0103 0e 010a 000010e2 000014ca 000003e8 bd55"),
    "read AD[5]": ("0103 0410 0002 c4fe", "0103 04 0004bf21 0bda"),
    "zero": ("0110 0425 0001 02 0001 2565", "0110 0425 0001 1132"),
    "tare AD[1]": ("0110 0426 0001 02 0002 6557", "0110 0426 0001 e132"),
    "span, in one write": ("0110 0463 0003 06 00dc 00000bb8 d690", None),
}


@pytest.mark.parametrize(("asked", "answered"), SERIAL.values(), ids=SERIAL)
def test_serial_frames_are_those_of_the_manual(asked: str, answered: str | None) -> None:
    request = bytes.fromhex(asked)
    assert serial_frame(request[0], request[1:-2]) == request
    if answered is not None:
        answer = bytes.fromhex(answered)
        assert serial_answer(answer, unit=1) == answer[1:-2]
        assert all(serial_answer(answer[:length], unit=1) is None for length in range(len(answer)))


def test_requests_are_those_of_the_manual() -> None:
    assert serial_frame(1, read_request(BlockRead(3, 1004, 7))).hex() == "010303ec0007c5b9"
    assert serial_frame(1, write_request(1061, [1], function=16)).hex() == "0110042500010200012565"
    assert serial_frame(1, write_request(0x463, [220, 0, 3000])).hex() == "0110046300030600dc00000bb8d690"
    assert write_request(5, [8]).hex() == "0600050008"


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("0103 04 00002710 e00e", "check sum"),
        (serial_frame(2, bytes.fromhex("03 04 00002710")).hex(), "unit 2, not 1"),
        ("0103 04 00002710 e00f 00", "check sum"),
        ("0107 04 00002710 e00f", "function 7"),
    ],
)
def test_a_serial_answer_that_is_not_ours_is_an_error(answer: str, problem: str) -> None:
    with pytest.raises(CodecError, match=problem):
        serial_answer(bytes.fromhex(answer), unit=1)


READ = BlockRead(3, 63, 2)


@pytest.mark.parametrize(
    ("answer", "error", "problem"),
    [
        ("8302", RefusedError, "exception 2: it has no such registers"),
        ("8363", RefusedError, "exception 99"),
        ("0302 0001", ShortAnswerError, "1 registers from 63, 2 were asked for"),
        ("0306 000100020003", ShortAnswerError, "3 registers"),
        ("0304 0001", CodecError, "no registers"),
        ("0303 000102", CodecError, "no registers"),
        ("0404 00010002", CodecError, "function 4, not 3"),
        ("03", CodecError, "no registers"),
        ("", CodecError, "function none"),
        ("83", CodecError, "function 131"),
    ],
)
def test_an_answer_to_a_read_that_is_none(answer: str, error: type[CodecError], problem: str) -> None:
    with pytest.raises(error, match=problem):
        registers_in(bytes.fromhex(answer), READ)


def test_an_answer_to_a_write_must_repeat_it() -> None:
    request = write_request(9, [220, 0, 3000])
    check_written(bytes.fromhex("10 0009 0003"), request)
    with pytest.raises(CodecError, match="something else"):
        check_written(bytes.fromhex("10 0009 0002"), request)
    with pytest.raises(RefusedError, match="does not take this value"):
        check_written(bytes.fromhex("9003"), request)


# --- TCP ----------------------------------------------------------------------------------------------------------


def frames(*chunks: bytes) -> list[Frame]:
    """What comes out of these pieces of a stream."""
    stream = TcpFrames()
    return [frame for chunk in chunks for frame in stream.feed(chunk)]


def test_a_frame_is_cut_out_however_it_arrives() -> None:
    stream = tcp_frame(1, 7, b"\x03\x02\x00\x2a") + tcp_frame(2, 7, b"\x83\x02")
    expected = [Frame(1, 7, b"\x03\x02\x00\x2a"), Frame(2, 7, b"\x83\x02")]
    assert stream.hex() == "000100000005070302002a" + "000200000003078302"
    assert frames(stream) == expected
    assert frames(*(bytes([byte]) for byte in stream)) == expected
    assert frames(stream[:13], stream[13:]) == expected


@pytest.mark.parametrize("head", [(1, 1, 5, 1), (1, 0, 1, 1), (1, 0, 0, 1), (1, 0, 255, 1)])
def test_what_cannot_be_modbus_is_an_error(head: tuple[int, int, int, int]) -> None:
    with pytest.raises(CodecError, match="not Modbus TCP"):
        frames(struct.pack(">HHHB", *head) + bytes(5))


@given(st.integers(0, 0xFFFF), st.integers(0, 255), st.binary(min_size=1, max_size=253), st.lists(st.integers(1, 300)))
def test_frames_survive_any_cut(transaction: int, unit: int, pdu: bytes, cuts: list[int]) -> None:
    stream = 2 * tcp_frame(transaction, unit, pdu)
    places = [0, *sorted(cut for cut in cuts if cut < len(stream)), len(stream)]
    chunks = [stream[start:stop] for start, stop in pairwise(places)]
    assert frames(*chunks) == 2 * [Frame(transaction, unit, pdu)]


@given(st.binary(min_size=1, max_size=250))
def test_a_check_sum_sees_every_flipped_bit(pdu: bytes) -> None:
    framed = serial_frame(1, pdu)
    for bit in range(8 * len(framed)):
        flipped = bytearray(framed)
        flipped[bit // 8] ^= 1 << bit % 8
        assert crc16(bytes(flipped[:-2])) != int.from_bytes(flipped[-2:], "little")


@given(st.lists(st.binary(max_size=64), max_size=6))
def test_garbage_on_the_wire_raises_nothing_but_the_codecs_error(chunks: list[bytes]) -> None:
    stream = TcpFrames()
    for chunk in chunks:
        try:
            for frame in stream.feed(chunk):
                registers_in(frame.pdu, READ)
        except CodecError:
            return


@given(st.binary(max_size=300), st.binary(max_size=12))
def test_garbage_as_an_answer_raises_nothing_but_the_codecs_error(answer: bytes, request: bytes) -> None:
    with suppress(CodecError):
        serial_answer(answer, unit=1)
    with suppress(CodecError):
        registers_in(answer, READ)
    with suppress(CodecError):
        check_written(answer, request or b"\x06")

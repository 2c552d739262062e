"""The multipart codec: bytes in, JPEG parts out, whatever a camera puts around them."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.camera import MultipartReader
from engine.ports import DeviceError
from tests.drivers.camera.server import part


def parts(body: bytes) -> list[bytes]:
    return list(MultipartReader(io.BytesIO(body)))


@given(st.lists(st.binary(max_size=300), max_size=6))
def test_parts_come_back_whatever_bytes_they_are(pictures: list[bytes]) -> None:
    assert parts(b"".join(part(picture) for picture in pictures) + b"--b--\r\n") == pictures


@pytest.mark.parametrize(
    "body",
    [
        b"\r\n" + part(b"jpeg"),
        part(b"jpeg", head=b"X-Timestamp: 12.5\r\n"),  # behind the length, as mjpg-streamer sends it
        b"--b\nContent-Length:4\n\njpeg\n",
        b"--b\r\ncontent-length: 4\r\n\r\njpeg--b--",
        part(b"jpeg") + b"--b\r\nContent-Length: 400\r\n\r\nhalf",
    ],
)
def test_what_cameras_put_around_a_part_does_not_matter(body: bytes) -> None:
    assert parts(body) == [b"jpeg"]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<html>no camera here</html>", "expected a part of a stream, got b'<html>"),
        (b"\xff\xd8\xff\xe0" * 1000, "expected a part of a stream"),
        (b"--b\r\nContent-Length: 99999999\r\n\r\n", "a part of b'99999999' bytes"),
        (b"--b\r\nContent-Length: " + b"9" * 900 + b"\r\n\r\n", "a part of b'99999999999999999999' bytes"),
        (b"--b\r\nContent-Length: -4\r\n\r\n", "a part of b'-4' bytes"),
        (b"--b\r\nContent-Length: many\r\n\r\n", "a part of b'many' bytes"),
        (b"--b\r\nContent-Type: image/jpeg\r\n\r\njpeg", "a part does not say its length"),
    ],
)
def test_anything_else_is_said_to_be_wrong(body: bytes, problem: str) -> None:
    with pytest.raises(DeviceError) as raised:
        parts(body)
    assert problem in str(raised.value)


@given(st.binary(max_size=200))
def test_garbage_raises_nothing_worse(noise: bytes) -> None:
    try:
        found = parts(noise)
    except DeviceError:
        found = []
    assert sum(map(len, found)) <= len(noise)

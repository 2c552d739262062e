"""MJPEG cameras over real HTTP: frames flow, servers die and return, and every fault names the address."""

import socket
from collections.abc import Callable, Iterator
from contextlib import closing

import numpy as np
import pytest

from drivers.camera import open_mjpeg
from engine.ports import CameraLink, Frame, Image
from tests.drivers.camera.server import Script, ScriptedServer, http, part
from tests.runtime.build import wait_for


def streaming(jpeg: bytes, *, head: str = "200 OK") -> Script:
    """Frames as fast as they are taken, until the other side hangs up."""

    def script(connection: socket.socket) -> None:
        http(head, part(jpeg))(connection)
        while True:
            connection.sendall(part(jpeg))

    return script


@pytest.fixture
def watch() -> Iterator[Callable[[str], CameraLink]]:
    opened: list[CameraLink] = []

    def open_it(url: str) -> CameraLink:
        opened.append(open_mjpeg(url))
        return opened[-1]

    yield open_it
    for camera in opened:
        camera.close()


def first_frame(camera: CameraLink) -> Frame:
    wait_for(lambda: camera.newest(after_seq=0) is not None)
    frame = camera.newest(after_seq=0)
    assert frame is not None
    return frame


def test_the_newest_frame_wins_and_is_decoded_no_smaller_than_asked(
    watch: Callable[[str], CameraLink], picture_bgr: Image, jpeg: bytes
) -> None:
    with ScriptedServer(http("200 OK", part(b"old") + part(jpeg))) as server:
        camera = watch(f"http://127.0.0.1:{server.port}/cam")
        wait_for(lambda: camera.newest(after_seq=1) is not None)
        frame = camera.newest(after_seq=1)
        assert frame is not None
        assert frame.seq >= 2
        whole = frame.image_bgr()
        assert np.abs(whole.astype(int) - picture_bgr).max() <= 12
        assert frame.image_bgr(at_least_width_px=640).shape == (360, 640, 3)
        assert frame.image_bgr(at_least_width_px=300).shape == (180, 320, 3)
        assert frame.image_bgr(at_least_width_px=2000).shape == (360, 640, 3)
        assert camera.newest(after_seq=10**9) is None


@pytest.mark.parametrize("damage", [lambda jpeg: b"", lambda jpeg: b"no picture", lambda jpeg: jpeg[:400]])
def test_a_broken_picture_is_empty_and_no_exception(
    watch: Callable[[str], CameraLink], jpeg: bytes, damage: Callable[[bytes], bytes]
) -> None:
    with ScriptedServer(http("200 OK", part(damage(jpeg)))) as server:
        assert first_frame(watch(f"http://127.0.0.1:{server.port}/cam")).image_bgr().size == 0


def test_the_whole_address_is_asked_for(watch: Callable[[str], CameraLink], jpeg: bytes) -> None:
    seen: list[bytes] = []
    with ScriptedServer(http("200 OK", part(jpeg), seen=seen)) as server:
        first_frame(watch(f"http://127.0.0.1:{server.port}/axis/mjpg.cgi?resolution=640x360&fps=10"))
        assert seen[0] == b"GET /axis/mjpg.cgi?resolution=640x360&fps=10 HTTP/1.1"


def test_a_camera_that_dies_is_a_fault_until_it_is_back(watch: Callable[[str], CameraLink], jpeg: bytes) -> None:
    with ScriptedServer(streaming(jpeg)) as server:
        url = f"http://127.0.0.1:{server.port}/cam"
        camera = watch(url)
        wait_for(lambda: camera.fault == "")
    last = first_frame(camera).seq
    wait_for(lambda: camera.fault.startswith(f"{url}: "))
    assert "check the camera's power, cable and address" in camera.fault
    with ScriptedServer(streaming(jpeg), port=server.port):
        wait_for(lambda: camera.newest(after_seq=last) is not None and camera.fault == "")
        camera.close()


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (http("404 Not Found"), "HTTP 404 Not Found"),
        (http("200 OK", b"<html>hello</html>"), "expected a part of a stream"),
        (http("200 OK", b"--b\r\nContent-Length: 99999999\r\n\r\n"), "a part of b'99999999' bytes"),
        (http("200 OK"), "the stream ended"),
        (lambda connection: connection.sendall(b"220 mail ready\r\n"), "not HTTP: BadStatusLine('220 mail ready"),
    ],
    ids=["404", "a page", "oversized", "empty", "another protocol"],
)
def test_a_server_that_is_no_camera_is_a_fault_that_names_the_address(
    watch: Callable[[str], CameraLink], answer: Script, problem: str
) -> None:
    with ScriptedServer(answer) as server:
        url = f"http://127.0.0.1:{server.port}/cam"
        camera = watch(url)
        wait_for(lambda: camera.fault.startswith(f"{url}: {problem}"))
        assert camera.newest(after_seq=0) is None


def asking_for_a_password(jpeg: bytes, seen: list[bytes]) -> Script:
    """Wants viewer and s3cret, by Basic."""

    def script(connection: socket.socket) -> None:
        request = connection.recv(4096)
        seen.append(request)
        if b"Authorization: Basic dmlld2VyOnMzY3JldA==" in request:
            streaming_on(connection, jpeg)
        head = b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=cam\r\nContent-Length: 0\r\n"
        connection.sendall(head + b"Connection: close\r\n\r\n")

    return script


def streaming_on(connection: socket.socket, jpeg: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n")
    while True:
        connection.sendall(part(jpeg))


def test_user_and_password_are_told_when_they_are_asked_for_and_never_shown(
    watch: Callable[[str], CameraLink], jpeg: bytes
) -> None:
    seen: list[bytes] = []
    with ScriptedServer(asking_for_a_password(jpeg, seen)) as server:
        right = watch(f"http://viewer:s3cret@127.0.0.1:{server.port}/cam")
        first_frame(right)
        right.close()
        assert b"Authorization" not in seen[0]
        wrong, none = (
            watch(f"http://viewer:s3cret-not@127.0.0.1:{server.port}/cam"),
            watch(f"http://127.0.0.1:{server.port}/cam"),
        )
        wait_for(lambda: "HTTP 401 Unauthorized; correct user and password in keys/cameras.toml" in wrong.fault)
        wait_for(lambda: "HTTP 401 Unauthorized; put its user and password into keys/cameras.toml" in none.fault)
        assert wrong.fault_kind == "refused"
        assert "s3cret" not in wrong.fault


def test_a_refused_connection_and_an_impossible_address_are_faults(
    watch: Callable[[str], CameraLink],
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    refused, no_port, no_scheme, no_host = (
        watch(f"http://127.0.0.1:{port}/cam"),
        watch("http://127.0.0.1:99999/cam"),
        watch("rtsp://127.0.0.1/cam"),
        watch("http:///cam"),
    )
    wait_for(lambda: "Connection refused" in refused.fault and f"http://127.0.0.1:{port}/cam" in refused.fault)
    wait_for(lambda: "Port out of range" in no_port.fault)
    wait_for(lambda: "not an http:// address" in no_scheme.fault)
    wait_for(lambda: "not an http:// address" in no_host.fault)

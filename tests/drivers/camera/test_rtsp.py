"""RTSP cameras on real sockets: both transports, passwords, bursts, and every way in which a stream can be missing."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import pairwise
from urllib.parse import quote

import pytest

from drivers.camera import open_opencv
from engine.ports import CameraLink, Frame
from tests.drivers.camera.rtsp import FPS, HEIGHT_PX, LEVELS, WIDTH_PX, Behaviour, RtspCamera, number_of
from tests.drivers.camera.server import ScriptedServer, http, say
from tests.runtime.build import MS, wait_for

PASSWORD = "s3cret:/p@ss|w?rd"
LOGIN = f"viewer:{quote(PASSWORD, safe='')}"


@pytest.fixture
def watch() -> Iterator[Callable[..., CameraLink]]:
    opened: list[CameraLink] = []

    def open_it(url: str, **transport: str) -> CameraLink:
        opened.append(open_opencv(url, **transport))  # type: ignore[arg-type]
        return opened[-1]

    yield open_it
    for camera in opened:
        camera.close()


def frames(camera: CameraLink, count: int) -> list[Frame]:
    found: list[Frame] = []

    def enough() -> bool:
        frame = camera.newest(after_seq=found[-1].seq if found else 0)
        if frame is not None:
            found.append(frame)
        return len(found) >= count

    wait_for(enough, within_s=8.0)
    return found


@pytest.mark.parametrize(
    ("transport", "offered", "chosen"),
    [
        ("auto", ("tcp", "udp"), "tcp"),
        ("auto", ("udp",), "udp"),
        ("tcp", ("tcp", "udp"), "tcp"),
        ("udp", ("tcp", "udp"), "udp"),
    ],
)
def test_pictures_come_by_the_transport_that_is_asked_for(
    watch: Callable[..., CameraLink], transport: str, offered: tuple[str, ...], chosen: str
) -> None:
    with RtspCamera(Behaviour(transports=offered)) as device:
        camera = watch(device.url(), transport=transport)
        found = frames(camera, 5)
        camera.close()
    assert device.transports == [chosen]
    assert found[0].image_bgr().shape == (HEIGHT_PX, WIDTH_PX, 3)
    shown = [number_of(float(frame.image_bgr().mean())) for frame in found]
    assert [(b - a) % LEVELS for a, b in pairwise(shown)] == [b.seq - a.seq for a, b in pairwise(found)]


@pytest.mark.parametrize("scheme", ["basic", "digest"])
def test_user_and_password_open_it_and_are_never_shown(
    watch: Callable[..., CameraLink], scheme: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with RtspCamera(Behaviour(user="viewer", password=PASSWORD, scheme=scheme)) as device:  # type: ignore[arg-type]
        camera = watch(f"rtsp://{LOGIN}@127.0.0.1:{device.port}/live")
        assert "s3cret" not in camera.fault
        frames(camera, 1)
        wrong = watch(f"rtsp://viewer:s3cret-wrong@127.0.0.1:{device.port}/live")
        wait_for(lambda: "password is wrong (RTSP 401 Unauthorized)" in wrong.fault)
        assert wrong.fault.endswith("correct user and password in keys/cameras.toml")
        lost = watch(f"rtsp://{LOGIN}@127.0.0.1:{device.port}/other")
        wait_for(lambda: "no such stream (RTSP 404 Not Found)" in lost.fault)
        none = watch(device.url())
        wait_for(lambda: "it wants a user and a password" in none.fault)
        assert none.fault.startswith(f"{device.url()}: ")
        assert {each.fault_kind for each in (wrong, lost, none)} == {"refused"}
        told = "".join(each.fault for each in (wrong, lost, none)) + "".join(capfd.readouterr())
    assert "s3cret" not in told
    assert quote("s3cret:/p@ss", safe="") not in told


def test_what_it_had_kept_is_thrown_away_and_frames_are_stamped_when_they_were_taken(
    watch: Callable[..., CameraLink],
) -> None:
    with RtspCamera(Behaviour(kept=60)) as device:
        found = frames(watch(device.url()), 20)
        sent = list(device.sent_ns)
    first = (number_of(float(found[0].image_bgr().mean())) - 60) % LEVELS  # a picture's number says when it was sent
    behind_ms = [(frame.t_ns - sent[first + frame.seq - found[0].seq]) / MS for frame in found]
    # FFmpeg gives a picture out when the next one begins: one period, always.
    assert all(0 <= late < 1.5 * 1000 / FPS for late in behind_ms), behind_ms
    assert max(behind_ms) - min(behind_ms) < 15


def test_a_way_that_hiccups_does_not_move_the_instants(watch: Callable[..., CameraLink]) -> None:
    with RtspCamera() as device:
        camera = watch(device.url())
        frames(camera, 5)
        with device.sending:  # the net holds pictures back, then delivers them at once
            device.pause(0.3)
        found = frames(camera, 12)
    periods_ms = [(b.t_ns - a.t_ns) / (b.seq - a.seq) / MS for a, b in pairwise(found)]
    assert all(abs(period - 1000 / FPS) < 12 for period in periods_ms), periods_ms


def test_a_camera_that_falls_silent_or_hangs_up_is_a_fault_until_it_is_back(watch: Callable[..., CameraLink]) -> None:
    with RtspCamera() as device:
        camera = watch(device.url())
        seq = frames(camera, 1)[0].seq
        device.silent.set()
        began_s = time.monotonic()
        wait_for(lambda: "no picture came for 1.5 s" in camera.fault)
        assert time.monotonic() - began_s < 3.5
        assert camera.fault_kind == "silent"
        device.silent.clear()
        wait_for(lambda: camera.newest(after_seq=seq + 1) is not None and camera.fault == "", within_s=8.0)
    wait_for(lambda: "Connection refused" in camera.fault)
    assert camera.fault.endswith("check the camera's power, cable and address")
    seq = max(seq, getattr(camera.newest(after_seq=0), "seq", 0))
    with RtspCamera(port=device.port):
        wait_for(lambda: camera.newest(after_seq=seq) is not None and camera.fault == "", within_s=8.0)
        camera.close()


def test_a_stream_without_video_and_what_is_no_camera_are_named(watch: Callable[..., CameraLink]) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    with RtspCamera(Behaviour(video=False)) as device, ScriptedServer(say(b"220 mail ready\r\n")) as mail:
        deaf, none = watch(device.url()), watch(f"rtsp://127.0.0.1:{port}/live")
        other = watch(f"rtsp://127.0.0.1:{mail.port}/live")
        wait_for(lambda: "the stream has no video" in deaf.fault, within_s=8.0)
        wait_for(lambda: f"rtsp://127.0.0.1:{port}/live: Connection refused" in none.fault)
        wait_for(lambda: "not RTSP: it said '220 mail ready'" in other.fault, within_s=8.0)
        assert (deaf.fault_kind, none.fault_kind, other.fault_kind) == ("garbled", "unreachable", "garbled")


def test_streams_with_other_options_open_side_by_side(watch: Callable[..., CameraLink]) -> None:
    with RtspCamera() as device:
        cameras = [watch(device.url(), transport=transport) for transport in ("tcp", "udp") * 3]
        for camera in cameras:
            frames(camera, 1)
        assert sorted(device.transports) == ["tcp"] * 3 + ["udp"] * 3


def test_usb_names_what_is_missing(watch: Callable[..., CameraLink]) -> None:
    master, terminal = os.openpty()
    device = os.ttyname(terminal)
    missing, odd = watch("usb:/dev/video-none?width=640"), watch(f"usb:{device}?width=wide")
    wait_for(lambda: "no such device; plug it in" in missing.fault)
    wait_for(lambda: "width=wide is no setting" in odd.fault)
    no_camera = watch(f"usb:{device}?width=640&height=360")
    wait_for(lambda: "it is no camera" in no_camera.fault)
    for each in (master, terminal):
        os.close(each)


def test_http_answers_are_no_rtsp(watch: Callable[..., CameraLink]) -> None:
    with ScriptedServer(http("400 Bad Request")) as server:
        camera = watch(f"rtsp://127.0.0.1:{server.port}/live")
        wait_for(lambda: "not RTSP: it said 'HTTP/1.1 400 Bad Request'" in camera.fault, within_s=8.0)

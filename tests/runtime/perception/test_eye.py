"""One camera in its perception process: a real stream, real models, and an account of every frame not looked at."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest
import simplejpeg

from drivers.camera import open_mjpeg
from drivers.camera._mjpeg import JpegFrame
from engine.domain import Camera, CameraCalibration, CameraId, Drops, FramesDropped, PersonsSeen
from engine.ports import DeviceFaultKind, Frame, Image
from engine.runtime.perception._eye import Eye
from engine.runtime.perception._perceiver import Perceiver
from engine.runtime.perception._shelves import Shelves
from engine.vision import PersonDetector, PoseEstimator, load_model
from tests.drivers.camera.server import ScriptedServer, http, part
from tests.runtime.build import MS, wait_for

FRAMES_HZ = 10.0
PLATE_TOLERANCE = 4.0  # grey levels, twice through JPEG


@pytest.fixture(scope="module")
def perceiver() -> Perceiver:
    pose = PoseEstimator(load_model("movenet-lightning"))
    return Perceiver(PersonDetector(load_model("nanodet-320x544-int8")), pose, close=pose, shelves=Shelves(()))


@pytest.fixture(scope="module")
def picture_bgr() -> Image:
    """Shelves, from afar."""
    picture = np.full((360, 640, 3), 150, np.uint8)
    for top_px in range(60, 320, 80):
        picture[top_px : top_px + 12] = (90, 90, 100)
        picture[top_px + 20 : top_px + 60, 100:540] = (60, 140, 190)
    return picture


@pytest.fixture(scope="module")
def jpeg(picture_bgr: Image) -> bytes:
    return bytes(simplejpeg.encode_jpeg(picture_bgr, quality=92, colorspace="BGR"))


@pytest.fixture
def camera() -> Camera:
    lens = CameraCalibration(
        width_px=640, height_px=360, focal_px=300.0, position_m=(0.0, 0.0, 2.8), look_at_m=(3.0, 2.0, 0.7)
    )
    return Camera(camera_id=CameraId("c1"), calibration=lens)


@pytest.fixture
def still_camera(jpeg: bytes) -> Iterator[str]:
    """The address of a camera that shows one picture, 40 times a second."""
    stopped = threading.Event()

    def script(connection: socket.socket) -> None:
        http("200 OK")(connection)
        while not stopped.wait(1 / 40):
            connection.sendall(part(jpeg))

    with ScriptedServer(script) as server:
        yield f"http://127.0.0.1:{server.port}/cam"
        stopped.set()


@dataclass
class Shown:
    """A camera whose next frame the test decides."""

    frame: Frame | None = None
    fault: str = ""
    fault_kind: DeviceFaultKind = "unreachable"
    closed: bool = field(default=False)

    def newest(self, *, after_seq: int) -> Frame | None:
        return self.frame if self.frame is not None and self.frame.seq > after_seq else None

    def close(self) -> None:
        self.closed = True


def test_a_still_picture_becomes_the_background_and_nobody_is_seen(
    camera: Camera, still_camera: str, picture_bgr: Image, perceiver: Perceiver
) -> None:
    eye = Eye(camera, open_mjpeg(still_camera), frames_hz=FRAMES_HZ)
    seen: list[PersonsSeen] = []

    def plate_equals_picture() -> bool:
        frame = eye.waiting()
        fact = eye.look(frame, perceiver) if frame is not None else None
        if fact is None:
            return False
        seen.append(fact)
        plate = eye.background(fact.t_ns)
        assert plate is not None
        shown = simplejpeg.decode_jpeg(plate.jpeg, colorspace="BGR").astype(float)
        return shown.shape == picture_bgr.shape and float(np.abs(shown - picture_bgr).mean()) < PLATE_TOLERANCE

    wait_for(plate_equals_picture, within_s=10.0)
    eye.close()
    assert len(seen) > 5
    assert {fact.persons for fact in seen} == {()}
    assert all(first.t_ns < then.t_ns for first, then in pairwise(seen))
    health = eye.health(time.monotonic_ns())
    assert 0 < health.fps <= 1.1 * FRAMES_HZ
    assert health.lag_ms > 0
    assert health.provider == "CPUExecutionProvider"
    drops = Counter({drop.cause: drop.count for drop in health.drops})
    assert set(drops) <= {"above rate", "busy"}
    assert drops["above rate"] > 0
    assert drops.total() + len(seen) - 1 == seen[-1].frame_seq - seen[0].frame_seq


@pytest.mark.parametrize(
    ("seq", "t_ms", "drops"),
    [
        (2, 100, ()),
        (5, 100, (Drops(cause="above rate", count=3),)),  # the camera is faster than the store asks for
        (5, 400, (Drops(cause="busy", count=3),)),  # this process came late
    ],
)
def test_frames_not_looked_at_are_counted_by_cause(  # noqa: PLR0913 - fixtures and the table's row
    camera: Camera, perceiver: Perceiver, jpeg: bytes, seq: int, t_ms: int, drops: tuple[Drops, ...]
) -> None:
    eye = Eye(camera, Shown(), frames_hz=FRAMES_HZ)
    eye.look(JpegFrame(1, 1000 * MS, jpeg), perceiver)
    eye.look(JpegFrame(seq, (1000 + t_ms) * MS, jpeg), perceiver)
    assert eye.health(0).drops == drops
    told = eye.dropped(7)
    assert told == tuple(
        FramesDropped(t_ns=7, camera_id=camera.camera_id, count=drop.count, cause=drop.cause) for drop in drops
    )
    assert eye.dropped(8) == ()  # each drop is told once


@pytest.mark.parametrize("damage", [lambda jpeg: b"", lambda jpeg: jpeg[:300]])
def test_a_broken_frame_is_a_drop_and_not_an_empty_store(
    camera: Camera, perceiver: Perceiver, jpeg: bytes, damage: Callable[[bytes], bytes]
) -> None:
    eye = Eye(camera, Shown(), frames_hz=FRAMES_HZ)
    assert eye.look(JpegFrame(1, 1000 * MS, damage(jpeg)), perceiver) is None
    assert eye.health(0).drops == (Drops(cause="broken", count=1),)
    assert eye.background(0) is None
    good = eye.look(JpegFrame(2, 1100 * MS, jpeg), perceiver)
    assert good is not None
    assert (good.frame_seq, good.t_ns, good.camera_id) == (2, 1100 * MS, camera.camera_id)


def chosen(camera: Camera, perceiver: Perceiver, frames: list[Frame]) -> list[int]:
    """The numbers of the frames an eye looks at when it has time for each."""
    link = Shown()
    eye = Eye(camera, link, frames_hz=FRAMES_HZ)
    numbers: list[int] = []
    for frame in frames:
        link.frame = frame
        due = eye.waiting()
        if due is not None:
            eye.look(due, perceiver)
            numbers.append(due.seq)
            assert eye.waiting() is None  # seen already
    return numbers


@pytest.mark.parametrize(
    ("camera_hz", "least", "most"),
    [(5.0, 50, 50), (9.9, 99, 99), (10.0, 100, 100), (10.1, 99, 101), (25.0, 99, 101), (30.0, 99, 101)],
)
def test_a_camera_is_looked_at_no_more_often_than_the_store_asks(
    camera: Camera, perceiver: Perceiver, camera_hz: float, least: int, most: int
) -> None:
    arrivals_ns = [round(1e9 * n / camera_hz) + 10**12 for n in range(round(10 * camera_hz))]
    frames: list[Frame] = [JpegFrame(n, t_ns, b"") for n, t_ns in enumerate(arrivals_ns, start=1)]
    assert least <= len(chosen(camera, perceiver, frames)) <= most


def test_frames_that_come_a_little_early_or_late_are_all_looked_at(camera: Camera, perceiver: Perceiver) -> None:
    offsets_ms = [0, 20, -20, 60, 0, -20, 90, 0, 0]
    frames: list[Frame] = [JpegFrame(n + 1, (1000 + 100 * n + late) * MS, b"") for n, late in enumerate(offsets_ms)]
    assert chosen(camera, perceiver, frames) == list(range(1, len(offsets_ms) + 1))


def test_a_cameras_fault_is_shown_and_it_is_let_go(camera: Camera) -> None:
    link = Shown(fault="http://c1: timed out; check the camera's power")
    eye = Eye(camera, link, frames_hz=FRAMES_HZ)
    assert eye.health(0).fault == link.fault
    eye.close()
    assert link.closed

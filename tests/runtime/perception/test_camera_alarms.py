"""Cameras that are pulled, frozen, covered, moved or badly set: named within two seconds, and well again of itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle

import cv2
import numpy as np
import pytest

from drivers.camera._mjpeg import JpegFrame
from engine.domain import CameraId, PersonsSeen, SensorFault, SensorRecovered
from engine.ports import DeviceFaultKind, Frame, Image
from engine.runtime.perception._camera_watch import AlarmFact, LinkState, LinkWatch
from engine.runtime.perception._eye import Eye
from engine.runtime.perception._perceiver import Perceiver, nobody
from engine.store import open_store
from engine.vision import Detections, PictureJudge
from tests.runtime.build import MS
from tests.runtime.perception.store_pictures import DEMO, jpegs, rendered

HZ = 10
CAMERA = "ceiling-sw"
BLIND = ("frozen", "dark", "bright", "covered", "moved")


class NoModels(Perceiver):
    """Finds nobody: the store is empty."""

    def __init__(self) -> None:
        self.provider = "none"

    def detect(self, image_bgr: Image) -> Detections:
        return nobody()


@pytest.fixture(scope="module")
def empty() -> Image:
    return rendered(0.0)[CAMERA][0]


@dataclass
class Given:
    """A link that the test feeds."""

    frame: Frame | None = None
    fault: str = ""
    fault_kind: DeviceFaultKind = "unreachable"

    def newest(self, *, after_seq: int) -> Frame | None:
        return self.frame if self.frame is not None and self.frame.seq > after_seq else None

    def close(self) -> None:
        pass


@dataclass
class Scene:
    """An eye in a simulated second; ``told`` is what it said, ``seen`` what it looked at."""

    perceiver: Perceiver = field(default_factory=NoModels)
    link: Given = field(default_factory=Given)
    now_ns: int = 10**12
    seq: int = 0
    told: list[AlarmFact] = field(default_factory=list)
    seen: list[PersonsSeen] = field(default_factory=list)

    def __post_init__(self) -> None:
        camera = open_store(DEMO).store.camera_by_id[CameraId(CAMERA)]
        self.eye = Eye(camera, self.link, frames_hz=HZ)

    def show(self, pictures: Iterator[bytes] | None, seconds: float, *, hz: float = HZ) -> list[AlarmFact]:
        """Let so much time pass; what was told in it."""
        before = len(self.told)
        for _ in range(round(seconds * hz)):
            self.now_ns += round(1e9 / hz)
            if pictures is not None:
                self.seq += 1
                self.link.frame = JpegFrame(self.seq, self.now_ns, next(pictures))
            frame = self.eye.waiting()
            fact = self.eye.look(frame, self.perceiver) if frame is not None else None
            self.seen += [fact] if fact is not None else []
            self.told += self.eye.alarms(self.now_ns + 20 * MS)
        return self.told[before:]


@pytest.fixture
def scene(fresh: Scene, empty: Image) -> Scene:
    """A camera that has been well for a while."""
    told = fresh.show(cycle(jpegs(empty, 8)), 12)
    assert all(isinstance(fact, SensorRecovered) for fact in told)
    assert len(fresh.seen) == 12 * HZ
    return fresh


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A camera that has just been opened, in simulated time."""
    found = Scene()
    monkeypatch.setattr("engine.runtime.perception._eye.time.monotonic_ns", lambda: found.now_ns + 20 * MS)
    return found


def shifted(picture: Image, dx: int, dy: int) -> Image:
    size = picture.shape[1], picture.shape[0]
    place = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    return np.asarray(cv2.warpAffine(picture, place, size, borderMode=cv2.BORDER_REFLECT), np.uint8)


def hand(picture: Image) -> Image:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 40) * 0.6, np.uint8)


TROUBLES: list[tuple[str, Callable[[Image], Image]]] = [
    ("dark", lambda picture: (picture * 0.03).astype(np.uint8)),
    ("bright", lambda picture: np.full_like(picture, 246)),
    ("covered", hand),
    ("covered", lambda picture: np.full_like(picture, 70)),
    ("moved", lambda picture: shifted(picture, 12, 0)),
    ("moved", lambda picture: shifted(picture, -90, 60)),
    ("blurred", lambda picture: np.asarray(cv2.GaussianBlur(picture, (0, 0), 5), np.uint8)),
]


@pytest.mark.parametrize(("kind", "spoil"), TROUBLES, ids=[kind for kind, _ in TROUBLES])
def test_what_spoils_the_picture_is_named_within_two_seconds_and_over_of_itself(
    scene: Scene, empty: Image, kind: str, spoil: Callable[[Image], Image]
) -> None:
    looked = len(scene.seen)
    told = scene.show(cycle(jpegs(spoil(empty), 8)), 2)
    assert [(type(fact), fact.kind) for fact in told] == [(SensorFault, kind)]
    alarm = told[0]
    assert isinstance(alarm, SensorFault)
    assert alarm.device_id == CAMERA
    assert alarm.cause
    assert alarm.consequence
    assert alarm.remedy
    if kind in BLIND:  # that it shows nobody is no evidence that nobody is there
        assert len(scene.seen) - looked <= 3
        assert {drop.cause for drop in scene.eye.health(scene.now_ns).drops} == {kind}
    assert scene.show(cycle(jpegs(spoil(empty), 8)), 3) == []
    over = scene.show(cycle(jpegs(empty, 8)), 2)
    assert [(type(fact), fact.kind) for fact in over] == [(SensorRecovered, kind)]


def test_a_frozen_picture_is_named_within_two_seconds(scene: Scene, empty: Image) -> None:
    looked = len(scene.seen)
    told = scene.show(cycle(jpegs(empty, 1)), 2)
    assert [(type(fact), fact.kind) for fact in told] == [(SensorFault, "frozen")]
    assert len(scene.seen) - looked <= 5
    assert [fact.kind for fact in scene.show(cycle(jpegs(empty, 8)), 2)] == ["frozen"]


def test_a_camera_that_always_repeats_itself_is_not_frozen(fresh: Scene, empty: Image) -> None:
    """A still scene in H.264 without a sensor's noise."""
    told = fresh.show(cycle(jpegs(empty, 1)), 20)
    assert all(isinstance(fact, SensorRecovered) for fact in told)


def test_a_pulled_camera_is_named_within_two_seconds_with_what_its_link_says(scene: Scene, empty: Image) -> None:
    told = scene.show(None, 2)
    assert [(type(fact), fact.kind) for fact in told] == [(SensorFault, "silent")]
    scene.link.fault, scene.link.fault_kind = "rtsp://cam/live: Connection refused; check its power", "unreachable"
    then = scene.show(None, 1)
    assert [(type(fact), fact.kind) for fact in then] == [(SensorFault, "unreachable"), (SensorRecovered, "silent")]
    assert isinstance(then[0], SensorFault)
    assert then[0].cause == scene.link.fault
    scene.link.fault = ""
    assert [fact.kind for fact in scene.show(cycle(jpegs(empty, 8)), 1)] == ["unreachable"]


def test_light_that_is_halved_and_doubled_is_no_trouble(scene: Scene, empty: Image) -> None:
    for gain in (0.5, 0.3, 1.4):
        lit = np.clip(empty * gain, 0, 255).astype(np.uint8)
        assert scene.show(cycle(jpegs(lit, 8)), 3) == []


def test_trade_is_no_trouble() -> None:
    """Judged against the empty store, with people anywhere in the picture."""
    pictures = rendered(0.0, 12.0, 24.0, 36.0, 48.0, 60.0)
    for camera in (CAMERA, "face-a"):
        empty, *trade = pictures[camera]
        judge = PictureJudge()
        plate = Empty(empty)
        found = {judge.judge(picture, plate, n * 250 * MS) for n, picture in enumerate([empty] * 2 + trade)}  # type: ignore[arg-type]
        assert found == {None}


@dataclass
class Empty:
    """A plate that knows the empty store."""

    image_bgr: Image
    known_share: float = 1.0


def test_a_slow_camera_and_one_with_another_picture_are_named(scene: Scene, empty: Image) -> None:
    told = scene.show(cycle(jpegs(empty, 8)), 8, hz=5)
    assert [fact.kind for fact in told] == ["slow"]
    assert isinstance(told[0], SensorFault)
    assert told[0].cause == "It delivers 5.0 of 10 pictures a second"
    assert [fact.kind for fact in scene.show(cycle(jpegs(empty, 8)), 8)] == ["slow"]
    square = np.asarray(cv2.resize(empty, (480, 480)), np.uint8)
    told = scene.show(cycle(jpegs(square, 8)), 2)
    assert {fact.kind for fact in told} >= {"small", "shape"}


def test_pictures_that_come_late_are_named(scene: Scene, empty: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.runtime.perception._eye.time.monotonic_ns", lambda: scene.now_ns + 900 * MS)
    told = scene.show(cycle(jpegs(empty, 8)), 4)
    assert [(type(fact), fact.kind) for fact in told] == [(SensorFault, "late")]
    assert isinstance(told[0], SensorFault)
    assert "900 ms old" in told[0].cause


def test_a_new_process_takes_back_what_stands_from_before_and_nothing_is_told_twice() -> None:
    watch = LinkWatch(CameraId("c1"))
    well = LinkState(seq=1, frame_ns=0, lag_ms=0.0, fault="", fault_kind="silent")
    first = watch.tell(well, 0)
    assert {fact.kind for fact in first} >= {"silent", "covered", "moved"}
    assert {type(fact) for fact in first} == {SensorRecovered}
    assert watch.tell(well, 100 * MS) == []


def test_a_camera_that_never_came_is_given_time_to_open_then_named() -> None:
    watch = LinkWatch(CameraId("c1"))
    never = LinkState(seq=0, frame_ns=0, lag_ms=0.0, fault="http://c1: timed out", fault_kind="silent")
    assert not any(isinstance(fact, SensorFault) for t_s in range(5) for fact in watch.tell(never, t_s * 1000 * MS))
    told = watch.tell(never, 6000 * MS)
    assert [(type(fact), fact.kind) for fact in told] == [(SensorFault, "silent")]

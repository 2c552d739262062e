"""Video files through OpenCV: they play at their own pace and start again; what is no video is a fault."""

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.camera import open_opencv
from engine.ports import CameraLink, Frame
from tests.runtime.build import wait_for

FPS = 50.0
LEVELS = (40, 120, 200)  # grey of the frames, by their order


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("clip") / "clip.avi"
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), FPS, (640, 360))
    for level in LEVELS:
        writer.write(np.full((360, 640, 3), level, np.uint8))
    writer.release()
    return file


@pytest.fixture
def watch() -> Iterator[Callable[[str], CameraLink]]:
    opened: list[CameraLink] = []

    def open_it(url: str) -> CameraLink:
        opened.append(open_opencv(url))
        return opened[-1]

    yield open_it
    for camera in opened:
        camera.close()


def test_a_file_plays_in_order_at_its_pace_and_starts_again(watch: Callable[[str], CameraLink], clip: Path) -> None:
    camera = watch(str(clip))
    frames: dict[int, Frame] = {}

    def enough() -> bool:
        frame = camera.newest(after_seq=max(frames, default=0))
        if frame is not None:
            frames[frame.seq] = frame
        return len(frames) >= 2 * len(LEVELS)

    wait_for(enough)
    for seq, frame in frames.items():
        level = LEVELS[(seq - 1) % len(LEVELS)]
        assert abs(float(frame.image_bgr().mean()) - level) < 3
    first, second = frames[min(frames)], frames[sorted(frames)[1]]
    assert (second.t_ns - first.t_ns) / (second.seq - first.seq) > 0.8e9 / FPS
    assert camera.fault == ""


def test_a_frame_is_halved_but_never_below_the_width_asked_for(watch: Callable[[str], CameraLink], clip: Path) -> None:
    camera = watch(str(clip))
    wait_for(lambda: camera.newest(after_seq=0) is not None)
    frame = camera.newest(after_seq=0)
    assert frame is not None
    shapes = [frame.image_bgr(at_least_width_px=width).shape for width in (0, 640, 321, 320, 150)]
    assert shapes == [(360, 640, 3), (360, 640, 3), (360, 640, 3), (180, 320, 3), (90, 160, 3)]


def test_what_is_missing_or_no_video_is_a_fault_that_names_it_until_it_is_there(
    watch: Callable[[str], CameraLink], clip: Path, tmp_path: Path
) -> None:
    text, missing = tmp_path / "notes.avi", tmp_path / "later.avi"
    text.write_text("no video at all\n" * 100)
    broken, camera = watch(str(text)), watch(str(missing))
    wait_for(
        lambda: broken.fault == f"{text}: cannot be opened: no video that can be read; correct the url in store.toml"
    )
    wait_for(lambda: camera.fault.startswith(f"{missing}: cannot be opened: no such file; "))
    missing.write_bytes(clip.read_bytes())
    wait_for(lambda: camera.newest(after_seq=0) is not None and camera.fault == "")

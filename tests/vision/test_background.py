"""The plate takes in the scene and never a person; the gate sees people and not the weather."""

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.vision import BackgroundPlate, Motion, MotionGate, PlatePolicy

STEP_S = 0.5
NOBODY = np.empty((0, 4), np.float32)
PERSON = np.array([[200, 100, 260, 260]], np.float32)


class Scene:
    """A still room with sensor noise, in which a grey figure may stand."""

    def __init__(self, seed: int = 0) -> None:
        self._rng = np.random.default_rng(seed)
        coarse = self._rng.integers(70, 200, (9, 16, 3)).astype(np.float32)
        self.room = np.kron(coarse, np.ones((40, 40, 1), np.float32))
        self._noise = self._rng.standard_normal((420, 720, 3), np.float32)  # another window of it for each frame
        self.plate = BackgroundPlate()
        self.t_ns = 0

    def frame(self, *boxes_px: NDArray[np.float32], gain: float = 1.0, noise_levels: float = 3.0) -> NDArray[np.uint8]:
        picture = self.room.copy()
        for x0, y0, x1, y1 in (box.astype(int) for box in boxes_px):
            picture[y0:y1, x0:x1] = 20
        y, x = self._rng.integers(0, 60), self._rng.integers(0, 80)
        noise = self._noise[y : y + 360, x : x + 640] * noise_levels
        return (picture * gain + noise).clip(0, 255).astype(np.uint8)

    def watch(self, seconds: float, *boxes_px: NDArray[np.float32], seen: bool = True, gain: float = 1.0) -> None:
        detected = np.array(boxes_px, np.float32) if seen and boxes_px else NOBODY
        for _ in range(round(seconds / STEP_S)):
            self.plate.observe(self.frame(*boxes_px, gain=gain), detected, self.t_ns)
            self.t_ns += round(STEP_S * 1e9)

    def error_levels(self, box_px: NDArray[np.float32]) -> float:
        """How far the plate is from the empty room inside a box."""
        x0, y0, x1, y1 = box_px.astype(int)
        image = self.plate.image_bgr
        assert image is not None
        return float(np.abs(image[y0:y1, x0:x1] - self.room[y0:y1, x0:x1]).mean())


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_before_the_first_frame_there_is_no_plate(scene: Scene) -> None:
    assert scene.plate.image_bgr is None
    assert scene.plate.known_share == 0.0
    assert MotionGate().judge(scene.frame(), scene.plate) == Motion(moved=True, changed_share=1.0)


def test_an_empty_room_is_known_after_it_has_settled(scene: Scene) -> None:
    scene.watch(8)
    assert scene.plate.known_share == 1.0
    assert scene.error_levels(np.array([0, 0, 640, 360])) < 4.0


def test_who_is_there_from_the_start_is_plain_grey_until_gone(scene: Scene) -> None:
    scene.watch(60, PERSON[0])
    image = scene.plate.image_bgr
    assert image is not None
    assert (image[100:260, 200:260] == 114).all()
    assert 0.8 < scene.plate.known_share < 1.0
    scene.watch(15)
    assert scene.plate.known_share == 1.0
    assert scene.error_levels(PERSON[0]) < 4.0


def test_who_comes_and_stays_never_enters(scene: Scene) -> None:
    scene.watch(8)
    scene.watch(120, PERSON[0])
    assert scene.error_levels(PERSON[0]) < 4.0


def test_who_walks_through_unseen_by_the_detector_never_enters(scene: Scene) -> None:
    scene.watch(8)
    for step in range(40):
        scene.watch(0.5, PERSON[0] + np.array([8 * step, 0, 8 * step, 0], np.float32), seen=False)
    assert scene.error_levels(np.array([200, 100, 560, 260])) < 4.0


def test_a_missed_detection_now_and_then_does_no_harm(scene: Scene) -> None:
    scene.watch(8)
    for _ in range(10):
        scene.watch(2, PERSON[0])
        scene.watch(1, PERSON[0], seen=False)
    assert scene.error_levels(PERSON[0]) < 4.0


def test_who_stands_still_unseen_by_the_detector_for_a_minute_does_not_enter(scene: Scene) -> None:
    scene.watch(8)
    scene.watch(55, PERSON[0], seen=False)
    assert scene.error_levels(PERSON[0]) < 4.0


def test_what_has_moved_for_good_becomes_background(scene: Scene) -> None:
    scene.plate = BackgroundPlate(PlatePolicy(change_s=20.0, memory_s=5.0))
    scene.watch(8)
    scene.room[120:200, 400:480] = 60
    scene.watch(40)
    assert scene.error_levels(np.array([400, 120, 480, 200])) < 4.0


def test_another_picture_size_starts_again(scene: Scene) -> None:
    scene.watch(8)
    scene.plate.observe(np.zeros((180, 320, 3), np.uint8), NOBODY, scene.t_ns)
    assert scene.plate.known_share == 0.0


def test_an_empty_room_keeps_the_gate_shut(scene: Scene) -> None:
    scene.watch(8)
    verdicts = [MotionGate().judge(scene.frame(), scene.plate) for _ in range(20)]
    assert not any(verdict.moved for verdict in verdicts)


@pytest.mark.parametrize("size_px", [(24, 60), (60, 160)])
def test_a_person_opens_the_gate_even_standing_still(scene: Scene, size_px: tuple[int, int]) -> None:
    scene.watch(8)
    box = np.array([300, 100, 300 + size_px[0], 100 + size_px[1]], np.float32)
    scene.watch(20, box)
    verdict = MotionGate().judge(scene.frame(box), scene.plate)
    assert verdict.moved
    assert verdict.changed_share == pytest.approx(size_px[0] * size_px[1] / (640 * 360), rel=0.6)


def test_the_light_changing_does_not_open_the_gate(scene: Scene) -> None:
    scene.watch(8)
    assert not MotionGate().judge(scene.frame(gain=0.8), scene.plate).moved
    assert not MotionGate().judge(scene.frame(gain=1.15), scene.plate).moved


def test_a_noisy_camera_does_not_open_the_gate(scene: Scene) -> None:
    scene.watch(8)
    assert not MotionGate().judge(scene.frame(noise_levels=25.0), scene.plate).moved

"""NanoDet's decoder on grids made by hand, and the whole detector on pictures."""

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.vision import Detections, Model, PersonDetector
from engine.vision._detector import BoxDecoder, suppress_overlaps
from engine.vision._manifest import DflBoxes
from engine.vision._tensors import Letterbox, TensorWriter

HEIGHT_PX, WIDTH_PX, BINS = 64, 96, 11
SPEC = DflBoxes(strides_px=(8, 16), bins=BINS, person_class=0, score_threshold=0.35, nms_iou=0.5)
CELLS = (8 * 12, 4 * 6)


class Grids:
    """Network outputs in which single cells speak."""

    def __init__(self) -> None:
        self.scores = [np.zeros((1, n, 80), np.float32) for n in CELLS]
        self.sides = [np.zeros((1, n, 4 * BINS), np.float32) for n in CELLS]

    def speak(self, grid: int, cell: int, score: float, bins: tuple[int, int, int, int]) -> None:
        """Put all weight of each side's distribution on one bin."""
        self.scores[grid][0, cell, 0] = score
        for side, chosen in enumerate(bins):
            self.sides[grid][0, cell, side * BINS + chosen] = 50.0

    def decode(self) -> Detections:
        return BoxDecoder(SPEC, HEIGHT_PX, WIDTH_PX).decode([*self.scores, *self.sides])


def test_nothing_above_the_threshold_is_nobody() -> None:
    grids = Grids()
    grids.speak(0, 5, 0.34, (1, 1, 1, 1))
    assert len(grids.decode()) == 0
    assert grids.decode().xyxy_px.shape == (0, 4)


def test_a_box_is_centre_minus_and_plus_bins_times_stride() -> None:
    grids = Grids()
    grids.speak(0, 2 * 12 + 4, 0.9, (1, 2, 3, 0))  # centre (35.5, 19.5)
    found = grids.decode()
    np.testing.assert_allclose(found.xyxy_px, [[35.5 - 8, 19.5 - 16, 35.5 + 24, 19.5]], atol=1e-3)
    assert found.score == pytest.approx(0.9)


def test_each_stride_reads_its_own_grid_and_the_best_comes_first() -> None:
    grids = Grids()
    grids.speak(0, 0, 0.5, (0, 0, 1, 1))
    grids.speak(1, 3 * 6 + 5, 0.8, (2, 2, 0, 0))  # centre (87.5, 55.5)
    found = grids.decode()
    np.testing.assert_allclose(found.xyxy_px[0], [87.5 - 32, 55.5 - 32, 87.5, 55.5], atol=1e-3)
    np.testing.assert_allclose(found.xyxy_px[1], [3.5, 3.5, 11.5, 11.5], atol=1e-3)


def test_a_split_distribution_gives_its_mean() -> None:
    grids = Grids()
    grids.speak(0, 0, 0.9, (0, 0, 2, 2))
    grids.sides[0][0, 0, 2 * BINS + 3] = 50.0  # the right side: half on 2, half on 3
    assert grids.decode().xyxy_px[0, 2] == pytest.approx(3.5 + 2.5 * 8, abs=1e-3)


def test_other_classes_are_not_people() -> None:
    grids = Grids()
    grids.scores[0][0, 7, 39] = 0.95  # a bottle
    assert len(grids.decode()) == 0


def test_of_boxes_that_overlap_by_half_the_best_stays() -> None:
    boxes = np.array([[0, 0, 10, 10], [0, 1, 10, 11], [0, 8, 10, 18]], np.float32)
    kept = suppress_overlaps(boxes, np.array([0.6, 0.7, 0.5], np.float32), 0.5)
    np.testing.assert_array_equal(kept.xyxy_px, boxes[[1, 2]])


def test_detections_must_fit_together() -> None:
    with pytest.raises(ValueError, match="2 scores"):
        Detections(np.zeros((1, 4), np.float32), np.zeros(2, np.float32))


@pytest.mark.parametrize(("shape", "scale"), [((360, 640), 0.85), ((720, 1280), 0.425), ((640, 360), 0.5)])
def test_a_letterbox_keeps_the_shape_and_fills_the_rest(shape: tuple[int, int], scale: float) -> None:
    letterbox = Letterbox(320, 544, 114)
    letterbox.fit(np.full((320, 544, 3), 7, np.uint8))  # leaves nothing behind
    canvas, found = letterbox.fit(np.full((*shape, 3), 255, np.uint8))
    rows, columns = round(shape[0] * scale), round(shape[1] * scale)
    assert found == pytest.approx(scale)
    assert (canvas[:rows, :columns] == 255).all()
    assert (canvas[rows:] == 114).all()
    assert (canvas[:, columns:] == 114).all()


def test_pixels_are_normalised_channel_by_channel(nanodet: Model) -> None:
    preprocessing = nanodet.manifest.preprocessing
    image = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    tensor = np.empty((3, 2, 4), np.float32)
    TensorWriter(preprocessing).write(image, tensor)
    expected = (image - np.array(preprocessing.mean)) / np.array(preprocessing.std)
    np.testing.assert_allclose(tensor, expected.transpose(2, 0, 1), atol=1e-5)


def test_rgb_models_get_their_channels_turned_round(efficientnet: Model) -> None:
    image: NDArray[np.uint8] = np.zeros((1, 1, 3), np.uint8)
    image[..., 2] = 255  # red
    tensor = np.empty((3, 1, 1), np.float32)
    TensorWriter(efficientnet.manifest.preprocessing).write(image, tensor)
    np.testing.assert_allclose(tensor.ravel(), [1.0, -127 / 128, -127 / 128])


def test_an_empty_room_is_empty(nanodet: Model) -> None:
    grey = np.full((360, 640, 3), 128, np.uint8)
    assert len(PersonDetector(nanodet).detect(grey)) == 0


def test_another_task_is_refused(movenet: Model) -> None:
    with pytest.raises(ValueError, match="does not detect people"):
        PersonDetector(movenet)

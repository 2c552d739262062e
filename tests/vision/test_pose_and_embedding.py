"""Crops around boxes, and what comes back for them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.vision import COCO_KEYPOINTS, Embedder, Keypoints, Model, PoseEstimator
from engine.vision._pose import square_around
from engine.vision._tensors import crop

BOXES = np.array([[100, 50, 160, 250], [500, 200, 640, 360]], np.float32)


@pytest.fixture
def image_bgr() -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 255, (360, 640, 3), np.uint8)


def test_the_square_is_larger_than_the_longer_side() -> None:
    np.testing.assert_allclose(square_around(BOXES[:1], 1.45), [[-15, 5, 275, 295]])


def test_a_degenerate_box_still_has_a_square() -> None:
    square = square_around(np.array([[5, 5, 5, 5]], np.float32), 1.45)[0]
    assert square[2] > square[0]


@pytest.mark.parametrize("factor", [1, 4])
def test_a_crop_is_grey_where_it_leaves_the_picture(factor: int) -> None:
    image = np.full((20 * factor, 20 * factor, 3), 255, np.uint8)
    box = np.array([-10, 0, 10, 20], np.float32) * factor
    cut = crop(image, box, (20, 20), 7)
    assert cut.shape == (20, 20, 3)
    assert (cut[:, :9] == 7).all()
    assert (cut[:19, 11:] == 255).all()


def test_keypoints_lie_in_the_frame_s_pixels(movenet: Model, image_bgr: NDArray[np.uint8]) -> None:
    found = PoseEstimator(movenet).estimate(image_bgr, BOXES)
    assert found.xy_px.shape == (2, len(COCO_KEYPOINTS), 2)
    squares = square_around(BOXES, 1.45)[:, None]
    inside = (found.xy_px > squares[..., :2] - 20) & (found.xy_px < squares[..., 2:] + 20)
    assert inside.all()


def test_a_pose_moves_with_its_box(movenet: Model, image_bgr: NDArray[np.uint8]) -> None:
    estimator = PoseEstimator(movenet)
    shifted = np.roll(image_bgr, (20, 30), axis=(0, 1))
    box = np.array([[200, 60, 260, 200]], np.float32)
    first = estimator.estimate(image_bgr, box)
    second = estimator.estimate(shifted, box + np.array([30, 20, 30, 20], np.float32))
    np.testing.assert_allclose(second.xy_px, first.xy_px + np.array([30, 20], np.float32), atol=0.1)


def test_nobody_has_no_pose_and_no_look(movenet: Model, efficientnet: Model, image_bgr: NDArray[np.uint8]) -> None:
    nobody = np.empty((0, 4), np.float32)
    assert len(PoseEstimator(movenet).estimate(image_bgr, nobody)) == 0
    assert Embedder(efficientnet).embed(image_bgr, nobody).shape == (0, 1280)


def test_keypoints_must_fit_together() -> None:
    with pytest.raises(ValueError, match="keypoints"):
        Keypoints(np.zeros((2, 17, 2), np.float32), np.zeros((1, 17), np.float32))


def test_embeddings_have_length_one_and_do_not_depend_on_company(
    efficientnet: Model, image_bgr: NDArray[np.uint8]
) -> None:
    embedder = Embedder(efficientnet)
    both = embedder.embed(image_bgr, BOXES)
    np.testing.assert_allclose(np.linalg.norm(both, axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(both[1:], embedder.embed(image_bgr, BOXES[1:]), atol=1e-5)


def test_what_looks_alike_is_close(efficientnet: Model) -> None:
    def shirt(bgr: tuple[int, int, int], seed: int) -> NDArray[np.uint8]:
        grain = np.random.default_rng(seed).normal(0, 12, (256, 128, 3))
        return (np.array(bgr) + grain).clip(0, 255).astype(np.uint8)

    pictures = [shirt((30, 30, 200), 1), shirt((30, 30, 200), 2), shirt((200, 120, 30), 3)]
    whole = np.array([[0, 0, 128, 256]], np.float32)
    embedder = Embedder(efficientnet)
    red, red_again, blue = (embedder.embed(picture, whole)[0] for picture in pictures)
    assert red @ red_again > red @ blue + 0.05


def test_other_tasks_are_refused(nanodet: Model) -> None:
    with pytest.raises(ValueError, match="does not estimate poses"):
        PoseEstimator(nanodet)
    with pytest.raises(ValueError, match="does not embed"):
        Embedder(nanodet)

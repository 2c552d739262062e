"""A picture of the twin's store with known people and joints: the models find what is there."""

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.vision import COCO_KEYPOINTS, Embedder, Model, PersonDetector, PoseEstimator

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Picture:
    """Three shoppers from a ceiling corner: at the shelf far off, near the gate, and walking."""

    image_bgr: NDArray[np.uint8]
    xyxy_px: NDArray[np.float32]  # (3, 4), true outlines
    joints_px: NDArray[np.float32]  # (3, 17, 2)


@pytest.fixture(scope="module")
def picture() -> Picture:
    truth = json.loads((HERE / "three_shoppers.json").read_text("utf-8"))
    image = np.asarray(cv2.imread(str(HERE / "three_shoppers.jpg")), np.uint8)
    return Picture(image, np.array(truth["xyxy_px"], np.float32), np.array(truth["joints_px"], np.float32))


def iou(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """Overlap of every box (N, 4) with every other (M, 4)."""
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    shared = (high - low).clip(min=0).prod(2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(1) for boxes in (one, other)]
    return np.asarray(shared / (areas[0][:, None] + areas[1][None] - shared), np.float32)


def test_all_three_are_found_and_nobody_else(nanodet: Model, picture: Picture) -> None:
    found = PersonDetector(nanodet).detect(picture.image_bgr)
    assert len(found) == 3
    assert (iou(picture.xyxy_px, found.xyxy_px).max(1) > 0.6).all()
    assert (np.diff(found.score) <= 0).all()


def test_a_larger_stream_gives_the_same_people_in_its_own_pixels(nanodet: Model, picture: Picture) -> None:
    twice = np.asarray(cv2.resize(picture.image_bgr, None, fx=2, fy=2), np.uint8)
    found = PersonDetector(nanodet).detect(twice)
    assert (iou(picture.xyxy_px * 2, found.xyxy_px).max(1) > 0.6).all()


def test_wrists_and_the_rest_lie_on_the_body(movenet: Model, picture: Picture) -> None:
    """For the two who are larger than a hundred pixels; the third turns her back and is too small for limbs."""
    keypoints = PoseEstimator(movenet).estimate(picture.image_bgr, picture.xyxy_px[1:])
    height_px = (picture.xyxy_px[1:, 3] - picture.xyxy_px[1:, 1])[:, None]
    error = np.linalg.norm(keypoints.xy_px - picture.joints_px[1:], axis=2) / height_px
    sure = keypoints.score > 0.3
    assert sure.mean() > 0.7
    assert np.median(error[sure]) < 0.03
    wrists = [COCO_KEYPOINTS.index(f"{side}_wrist") for side in ("left", "right")]
    assert error[:, wrists][sure[:, wrists]].max() < 0.15


def test_one_shopper_looks_like_herself_and_not_like_the_others(efficientnet: Model, picture: Picture) -> None:
    embedder = Embedder(efficientnet)
    first = embedder.embed(picture.image_bgr, picture.xyxy_px)
    later = (picture.image_bgr * 0.85).astype(np.uint8)  # darker, and boxed a little differently
    second = embedder.embed(later, picture.xyxy_px + np.array([-2, 1, 2, 3], np.float32))
    assert ((first @ second.T).argmax(1) == [0, 1, 2]).all()

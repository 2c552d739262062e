"""Pictures for measuring activation ranges: few, but each in several lights and from several distances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from engine.vision._tensors import Letterbox, TensorWriter, crop

from ._registry import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.ports import Image
    from engine.vision._manifest import ModelManifest

EXPOSURES = (1.0, 0.55, 1.5)


def read_pictures(folder: Path) -> list[Image]:
    """Every JPEG and PNG of a folder, by name. Raises BuildError when there is none."""
    paths = sorted(path for path in folder.glob("*") if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    pictures = [np.asarray(cv2.imread(str(path)), np.uint8) for path in paths]
    if not pictures:
        raise BuildError(f"{folder}: no .jpg or .png pictures to calibrate with")
    return pictures


def box_tensors(image_bgr: Image, manifest: ModelManifest) -> Iterator[NDArray[np.float32]]:
    """Detector inputs: the whole picture in three exposures and mirrored, and its parts magnified."""
    shape = manifest.inputs[0].shape
    letterbox = Letterbox(shape[2], shape[3], manifest.preprocessing.fill)
    writer = TensorWriter(manifest.preprocessing)
    height, width = image_bgr.shape[0] // 2, image_bgr.shape[1] // 2
    parts = [
        image_bgr[top : top + height, left : left + width]
        for top, left in ((0, 0), (0, width), (height, 0), (height, width), (height // 2, width // 2))
    ]
    for view in (*_exposed(image_bgr), image_bgr[:, ::-1], *parts):
        tensor = np.empty(shape, np.float32)
        writer.write(letterbox.fit(view)[0], tensor[0])
        yield tensor


def crop_tensors(image_bgr: Image, manifest: ModelManifest) -> Iterator[NDArray[np.float32]]:
    """Embedder inputs: upright windows of the whole and of half the picture's height, in three exposures."""
    size = manifest.inputs[0].shape[2:]
    writer = TensorWriter(manifest.preprocessing)
    for view in _exposed(image_bgr):
        for window in _upright_windows(view):
            tensor = np.empty((1, 3, *size), np.float32)
            writer.write(crop(view, window, (size[0], size[1]), manifest.preprocessing.fill), tensor[0])
            yield tensor


def square_tensors(image_bgr: Image, manifest: ModelManifest) -> Iterator[NDArray[np.int32]]:
    """Pose inputs: squares of the whole and of half the picture's height, in three exposures."""
    side_px = manifest.inputs[0].shape[1]
    for view in _exposed(image_bgr):
        for square in _squares(view):
            pixels = crop(view, square, (side_px, side_px), manifest.preprocessing.fill)
            yield pixels[None, ..., ::-1].astype(np.int32)


def _exposed(image_bgr: Image) -> Iterator[Image]:
    for factor in EXPOSURES:
        yield np.asarray(cv2.convertScaleAbs(image_bgr, alpha=factor), np.uint8)


def _upright_windows(image_bgr: Image) -> Iterator[NDArray[np.float32]]:
    height, width = image_bgr.shape[:2]
    for rows in (1, 2):
        tall = height / rows
        for top in np.arange(rows) * tall:
            for left in np.linspace(0, width - tall / 2, 3):
                yield np.array([left, top, left + tall / 2, top + tall], np.float32)


def _squares(image_bgr: Image) -> Iterator[NDArray[np.float32]]:
    height, width = image_bgr.shape[:2]
    for rows in (1, 2):
        side = height / rows
        for top in np.arange(rows) * side:
            for left in np.linspace(0, width - side, 3):
                yield np.array([left, top, left + side, top + side], np.float32)

"""What a person or a product looks like, as a direction: weak evidence, to be used after geometry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ._manifest import UnitVector
from ._tensors import TensorWriter, crop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.ports import Image

    from ._model import Model


class Embedder:
    """EfficientNet-Lite0 features of crops; compare two by their dot product."""

    def __init__(self, model: Model) -> None:
        manifest = model.manifest
        if not isinstance(manifest.postprocessing, UnitVector):
            raise ValueError(f"{manifest.name} does not embed pictures")
        self._model = model
        self.length = manifest.postprocessing.length
        self._fill = manifest.preprocessing.fill
        self._height_px, self._width_px = manifest.inputs[0].shape[2:]
        self._writer = TensorWriter(manifest.preprocessing)

    def embed(self, image_bgr: Image, xyxy_px: NDArray[np.float32]) -> NDArray[np.float32]:
        """Unit vectors (N, length) of the boxes (N, 4) in `image_bgr` (H, W, 3)."""
        boxes = np.asarray(xyxy_px, np.float32).reshape(-1, 4)
        if not len(boxes):
            return np.empty((0, self.length), np.float32)
        tensor = np.empty((len(boxes), 3, self._height_px, self._width_px), np.float32)
        for row, box in enumerate(boxes):
            self._writer.write(crop(image_bgr, box, (self._height_px, self._width_px), self._fill), tensor[row])
        raw: NDArray[np.float32] = self._model.run(tensor)[0]
        length = np.linalg.norm(raw, axis=1, keepdims=True).clip(min=1e-12)
        return np.asarray(raw / length, np.float32)

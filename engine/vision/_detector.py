"""People in one frame: NanoDet's grids decoded into boxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from ._manifest import DflBoxes
from ._tensors import Letterbox, TensorWriter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.ports import Image

    from ._model import Model


@dataclass(frozen=True)
class Detections:
    """The people of one frame, most certain first."""

    xyxy_px: NDArray[np.float32]  # (N, 4) in the frame's own pixels, inside the frame
    score: NDArray[np.float32]  # (N,)

    def __post_init__(self) -> None:
        if self.xyxy_px.shape != (len(self.score), 4):
            raise ValueError(f"{self.xyxy_px.shape} boxes for {len(self.score)} scores")

    def __len__(self) -> int:
        return len(self.score)


class PersonDetector:
    """Finds people; a reflection in a glass door is one to it, so geometry must reject those."""

    def __init__(self, model: Model) -> None:
        manifest = model.manifest
        if not isinstance(manifest.postprocessing, DflBoxes):
            raise ValueError(f"{manifest.name} does not detect people")
        self._model = model
        self.provider = model.provider
        height, width = manifest.inputs[0].shape[2:]
        self._decoder = BoxDecoder(manifest.postprocessing, height, width)
        self._letterbox = Letterbox(height, width, manifest.preprocessing.fill)
        self._writer = TensorWriter(manifest.preprocessing)
        self._tensor = np.empty((1, 3, height, width), np.float32)

    def detect(self, image_bgr: Image) -> Detections:
        """People in `image_bgr` (H, W, 3)."""
        canvas, scale = self._letterbox.fit(image_bgr)
        self._writer.write(canvas, self._tensor[0])
        found = self._decoder.decode(self._model.run(self._tensor))
        limit = np.array(image_bgr.shape[1::-1] * 2, np.float32)
        return Detections(np.clip(found.xyxy_px / np.float32(scale), 0, limit), found.score)


class BoxDecoder:
    """Scores and side distributions of every grid cell -> boxes in pixels of the network's input."""

    def __init__(self, spec: DflBoxes, height_px: int, width_px: int) -> None:
        self._spec = spec
        self._distances = np.arange(spec.bins, dtype=np.float32)
        cells = [_cell_centres(stride, height_px, width_px) for stride in spec.strides_px]
        self._centre_px = np.concatenate(cells)  # (cells, 2)
        self._stride_px = np.repeat(np.array(spec.strides_px, np.float32), [len(item) for item in cells])

    def decode(self, outputs: Sequence[NDArray[Any]]) -> Detections:
        """`outputs`: scores (1, cells, classes) for each stride, then sides (1, cells, 4 * bins) for each stride."""
        grids = len(self._spec.strides_px)
        score = np.concatenate([grid[0, :, self._spec.person_class] for grid in outputs[:grids]])
        chosen = np.flatnonzero(score > self._spec.score_threshold)
        if not len(chosen):
            return Detections(np.empty((0, 4), np.float32), np.empty(0, np.float32))
        starts = np.cumsum([0, *(grid.shape[1] for grid in outputs[:grids])])
        sides = np.concatenate(
            [
                grid[0, chosen[(chosen >= start) & (chosen < stop)] - start]
                for grid, start, stop in zip(outputs[grids:], starts[:-1], starts[1:], strict=True)
            ]
        )
        return suppress_overlaps(self._boxes(sides, chosen), score[chosen], self._spec.nms_iou)

    def _boxes(self, sides: NDArray[np.float32], chosen: NDArray[np.intp]) -> NDArray[np.float32]:
        weight = sides.reshape(len(sides), 4, -1)
        weight = np.exp(weight - weight.max(2, keepdims=True))
        distance_px = (weight @ self._distances) / weight.sum(2) * self._stride_px[chosen, None]
        centre_px = self._centre_px[chosen]
        return np.concatenate([centre_px - distance_px[:, :2], centre_px + distance_px[:, 2:]], axis=1)


def suppress_overlaps(xyxy_px: NDArray[np.float32], score: NDArray[np.float32], iou: float) -> Detections:
    """Greedy non-maximum suppression: of boxes (N, 4) that overlap by more than `iou` the best stays."""
    xywh = np.concatenate([xyxy_px[:, :2], xyxy_px[:, 2:] - xyxy_px[:, :2]], axis=1)
    kept = np.array(cv2.dnn.NMSBoxes(xywh.tolist(), score.tolist(), 0.0, iou), np.intp)
    return Detections(xyxy_px[kept], score[kept])


def _cell_centres(stride_px: int, height_px: int, width_px: int) -> NDArray[np.float32]:
    rows, columns = np.mgrid[: -(-height_px // stride_px), : -(-width_px // stride_px)]
    centres = np.stack([columns.ravel(), rows.ravel()], axis=1) * stride_px + (stride_px - 1) / 2
    return centres.astype(np.float32)

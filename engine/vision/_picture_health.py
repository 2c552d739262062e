"""Can a camera's picture be believed? Too dark, too bright, covered, out of focus, frozen, or from another place.

A picture is judged small, as outlines: light changes leave them where they are, and a person hides only some. What
outlines there should be is learnt from the background plate while all is well.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.ports import Image

    from ._background import BackgroundPlate

_SIZE_PX = (320, 180)
_TILES = (5, 8)  # rows and columns of 36 x 40 px
_DARK_LEVEL, _BRIGHT_LEVEL = 24.0, 232.0  # of the brightest and the darkest tenth
_IN_PLACE = 0.45  # correlation of a tile's outlines with those that it should have
_TEXTURED = 6.0  # grey levels a pixel, that a tile's outlines vary by: less is a blank wall
_FEWEST_TILES = 8
_LEAST_IN_PLACE = 0.35  # of the textured tiles; the people of the simulated store leave 0.68
_COVERED_SHARE, _BLURRED_SHARE = 0.15, 0.5  # of the outlines that there should be
_LEAST_KNOWN_SHARE = 0.9
_LEARN_NS = 10_000_000_000
_SAMPLE_PX = 8  # a frozen picture is the same in every eighth pixel, and a live one is not
_LIVELY_SHARE = 0.9
_LIVELY_LOOKS = 20


class PictureTrouble(StrEnum):
    """What can be wrong with a picture; the first that holds is told."""

    FROZEN = "frozen"
    DARK = "dark"
    BRIGHT = "bright"
    COVERED = "covered"
    MOVED = "moved"
    BLURRED = "blurred"


@dataclass(frozen=True)
class Outlines:
    """How strong a picture's outlines are at each pixel, in tiles (40, 1440), less each tile's mean."""

    tiles: NDArray[np.float32]
    spread: NDArray[np.float32]  # (40,) standard deviation of each tile
    level: float  # of grey, the picture's median

    @classmethod
    def of(cls, grey: NDArray[np.uint8]) -> Outlines:
        """Those of a small grey picture (180, 320)."""
        across = cv2.Sobel(grey, cv2.CV_32F, 1, 0)
        down = cv2.Sobel(grey, cv2.CV_32F, 0, 1)
        strength = cv2.magnitude(across, down)
        rows, columns = _TILES
        cut = strength.reshape(rows, _SIZE_PX[1] // rows, columns, _SIZE_PX[0] // columns).swapaxes(1, 2)
        tiles = cut.reshape(rows * columns, -1)
        tiles = tiles - tiles.mean(axis=1, keepdims=True)
        spread = np.sqrt(np.einsum("ij,ij->i", tiles, tiles) / tiles.shape[1])
        return cls(tiles, spread, float(np.median(grey[::4, ::4])) + 1.0)

    def likeness(self, other: Outlines) -> NDArray[np.float32]:
        """Correlation (40,) of each tile with the other's."""
        both = np.einsum("ij,ij->i", self.tiles, other.tiles) / self.tiles.shape[1]
        return np.asarray(both / np.maximum(self.spread * other.spread, 1e-3), np.float32)


class PictureJudge:
    """Judges one camera's pictures, a few a second."""

    def __init__(self) -> None:
        self._due: Outlines | None = None
        self._learnt_ns: int | None = None
        self._well_ns: int | None = None
        self._sample: NDArray[np.uint8] | None = None
        self._looks = 0
        self._changed_share = 1.0

    def judge(self, image_bgr: Image, plate: BackgroundPlate, t_ns: int) -> PictureTrouble | None:
        """What is wrong with a picture (H, W, 3); None when nothing is."""
        grey = cv2.cvtColor(cv2.resize(image_bgr, _SIZE_PX, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
        outlines = Outlines.of(np.asarray(grey, np.uint8))
        found = PictureTrouble.FROZEN if self._frozen(image_bgr) else self._seen(np.asarray(grey, np.uint8), outlines)
        if found is not None:
            self._well_ns = None
            return found
        self._well_ns = t_ns if self._well_ns is None else self._well_ns
        self._learn(plate, t_ns)
        return None

    def _frozen(self, image_bgr: Image) -> bool:
        """The very picture as before, of a camera whose pictures always differed a little, as those of sensors do."""
        sample = np.ascontiguousarray(image_bgr[::_SAMPLE_PX, ::_SAMPLE_PX])
        same = self._sample is not None and np.array_equal(sample, self._sample)
        self._sample = sample
        if same and self._looks >= _LIVELY_LOOKS and self._changed_share > _LIVELY_SHARE:
            return True
        self._looks += 1
        self._changed_share += (float(not same) - self._changed_share) / _LIVELY_LOOKS
        return False

    def _seen(self, grey: NDArray[np.uint8], outlines: Outlines) -> PictureTrouble | None:
        darkest, brightest = np.percentile(grey[::4, ::4], (10, 90))
        if brightest < _DARK_LEVEL:
            return PictureTrouble.DARK
        if darkest > _BRIGHT_LEVEL:
            return PictureTrouble.BRIGHT
        if self._due is None:
            return None
        textured = self._due.spread > _TEXTURED
        if np.count_nonzero(textured) < _FEWEST_TILES:
            return None
        lighter = outlines.level / self._due.level
        left_share = float(np.median(outlines.spread[textured] / self._due.spread[textured])) / lighter
        if left_share < _COVERED_SHARE:
            return PictureTrouble.COVERED
        in_place = float(np.mean(outlines.likeness(self._due)[textured] > _IN_PLACE))
        if left_share < _BLURRED_SHARE:
            return PictureTrouble.BLURRED
        return PictureTrouble.MOVED if in_place < _LEAST_IN_PLACE else None

    def _learn(self, plate: BackgroundPlate, t_ns: int) -> None:
        learnt_ns = self._learnt_ns
        if learnt_ns is not None and t_ns - max(learnt_ns, self._well_ns or t_ns) < _LEARN_NS:
            return
        image_bgr = plate.image_bgr
        if image_bgr is None or plate.known_share < _LEAST_KNOWN_SHARE:
            return
        grey = cv2.cvtColor(cv2.resize(image_bgr, _SIZE_PX, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
        self._due, self._learnt_ns = Outlines.of(np.asarray(grey, np.uint8)), t_ns

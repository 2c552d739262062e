"""Drawing onto one canvas from one point of view: meshes of the store, and people."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.twin.render import _raster
from drivers.twin.render._lens import Picture, Rect
from drivers.twin.render._mesh import Mesh
from drivers.twin.render._scene import Person, StoreScene

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(eq=False)
class Layer:
    """A canvas: nearness (H, W) float32 and BGR colour (H, W, 3)."""

    nearness: Floats
    colour: Picture

    @classmethod
    def empty(cls, shape: tuple[int, int]) -> "Layer":
        """Nothing, black."""
        return cls(np.zeros(shape, np.float32), np.zeros((*shape, 3), np.uint8))

    def clear(self, rect: Rect) -> None:
        """Nothing in a rectangle."""
        x0, y0, x1, y1 = rect
        self.nearness[y0:y1, x0:x1] = 0
        self.colour[y0:y1, x0:x1] = 0

    def restore(self, still: "Layer", rect: Rect) -> None:
        """A rectangle as it is on another layer."""
        x0, y0, x1, y1 = rect
        self.nearness[y0:y1, x0:x1] = still.nearness[y0:y1, x0:x1]
        self.colour[y0:y1, x0:x1] = still.colour[y0:y1, x0:x1]


class Canvas:
    """A point of view. Keys tell faces apart; whoever draws calls ``forget`` for what was drawn with them."""

    def __init__(self, scene: StoreScene, canvas_from_floor: Doubles, shape: tuple[int, int], focal_px: float) -> None:
        self.shape = shape
        self.camera: Floats = canvas_from_floor.astype(np.float32)
        self.scratch = scene.scratch(shape)
        self._scene = scene
        self._focal_px = focal_px
        # What the camera matrix takes to nothing is where it stands.
        self._eye = -np.linalg.solve(canvas_from_floor[:, :3], canvas_from_floor[:, 3])

    @property
    def whole(self) -> Rect:
        """The canvas as a rectangle."""
        return 0, 0, self.shape[1], self.shape[0]

    def rect_of(self, points_m: Floats) -> Rect | None:
        """Where points (n, 3) are seen, None where they are not."""
        rect: Rect = _raster.bounds(_raster.project(points_m, self.camera), self.shape[1], self.shape[0])
        return None if rect[0] >= rect[2] or rect[1] >= rect[3] else rect

    def grown(self, rect: Rect, margin_px: int) -> Rect:
        """A rectangle wider on all sides, as far as the canvas goes."""
        x0, y0, x1, y1 = rect
        width, height = self.shape[1], self.shape[0]
        return max(x0 - margin_px, 0), max(y0 - margin_px, 0), min(x1 + margin_px, width), min(y1 + margin_px, height)

    def draw(self, mesh: Mesh, key: int, rect: Rect, layer: Layer) -> None:
        """Draw and light a mesh within a rectangle."""
        arrays, scratch, scene = mesh.arrays(), self.scratch, self._scene
        pixels = _raster.project(arrays.points, self.camera)
        _raster.rasterise(pixels, arrays.faces, key, rect, False, layer.nearness, scratch.face_at, scratch.bary)
        _raster.shade_textured(
            rect, key, layer.nearness, scratch.face_at, scratch.bary, arrays, scene.textures, scene.lamps,
            self._eye, self._focal_px, layer.colour,
        )  # fmt: skip

    def draw_person(self, person: Person, key: int, rect: Rect, layer: Layer) -> None:
        """Draw a person within a rectangle."""
        scratch, faces, closed = self.scratch, person.faces, person.closed
        pixels = _raster.project(person.points_m, self.camera)
        for part, first, one_sided in ((faces[:closed], 0, True), (faces[closed:], closed, False)):
            _raster.rasterise(pixels, part, key + first, rect, one_sided, layer.nearness, scratch.face_at, scratch.bary)
        _raster.shade_lit(
            rect, key, scratch.face_at, scratch.bary, faces, person.lit, person.pattern, int(person.kind),
            layer.colour,
        )  # fmt: skip

    def forget(self, rect: Rect) -> None:
        """No face is known in a rectangle."""
        self.scratch.face_at[rect[1] : rect[3], rect[0] : rect[2]] = -1


def overlap(one: Rect, other: Rect) -> bool:
    """Whether two rectangles share a pixel."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def common(one: Rect, other: Rect) -> Rect | None:
    """What two rectangles share."""
    if not overlap(one, other):
        return None
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def merged(rects: list[Rect]) -> list[Rect]:
    """Rectangles that do not overlap and cover the given ones, each of those in one piece."""
    apart: list[Rect] = []
    for rect in rects:
        grown, rest = rect, apart
        while any(overlap(grown, other) for other in rest):
            for other in [other for other in rest if overlap(grown, other)]:
                grown = _union(grown, other)
            rest = [other for other in rest if not overlap(grown, other)]
        apart = [*rest, grown]
    return apart


def pieces(rects: list[Rect]) -> list[Rect]:
    """Rectangles that do not overlap and cover exactly what the given ones cover."""
    out: list[Rect] = []
    for rect in sorted(rects, key=_area, reverse=True):
        parts = [rect]
        for other in out:
            parts = [piece for part in parts for piece in _without(part, other)]
        out += parts
    return out


def _without(rect: Rect, hole: Rect) -> list[Rect]:
    part = common(rect, hole)
    if part is None:
        return [rect]
    x0, y0, x1, y1 = rect
    left, top, right, bottom = part
    around = [(x0, y0, x1, top), (x0, top, left, bottom), (right, top, x1, bottom), (x0, bottom, x1, y1)]
    return [piece for piece in around if _area(piece) > 0]


def _area(rect: Rect) -> int:
    return (rect[2] - rect[0]) * (rect[3] - rect[1])


def _union(one: Rect, other: Rect) -> Rect:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])

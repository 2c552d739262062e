"""What one camera sees in a glass front: the street through it, and the store and its people mirrored in it, faintly.

The mirror image is the store seen by a camera that is mirrored itself; it is drawn where panes are and mixed in by
Fresnel's equations, which is why a camera along the wall sees more of it than one across.
"""

# Numba infers the types of kernels; one call must carry a whole frame's arrays.
# ruff: noqa: ANN001, ANN202, PLR0913
# mypy: allow-untyped-defs, allow-untyped-calls

import math
from collections.abc import Sequence
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from drivers.twin.render import _raster
from drivers.twin.render._canvas import Canvas, Layer, common
from drivers.twin.render._front import GlassFront
from drivers.twin.render._lens import Lens, Rect
from drivers.twin.render._scene import Person, StoreScene

_NORMAL_SHARE = 0.0426  # reflected at one face of glass with index 1.52, seen straight on; Schlick (1994) for the rest
_CLEAR = 0.92  # of the light that is not reflected passes

_compiled: Any = numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")


class Glass:
    """One front in one camera; keeps its own mirror image."""

    def __init__(self, front: GlassFront, scene: StoreScene, lens: Lens, canvas: Canvas) -> None:
        self.front = front
        self._scene = scene
        shape = lens.canvas_shape
        self._near, self._shares, self._open_shares = _pane_maps(front, canvas)
        self.rect = _bounds(self._shares)
        self.door = _bounds(self._shares - self._open_shares)
        self._mirror = Canvas(scene, lens.canvas_from_floor @ front.mirror, shape, lens.canvas_focal_px)
        self._still = Layer.empty(shape)
        if self.rect is not None:
            self._mirror.draw(scene.fixtures, 0, self.rect, self._still)
            self._mirror.forget(self.rect)
        self._now = Layer(self._still.nearness.copy(), self._still.colour.copy())
        self._dirty: list[Rect] = []
        self._open = False

    def reflect(self, people: Sequence[Person], key: int) -> list[Rect]:
        """Mirror the people of the moment; returns where the picture is not that of the empty store.

        All faces in these rectangles are forgotten: it comes last.
        """
        for rect in self._dirty:
            self._now.restore(self._still, rect)
        self._dirty = []
        self._open = any(self.front.opens_for(person.pose.x_m, person.pose.y_m) for person in people)
        for person in people:
            if self.rect is not None and self.front.inside(person.pose.x_m, person.pose.y_m):
                self._mirror_one(self._scene.coarse(person), key)
        return [*self._dirty, self.door] if self._open and self.door else list(self._dirty)

    def glaze(self, rect: Rect, layer: Layer) -> None:
        """Put the glass over a rectangle of the picture; what has been glazed stays as it is."""
        part = None if self.rect is None else common(rect, self.rect)
        if part is not None:
            shares = self._open_shares if self._open else self._shares
            _glaze(part, self._near, shares, layer.nearness, self._now.colour, layer.colour)

    def _mirror_one(self, person: Person, key: int) -> None:
        seen = self._mirror.rect_of(person.points_m)
        part = common(seen, self.rect) if seen and self.rect else None
        if part is not None:
            self._mirror.draw_person(person, key, part, self._now)
            self._mirror.forget(part)
            self._dirty.append(part)


def _pane_maps(
    front: GlassFront, canvas: Canvas
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Nearness of the panes (H, W), what share they reflect (0 where there are none), the same with the doors open."""
    near, scratch = np.zeros(canvas.shape, np.float32), canvas.scratch
    pixels = _raster.project(front.panes.points_m, canvas.camera)
    _raster.rasterise(pixels, front.panes.faces, 0, canvas.whole, False, near, scratch.face_at, scratch.bary)
    y, x = np.nonzero(scratch.face_at >= 0)
    slides = front.of_door[scratch.face_at[y, x]]
    canvas.forget(canvas.whole)
    shares = np.zeros(canvas.shape, np.float32)
    rays = np.linalg.solve(canvas.camera[:, :3].astype(float), np.stack([x, y, np.ones(len(x))]))
    cosine = np.abs(front.inward @ rays[:2]) / np.linalg.norm(rays, axis=0)
    once = _NORMAL_SHARE + (1 - _NORMAL_SHARE) * (1 - cosine) ** 5
    shares[y, x] = 2 * once / (1 + once)  # both faces of the pane, and what goes to and fro between them
    opened = shares.copy()
    opened[y[slides], x[slides]] = 0
    return near, shares, opened


def _bounds(mask: NDArray[np.float32]) -> Rect | None:
    y, x = np.nonzero(mask)
    return (int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1) if len(x) else None


@_compiled
def _glaze(rect, near, shares, nearness, mirrored, colour):
    """Mix in the mirror image (H, W, 3) where a pane is before what is seen, and have the pane seen from then on.

    Light is the square of a level.
    """
    for y in range(rect[1], rect[3]):
        for x in range(rect[0], rect[2]):
            share = shares[y, x]
            if share == 0 or nearness[y, x] >= near[y, x]:
                continue
            nearness[y, x] = near[y, x]
            through = _CLEAR * (1 - share)
            for k in range(3):
                behind, before = float(colour[y, x, k]), float(mirrored[y, x, k])
                colour[y, x, k] = int(math.sqrt(through * behind * behind + share * before * before) + 0.5)

"""One camera of the twin: static layer baked once, people and held products drawn over it, lens and sensor on top."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from drivers.twin.render import _blur, _raster
from drivers.twin.render._lens import Lens, Picture, Rect
from drivers.twin.render._mesh import Mesh, joined
from drivers.twin.render._optics import STEADY, Optics, RoomLight, draw_look
from drivers.twin.render._pose import Pose
from drivers.twin.render._scene import HeldItem, Person, Region, StoreScene
from drivers.twin.render._sensor import Sensor, place_number
from drivers.twin.render._shadow import darken_floor, shadow_of
from engine.domain import CameraCalibration

_PERSON_KEY = 1 << 24  # faces of the moment count from here; a store has fewer static ones
_KEYS_PER_PERSON = 1 << 16


@dataclass(eq=False)
class _Layer:
    """A canvas: nearness (H, W) float32 and BGR colour (H, W, 3)."""

    nearness: NDArray[np.float32]
    colour: Picture


@dataclass(eq=False)
class _Figure:
    """A person and its goods with the key of each; rect: where they are on the canvas, None out of it.

    smears: key, faces and movement of corners of all that is seen to move.
    """

    key: int
    person: Person
    goods: list[tuple[int, Mesh]]
    rect: Rect | None
    smears: list[tuple[int, NDArray[np.int32], NDArray[np.float32]]] = field(default_factory=list)

    @property
    def moves(self) -> bool:
        return bool(self.smears)


class CameraRenderer:
    """Renders what one camera would deliver, distorted and noisy; same scene, poses, time and light, same picture."""

    def __init__(
        self, scene: StoreScene, calibration: CameraCalibration, *, seed: int = 0, optics: Optics | None = None
    ) -> None:
        self._scene = scene
        self._optics = optics or Optics()
        self._look = draw_look(self._optics, np.random.default_rng((seed, place_number(calibration), 1)))
        self._lens = Lens(calibration)
        self._camera = self._lens.canvas_from_floor.astype(np.float32)
        self._eye = np.array(calibration.position_m)
        height, width = self._lens.canvas_shape
        self._still = _Layer(np.zeros((height, width), np.float32), np.zeros((height, width, 3), np.uint8))
        self._scratch = scene.scratch((height, width))
        self._face_at, self._bary = self._scratch.face_at, self._scratch.bary
        self._bake((0, 0, width, height))
        self._seen_changes = scene.change_count
        self._now = _Layer(self._still.nearness.copy(), self._still.colour.copy())
        self._still_picture = self._lens.picture(self._still.colour)
        self._picture = self._still_picture.copy()
        self._dirty: list[Rect] = []
        self._sensor = Sensor(self._look, calibration, seed=seed)

    def render(
        self,
        poses: Sequence[Pose] = (),
        held: Sequence[HeldItem] = (),
        t_s: float = 0.0,
        light: RoomLight = STEADY,
    ) -> Picture:
        """The camera's picture (H, W, 3) BGR uint8 at time ``t_s``, which chooses the noise and the lamps' phase."""
        self._catch_up()
        self._restore()
        people = self._scene.people(poses)
        figures = [self._figure(number, person, held) for number, person in enumerate(people)]
        rects = [self._draw_shadow(person) for person in people]
        rects += [self._draw_figure(figure) for figure in figures if not figure.moves]
        moving = [figure for figure in figures if figure.moves]
        if moving:
            rects += self._draw_smeared(moving)
        self._dirty = _merged([rect for rect in rects if rect is not None])
        for rect in self._dirty:
            self._lens.copy_into(self._now.colour, rect, self._picture)
            self._face_at[rect[1] : rect[3], rect[0] : rect[2]] = -1
        return self._sensor.expose(self._picture, t_s, light)

    # ---- the static layer

    def _catch_up(self) -> None:
        regions = self._scene.changed_since(self._seen_changes)
        self._seen_changes += len(regions)
        for region in regions:
            rect = self._rect_of(_corners(region))
            if rect is None:
                continue
            rect = self._grown(rect, 2)
            self._bake(rect)
            self._lens.copy_into(self._still.colour, rect, self._still_picture)
            self._copy(rect)
            self._lens.copy_into(self._still.colour, rect, self._picture)

    def _bake(self, rect: Rect) -> None:
        x0, y0, x1, y1 = rect
        self._still.nearness[y0:y1, x0:x1] = 0
        self._still.colour[y0:y1, x0:x1] = 0
        self._face_at[y0:y1, x0:x1] = -1
        mesh = joined([self._scene.fixtures, *self._meshes_in(rect)])
        self._draw(mesh, 0, rect, self._still)
        self._face_at[y0:y1, x0:x1] = -1

    def _meshes_in(self, rect: Rect) -> list[Mesh]:
        return [
            mesh
            for mesh in self._scene.item_meshes()
            if _overlap(_raster.bounds(_raster.project(mesh.points_m, self._camera), *self._size), rect)
        ]

    def _draw(self, mesh: Mesh, key: int, rect: Rect, layer: _Layer) -> None:
        arrays = mesh.arrays()
        pixels = _raster.project(arrays.points, self._camera)
        _raster.rasterise(pixels, arrays.faces, key, rect, layer.nearness, self._face_at, self._bary)
        _raster.shade_textured(
            rect, key, layer.nearness, self._face_at, self._bary, arrays, self._scene.textures, self._scene.lamps,
            self._eye, self._lens.canvas_focal_px, layer.colour,
        )  # fmt: skip

    # ---- what moves

    def _restore(self) -> None:
        for rect in self._dirty:
            self._copy(rect)
            left, top, right, bottom = self._lens.picture_rect(rect)
            self._picture[top:bottom, left:right] = self._still_picture[top:bottom, left:right]

    def _copy(self, rect: Rect) -> None:
        x0, y0, x1, y1 = rect
        self._now.nearness[y0:y1, x0:x1] = self._still.nearness[y0:y1, x0:x1]
        self._now.colour[y0:y1, x0:x1] = self._still.colour[y0:y1, x0:x1]

    def _figure(self, number: int, person: Person, held: Sequence[HeldItem]) -> "_Figure":
        """A person with what it holds, as this camera draws it."""
        key = _PERSON_KEY + number * _KEYS_PER_PERSON
        goods = [
            (2 * _PERSON_KEY + place * _KEYS_PER_PERSON, item, self._scene.held_mesh(item, person))
            for place, item in enumerate(held)
            if item.person == number
        ]
        meshes = [person.points_m, *(mesh.points_m for _, _, mesh in goods)]
        figure = _Figure(key, person, [(key, mesh) for key, _, mesh in goods], self._rect_of(np.concatenate(meshes)))
        motion = self._scene.motion(person) if self._look.shutter_s and figure.rect else None
        if motion is None:
            return figure
        smear = _blur.smears(person.points_m, motion.points_mps, self._camera, self._look.shutter_s)
        if not _blur.visible(smear):
            return figure
        figure.smears.append((key, person.faces, smear))
        for key, item, mesh in goods:
            speeds = np.tile(motion.palms_mps[int(item.hand == "right")], (len(mesh.points_m), 1))
            smear = _blur.smears(mesh.points_m, speeds.astype(np.float32), self._camera, self._look.shutter_s)
            figure.smears.append((key, mesh.faces, smear))
        return figure

    def _draw_figure(self, figure: "_Figure") -> Rect | None:
        rect, person, now = figure.rect, figure.person, self._now
        if rect is None:
            return None
        pixels = _raster.project(person.points_m, self._camera)
        _raster.rasterise(pixels, person.faces, figure.key, rect, now.nearness, self._face_at, self._bary)
        _raster.shade_lit(
            rect, figure.key, self._face_at, self._bary, person.faces, person.lit, person.pattern, int(person.kind),
            now.colour,
        )  # fmt: skip
        for key, mesh in figure.goods:
            self._draw(mesh, key, rect, now)
        return rect

    def _draw_smeared(self, figures: "Sequence[_Figure]") -> list[Rect]:
        """People who move, in front of and behind those who stand and are drawn already."""
        rects = _merged([self._grown(figure.rect, _blur.TILE_PX) for figure in figures if figure.rect])
        now, scratch = self._now, self._scratch
        for x0, y0, x1, y1 in rects:
            scratch.behind[y0:y1, x0:x1] = now.colour[y0:y1, x0:x1]
        for figure in figures:
            self._draw_figure(figure)
        moved = (scratch.smear, scratch.tiles, scratch.ends)
        for figure in figures:
            for key, faces, corners in figure.smears:
                _blur.trace(figure.rect, key, self._face_at, self._bary, faces, corners, *moved)
        for rect in rects:
            _blur.blur(rect, now.nearness, *moved, scratch.behind, now.colour)
        for rect in rects:
            _blur.forget(rect, *moved)
        return rects

    def _draw_shadow(self, person: Person) -> Rect | None:
        shadow = shadow_of(person.posed, self._scene.lamps, cast=self._optics.shadows)
        rect = self._rect_of(shadow.corners_m)
        if rect is not None:
            darken_floor(rect, self._lens.canvas_from_floor, self._now.nearness, shadow, self._now.colour)
        return rect

    @property
    def _size(self) -> tuple[int, int]:
        height, width = self._lens.canvas_shape
        return width, height

    def _rect_of(self, points_m: NDArray[np.float32]) -> Rect | None:
        rect: Rect = _raster.bounds(_raster.project(points_m, self._camera), *self._size)
        return None if rect[0] >= rect[2] or rect[1] >= rect[3] else rect

    def _grown(self, rect: Rect, margin_px: int) -> Rect:
        width, height = self._size
        x0, y0, x1, y1 = rect
        return max(x0 - margin_px, 0), max(y0 - margin_px, 0), min(x1 + margin_px, width), min(y1 + margin_px, height)


def _corners(region: Region) -> NDArray[np.float32]:
    x, y, z = zip(region[:3], region[3:], strict=True)
    return np.array([(a, b, c) for a in x for b in y for c in z], np.float32)


def _overlap(one: Rect, other: Rect) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _union(one: Rect, other: Rect) -> Rect:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _merged(rects: Sequence[Rect]) -> list[Rect]:
    """Rectangles that do not overlap and cover the given ones."""
    apart: list[Rect] = []
    for rect in rects:
        grown, rest = rect, apart
        while any(_overlap(grown, other) for other in rest):
            for other in [other for other in rest if _overlap(grown, other)]:
                grown = _union(grown, other)
            rest = [other for other in rest if not _overlap(grown, other)]
        apart = [*rest, grown]
    return apart

"""One camera of the twin: static layer baked once, people and held products drawn over it, lens and sensor on top."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from drivers.twin.render import _blur
from drivers.twin.render._canvas import Canvas, Layer, merged, overlap, pieces
from drivers.twin.render._glass import Glass
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
_MIRROR_KEY = 3 * _PERSON_KEY


@dataclass(eq=False)
class _Figure:
    """A person and its goods with the key of each; rect: where they are on the canvas, None out of it.

    smears: key, faces and movement of corners of all that is seen to move; reach_px: half the longest movement.
    """

    key: int
    person: Person
    goods: list[tuple[int, Mesh]]
    rect: Rect | None
    smears: list[tuple[int, NDArray[np.int32], NDArray[np.float32]]] = field(default_factory=list)
    reach_px: float = 0.0

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
        shape = self._lens.canvas_shape
        self._canvas = Canvas(scene, self._lens.canvas_from_floor, shape, self._lens.canvas_focal_px)
        self._glasses = [
            Glass(front, scene, self._lens, self._canvas) for front in scene.fronts if self._optics.reflections
        ]
        self._still, self._now = Layer.empty(shape), Layer.empty(shape)
        self._still_picture = np.empty((calibration.height_px, calibration.width_px, 3), np.uint8)
        self._picture = self._still_picture.copy()
        self._bake(self._canvas.whole)
        self._seen_changes = scene.change_count
        self._dirty: list[tuple[Rect, Rect]] = []  # on the canvas and in the picture
        self._sensor = Sensor(self._look, calibration, seed=seed)

    def render(
        self,
        poses: Sequence[Pose] = (),
        held: Sequence[HeldItem] = (),
        t_s: float = 0.0,
        light: RoomLight = STEADY,
    ) -> Picture:
        """The camera's picture (H, W, 3) BGR uint8 at time ``t_s``, which chooses the noise and the lamps' phase."""
        self._restore()
        self._catch_up()
        people = self._scene.people(poses)
        figures = [self._figure(number, person, held) for number, person in enumerate(people)]
        rects = [self._draw_shadow(person) for person in people]
        rects += [self._draw_figure(figure) for figure in figures if not figure.moves]
        moving = [figure for figure in figures if figure.moves]
        if moving:
            rects += self._draw_smeared(moving)
        for glass in self._glasses:
            rects += glass.reflect(people, _MIRROR_KEY)
        for rect in pieces([rect for rect in rects if rect is not None]):
            self._dirty.append(self._deliver(rect, self._picture))
            self._canvas.forget(rect)
        return self._sensor.expose(self._picture, t_s, light)

    # ---- the static layer

    def _catch_up(self) -> None:
        regions = self._scene.changed_since(self._seen_changes)
        self._seen_changes += len(regions)
        for region in regions:
            rect = self._canvas.rect_of(_corners(region))
            if rect is not None:
                self._bake(self._canvas.grown(rect, 2))

    def _bake(self, rect: Rect) -> None:
        """Draw a rectangle of the empty store; nobody may be in it."""
        self._still.clear(rect)
        self._canvas.forget(rect)
        mesh = joined([self._scene.fixtures, *self._scene.street, *self._meshes_in(rect)])
        self._canvas.draw(mesh, 0, rect, self._still)
        self._canvas.forget(rect)
        for glass in self._glasses:
            glass.reflect((), _MIRROR_KEY)
        self._now.restore(self._still, rect)
        drawn, (left, top, right, bottom) = self._deliver(rect, self._still_picture)
        self._now.restore(self._still, drawn)
        self._picture[top:bottom, left:right] = self._still_picture[top:bottom, left:right]

    def _meshes_in(self, rect: Rect) -> list[Mesh]:
        boxes = ((mesh, self._canvas.rect_of(mesh.points_m)) for mesh in self._scene.item_meshes())
        return [mesh for mesh, box in boxes if box is not None and overlap(box, rect)]

    def _deliver(self, rect: Rect, picture: Picture) -> tuple[Rect, Rect]:
        """Through the glass and the lens into the picture; what of the canvas is changed by it, and of the picture."""
        drawn = self._canvas.grown(rect, 2) if self._glasses else rect  # the lens blends in what is just beside
        for glass in self._glasses:
            glass.glaze(drawn, self._now)
        return drawn, self._lens.copy_into(self._now.colour, rect, picture)

    # ---- what moves

    def _restore(self) -> None:
        for rect, (left, top, right, bottom) in self._dirty:
            self._now.restore(self._still, rect)
            self._picture[top:bottom, left:right] = self._still_picture[top:bottom, left:right]
        self._dirty = []

    def _figure(self, number: int, person: Person, held: Sequence[HeldItem]) -> _Figure:
        """A person with what it holds, as this camera draws it."""
        key = _PERSON_KEY + number * _KEYS_PER_PERSON
        goods = [
            (2 * _PERSON_KEY + place * _KEYS_PER_PERSON, item, self._scene.held_mesh(item, person))
            for place, item in enumerate(held)
            if item.person == number
        ]
        meshes = [person.points_m, *(mesh.points_m for _, _, mesh in goods)]
        figure = _Figure(
            key, person, [(key, mesh) for key, _, mesh in goods], self._canvas.rect_of(np.concatenate(meshes))
        )
        motion = self._scene.motion(person) if self._look.shutter_s and figure.rect else None
        if motion is None:
            return figure
        smear = _blur.smears(person.points_m, motion.points_mps, self._canvas.camera, self._look.shutter_s)
        figure.reach_px = _blur.longest_px(smear) / 2
        if figure.reach_px == 0:
            return figure
        figure.smears.append((key, person.faces, smear))
        for key, item, mesh in goods:
            speeds = np.tile(motion.palms_mps[int(item.hand == "right")], (len(mesh.points_m), 1))
            smear = _blur.smears(mesh.points_m, speeds.astype(np.float32), self._canvas.camera, self._look.shutter_s)
            figure.smears.append((key, mesh.faces, smear))
        return figure

    def _draw_figure(self, figure: _Figure) -> Rect | None:
        if figure.rect is not None:
            self._canvas.draw_person(figure.person, figure.key, figure.rect, self._now)
            for key, mesh in figure.goods:
                self._canvas.draw(mesh, key, figure.rect, self._now)
        return figure.rect

    def _draw_smeared(self, figures: Sequence[_Figure]) -> list[Rect]:
        """People who move, in front of and behind those who stand and are drawn already."""
        rects = merged([self._canvas.grown(figure.rect, int(figure.reach_px) + 2) for figure in figures if figure.rect])
        now, scratch = self._now, self._canvas.scratch
        for x0, y0, x1, y1 in rects:
            scratch.behind[y0:y1, x0:x1] = now.colour[y0:y1, x0:x1]
        for figure in figures:
            self._draw_figure(figure)
        moved = (scratch.smear, scratch.tiles, scratch.ends)
        for figure in figures:
            for key, faces, corners in figure.smears:
                _blur.trace(figure.rect, key, scratch.face_at, scratch.bary, faces, corners, *moved)
        for rect in rects:
            _blur.blur(rect, now.nearness, *moved, scratch.behind, now.colour)
        for rect in rects:
            _blur.forget(rect, *moved)
        return rects

    def _draw_shadow(self, person: Person) -> Rect | None:
        shadow = shadow_of(person.posed, self._scene.lamps, cast=self._optics.shadows)
        rect = self._canvas.rect_of(shadow.corners_m)
        if rect is not None:
            darken_floor(rect, self._lens.canvas_from_floor, self._now.nearness, shadow, self._now.colour)
        return rect


def _corners(region: Region) -> NDArray[np.float32]:
    x, y, z = zip(region[:3], region[3:], strict=True)
    return np.array([(a, b, c) for a in x for b in y for c in z], np.float32)

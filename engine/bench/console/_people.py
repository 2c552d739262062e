"""People who walk their rounds for ever: where they are, and what every camera sees of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np

from drivers.twin.render import STRIDE_M, Body, Pose, joints
from engine.domain import (
    KEYPOINTS,
    Camera,
    CameraOverlay,
    Floats,
    FloorView,
    PersonSeen,
    ShopperOnFloor,
    Store,
    TrackId,
    VisitId,
)

ROUND_S = 12.0
"""After so long everybody is where they were."""
_RADIUS_M = 1.1
_SEEN_WITHIN_M = 6.0
_SCORE = 0.92
_MARGIN_PX = 8.0
_LEAST_JOINTS = 8


@dataclass(frozen=True, kw_only=True)
class Walkers:
    """``visits`` by walker; their middles are spread over the floor."""

    bodies: tuple[Body, ...]
    middles_m: tuple[tuple[float, float], ...]
    visits: tuple[VisitId, ...]

    @classmethod
    def of(cls, store: Store, many: int, bodies: tuple[Body, ...]) -> "Walkers":
        """So many on this store's floor."""
        width_m, depth_m = (float(most) for most in np.max(store.floor_m, axis=0))
        places = np.random.default_rng(1).uniform((2, 2), (width_m - 2, depth_m - 2), (many, 2))
        middles = tuple((float(x), float(y)) for x, y in places)
        return cls(bodies=bodies, middles_m=middles, visits=tuple(VisitId(f"w{n:05x}") for n in range(many)))

    def joints_m(self, t_s: float) -> Floats:
        """Everybody's joints at an instant, (N, 17, 3)."""
        return np.array([self._joints_of(walker, t_s) for walker in range(len(self.visits))])

    def floor(self, joints_m: Floats, *, t_ns: int) -> FloorView:
        """The floor with everybody on it."""
        feet_mm = np.round(1000 * joints_m[:, 15:17, :2].mean(axis=1)).astype(int)
        return FloorView(
            t_ns=t_ns,
            shoppers=tuple(
                ShopperOnFloor(
                    track_id=TrackId(walker + 1),
                    visit_id=visit_id,
                    staff=False,
                    foot_mm=(int(feet_mm[walker, 0]), int(feet_mm[walker, 1])),
                    joints_m=tuple((float(x), float(y), float(z)) for x, y, z in joints_m[walker]),
                )
                for walker, visit_id in enumerate(self.visits)
            ),
        )

    def _joints_of(self, walker: int, t_s: float) -> Floats:
        turn = 2 * pi * (t_s / ROUND_S + walker * 0.37)
        x_m, y_m = self.middles_m[walker]
        body = walker % len(self.bodies)
        pose = Pose(
            body_index=body,
            x_m=x_m + _RADIUS_M * cos(turn),
            y_m=y_m + _RADIUS_M * sin(turn),
            yaw_rad=turn + pi / 2,
            gait_phase_rad=turn * _RADIUS_M / STRIDE_M * 2 * pi,
        )
        made: Floats = joints(self.bodies[body], pose)[:KEYPOINTS]
        return made


def overlay(camera: Camera, joints_m: Floats, *, t_ns: int) -> CameraOverlay:
    """What a camera sees of people with these joints, (N, 17, 3): those near it with enough of them in the picture."""
    lens = camera.calibration
    away_m = np.hypot(*(joints_m[:, :, :2].mean(axis=1) - lens.position_m[:2]).T)
    seen = [_person(lens.project(joints_m[n])) for n in np.flatnonzero(away_m < _SEEN_WITHIN_M)]
    persons = tuple(person for person in seen if person is not None and _is_in(person, lens.width_px, lens.height_px))
    return CameraOverlay(t_ns=t_ns, camera_id=camera.camera_id, persons=persons)


def _person(pixels: Floats) -> PersonSeen | None:
    if not np.isfinite(pixels).all():
        return None
    (left, top), (right, bottom) = pixels.min(axis=0) - _MARGIN_PX, pixels.max(axis=0) + _MARGIN_PX
    keypoints = tuple(float(number) for x, y in pixels for number in (x, y, _SCORE))
    return PersonSeen(xyxy_px=(float(left), float(top), float(right), float(bottom)), score=_SCORE, keypoints=keypoints)


def _is_in(person: PersonSeen, width_px: int, height_px: int) -> bool:
    xs: Sequence[float] = person.keypoints[0::3]
    ys: Sequence[float] = person.keypoints[1::3]
    return sum(0 < x < width_px and 0 < y < height_px for x, y in zip(xs, ys, strict=True)) >= _LEAST_JOINTS

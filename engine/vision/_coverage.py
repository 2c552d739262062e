"""Which cameras see which facing, at what angle and how large, and which see somebody who stands where.

A facing is seen where a hand goes in: at the opening between its board and the one above. Lines of sight end at
gondolas and at the picture's edge.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.domain import Camera, CameraId, Facing, FacingId, Floats, Gondola, Plate, SkuId, Store

STEEPEST_DEG = 55.0  # below the horizon: from further above, a hand hides what it holds, and its depth is a guess
ENOUGH_CAMERAS = 2  # one tells no depth
ENOUGH_PX = 60.0  # of a product, to be told from others

_SEEN_SHARE = 0.6  # of the opening
_ACROSS, _UP = (0.1, 0.5, 0.9), (0.15, 0.5, 0.85)
_STEP_M = 0.25
_PERSON_M = (0.5, 1.0, 1.5)  # heights of a body that shall all be seen
_SHRINK_M = 0.01  # a point of a gondola's own front is not inside it


@dataclass(frozen=True, kw_only=True)
class FacingView:
    """A facing as one camera sees it: how far below the horizon it looks, and pixels a metre there."""

    camera_id: CameraId
    below_deg: float
    px_per_m: float

    @property
    def counts(self) -> bool:
        """Whether it looks in rather than down."""
        return self.below_deg <= STEEPEST_DEG


@dataclass(frozen=True, kw_only=True)
class FacingCoverage:
    """All views of one facing; ``product_px`` is how large its product's longer side is where it is largest."""

    facing_id: FacingId
    sku_id: SkuId
    views: tuple[FacingView, ...]
    product_px: float

    @property
    def cameras(self) -> int:
        """How many of them look in."""
        return sum(view.counts for view in self.views)

    @property
    def enough(self) -> bool:
        """Whether hands can be placed there."""
        return self.cameras >= ENOUGH_CAMERAS


@dataclass(frozen=True, kw_only=True)
class FloorCoverage:
    """Middles of floor cells (n, 2) in metres, a quarter of a metre wide, and how many cameras see a body there."""

    cells_m: Floats
    cameras: NDArray[np.intp]
    step_m: float = _STEP_M


def facing_coverage(store: Store) -> tuple[FacingCoverage, ...]:
    """Every facing of the planogram, in its order."""
    return tuple(_facing(store, facing) for facing in store.facings)


def floor_coverage(store: Store) -> FloorCoverage:
    """The floor that no gondola stands on."""
    corners = np.array(store.floor_m)
    low, high = corners.min(axis=0), corners.max(axis=0)
    xs, ys = (np.arange(low[axis] + _STEP_M / 2, high[axis], _STEP_M) for axis in (0, 1))
    cells_m = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    free = _inside(cells_m, corners)
    for gondola in store.gondolas:
        free &= ~_in_box(np.column_stack([cells_m, np.full(len(cells_m), 0.1)]), gondola)
    cells_m = cells_m[free]
    seen = np.zeros(len(cells_m), np.intp)
    for camera in store.cameras:
        if camera.watches_gondola is None:
            whole = np.ones(len(cells_m), np.bool_)
            for height_m in _PERSON_M:
                whole &= _sees(store, camera, np.column_stack([cells_m, np.full(len(cells_m), height_m)]))
            seen += whole
    return FloorCoverage(cells_m=cells_m, cameras=seen)


def _facing(store: Store, facing: Facing) -> FacingCoverage:
    points_m = np.concatenate([_opening(store.plate_by_id[plate]) for plate in facing.plate_ids])
    views = [view for camera in store.cameras if (view := _view(store, camera, points_m)) is not None]
    longer_m = max(store.product_by_sku[facing.sku_id].size_m)
    return FacingCoverage(
        facing_id=facing.facing_id,
        sku_id=facing.sku_id,
        views=tuple(sorted(views, key=lambda view: view.below_deg)),
        product_px=round(longer_m * max((view.px_per_m for view in views), default=0.0), 1),
    )


def _opening(plate: Plate) -> Floats:
    """Points (9, 3) of the opening above a plate's front edge."""
    out = np.array([math.cos(plate.yaw_rad), math.sin(plate.yaw_rad), 0.0])
    aside = np.array([-out[1], out[0], 0.0])
    front_m = np.array(plate.centre_m) + plate.depth_m / 2 * out
    return np.array(
        [
            front_m + (across - 0.5) * plate.width_m * aside + np.array([0, 0, up * plate.clearance_m])
            for across in _ACROSS
            for up in _UP
        ]
    )


def _view(store: Store, camera: Camera, points_m: Floats) -> FacingView | None:
    if np.mean(_sees(store, camera, points_m)) < _SEEN_SHARE:
        return None
    calibration = camera.calibration
    middle_m = points_m.mean(axis=0)
    away_m = middle_m - np.array(calibration.position_m)
    depth_m = float(calibration.cam_from_floor[2, :3] @ away_m)
    below_rad = math.atan2(-away_m[2], math.hypot(away_m[0], away_m[1]))
    return FacingView(
        camera_id=camera.camera_id,
        below_deg=round(math.degrees(below_rad), 1),
        px_per_m=round(calibration.focal_px / depth_m, 1),
    )


def _sees(store: Store, camera: Camera, points_m: Floats) -> NDArray[np.bool_]:
    """Whether each point (N, 3) is in the picture and nothing stands before it."""
    calibration = camera.calibration
    ideal_px = calibration.project(points_m)
    picture_px = calibration.distort(ideal_px)
    # Beyond the lens's fold, a point far outside comes back into the picture: it must also undistort to itself.
    folded = np.linalg.norm(calibration.undistort(picture_px) - ideal_px, axis=1) > 1.0
    edge_px = np.array([calibration.width_px - 1, calibration.height_px - 1])
    inside = np.all((picture_px >= 0) & (picture_px <= edge_px), axis=1)
    seen = np.asarray(inside & ~folded, np.bool_)
    for gondola in store.gondolas:
        seen = seen & ~_hides(gondola, np.array(calibration.position_m), points_m)
    return seen


def _own_frame(points_m: Floats, gondola: Gondola) -> Floats:
    """Points (N, 3) as seen from a gondola: outward from its front edge, along it, up."""
    out = np.array([math.cos(gondola.yaw_rad), math.sin(gondola.yaw_rad)])
    from_edge_m = points_m[:, :2] - np.array(gondola.origin_m)
    return np.column_stack([from_edge_m @ out, from_edge_m @ np.array([-out[1], out[0]]), points_m[:, 2]])


def _box(gondola: Gondola) -> tuple[Floats, Floats]:
    low = np.array([-gondola.depth_m, -gondola.width_m / 2, 0.0]) + _SHRINK_M
    return low, np.array([0.0, gondola.width_m / 2, gondola.height_m]) - _SHRINK_M


def _in_box(points_m: Floats, gondola: Gondola) -> NDArray[np.bool_]:
    low, high = _box(gondola)
    own_m = _own_frame(points_m, gondola)
    return np.asarray(np.all((own_m > low) & (own_m < high), axis=1), np.bool_)


def _hides(gondola: Gondola, eye_m: Floats, points_m: Floats) -> NDArray[np.bool_]:
    """Whether the way from the eye to each point (N, 3) goes through the gondola (slabs: Kay and Kajiya, 1986)."""
    low, high = _box(gondola)
    start = _own_frame(eye_m[None, :], gondola)[0]
    step = _own_frame(points_m, gondola) - start
    step = np.where(np.abs(step) < 1e-9, 1e-9, step)
    one, other = (low - start) / step, (high - start) / step
    enters, leaves = np.minimum(one, other).max(axis=1), np.maximum(one, other).min(axis=1)
    return np.asarray((enters < leaves) & (leaves > 0) & (enters < 1), np.bool_)


def _inside(points_m: Floats, corners_m: Floats) -> NDArray[np.bool_]:
    """Whether points (N, 2) are in a polygon (M, 2): a ray to the right crosses its sides an odd number of times."""
    inside = np.zeros(len(points_m), np.bool_)
    for (ax, ay), (bx, by) in zip(corners_m, np.roll(corners_m, -1, axis=0), strict=True):
        if ay != by:
            crosses = (points_m[:, 1] < ay) != (points_m[:, 1] < by)
            inside ^= crosses & (points_m[:, 0] < ax + (points_m[:, 1] - ay) / (by - ay) * (bx - ax))
    return inside

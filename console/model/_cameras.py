"""Camera tiles: the newest skeletons on each camera's background, and which shopper each skeleton is."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.domain import (
    KEYPOINTS,
    BackgroundPlate,
    Camera,
    CameraId,
    CameraOverlay,
    Floats,
    FloorView,
    PersonSeen,
    ShopperOnFloor,
    Store,
)

STALE_AFTER_NS = 2_000_000_000
MATCH_WITHIN = 0.15
"""A skeleton is a shopper's if its joints lie within this share of its own height of the projected ones."""
_MIN_KEYPOINT_SCORE = 0.2


@dataclass
class CameraTile:
    """What is known of one camera. ``background_count`` counts plates, so that a view decodes each once."""

    camera: Camera
    background: BackgroundPlate | None = None
    background_count: int = 0
    overlay: CameraOverlay | None = None
    overlay_at_ns: int = 0

    def age_ns(self, at_ns: int) -> int | None:
        """Since the newest skeletons arrived; None when none ever did."""
        return None if self.overlay is None else at_ns - self.overlay_at_ns


@dataclass
class CameraTiles:
    """All tiles, in the store's order."""

    tiles: dict[CameraId, CameraTile] = field(default_factory=dict)

    @classmethod
    def of(cls, store: Store) -> "CameraTiles":
        """Empty tiles for a store's cameras."""
        return cls({camera.camera_id: CameraTile(camera) for camera in store.cameras})

    def apply(self, view: CameraOverlay | BackgroundPlate, *, at_ns: int) -> bool:
        """A newer picture; False when the store has no such camera."""
        tile = self.tiles.get(view.camera_id)
        if tile is None:
            return False
        if isinstance(view, BackgroundPlate):
            tile.background, tile.background_count = view, tile.background_count + 1
        else:
            tile.overlay, tile.overlay_at_ns = view, at_ns
        return True


def shoppers_of(overlay: CameraOverlay, camera: Camera, floor: FloorView | None) -> tuple[ShopperOnFloor | None, ...]:
    """Which shopper each person of an overlay is, None where no shopper's joints project onto it."""
    found: list[ShopperOnFloor | None] = [None] * len(overlay.persons)
    if floor is None or not floor.shoppers or not overlay.persons:
        return tuple(found)
    apart = _distances(overlay.persons, _project(floor, camera))
    persons, shoppers = np.nonzero(apart <= MATCH_WITHIN)
    matched: set[int] = set()
    for place in np.argsort(apart[persons, shoppers], kind="stable"):
        person, shopper = int(persons[place]), int(shoppers[place])
        if found[person] is None and shopper not in matched:
            found[person] = floor.shoppers[shopper]
            matched.add(shopper)
    return tuple(found)


def _project(floor: FloorView, camera: Camera) -> Floats:
    """Ideal pixels of every shopper's joints and, last, of the foot point; (S, 18, 2), NaN where unknown."""
    points_m = floor.points_m
    return camera.calibration.project(points_m.reshape(-1, 3)).reshape(*points_m.shape[:2], 2)


def _distances(persons: Sequence[PersonSeen], points_px: Floats) -> Floats:
    """Median joint distance over the person's height, (P, S); by the feet when no joint is shared; inf if unknown."""
    boxes_px = np.array([person.xyxy_px for person in persons])
    unseen = (0.0,) * (3 * KEYPOINTS)
    keypoints = np.array([person.keypoints or unseen for person in persons]).reshape(-1, 1, KEYPOINTS, 3)
    away_px = keypoints[..., :2] - points_px[:, :-1]
    gaps_px = np.hypot(away_px[..., 0], away_px[..., 1])
    gaps_px[(keypoints[..., 2] < _MIN_KEYPOINT_SCORE) | np.isnan(gaps_px)] = np.inf
    gaps_px.sort(axis=2)
    shared = np.isfinite(gaps_px).sum(axis=2)
    median_px = np.take_along_axis(gaps_px, shared[..., None] // 2, axis=2)[..., 0]
    feet_px = np.column_stack([(boxes_px[:, 0] + boxes_px[:, 2]) / 2, boxes_px[:, 3]])
    off_px = feet_px[:, None] - points_px[:, -1]
    gap_px = np.where(shared > 0, median_px, np.hypot(off_px[..., 0], off_px[..., 1]))
    # Of a person cut by the picture's edge the box is only a part.
    rows_px = points_px[..., 1]
    tall_px = np.fmax.reduce(rows_px, axis=1) - np.fmin.reduce(rows_px, axis=1)
    height_px = np.fmax(np.fmax((boxes_px[:, 3] - boxes_px[:, 1])[:, None], tall_px), 1.0)
    apart = gap_px / height_px
    return np.where(np.isnan(apart), np.inf, apart)

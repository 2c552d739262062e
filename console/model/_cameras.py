"""Camera tiles: the newest skeletons on each camera's background, and which shopper each skeleton is."""

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
    projected = [_project(shopper, camera) for shopper in floor.shoppers]
    pairs = sorted(
        (_distance(person, joints_px), person_place, shopper_place)
        for person_place, person in enumerate(overlay.persons)
        for shopper_place, joints_px in enumerate(projected)
    )
    matched: set[int] = set()
    for distance, person_place, shopper_place in pairs:
        if distance > MATCH_WITHIN:
            break
        if found[person_place] is None and shopper_place not in matched:
            found[person_place] = floor.shoppers[shopper_place]
            matched.add(shopper_place)
    return tuple(found)


def _project(shopper: ShopperOnFloor, camera: Camera) -> Floats:
    """Ideal pixels of the joints and, last, of the foot point; (18, 2), NaN where unknown."""
    points_m = np.full((KEYPOINTS + 1, 3), np.nan)
    for place, joint_m in enumerate(shopper.joints_m[:KEYPOINTS]):
        if joint_m is not None:
            points_m[place] = joint_m
    points_m[-1] = shopper.foot_mm[0] / 1000, shopper.foot_mm[1] / 1000, 0.0
    return camera.calibration.project(points_m)


def _distance(person: PersonSeen, joints_px: Floats) -> float:
    """Median joint distance over the person's height; by the feet when no joint is shared; inf if unknown."""
    left, top, right, bottom = person.xyxy_px
    seen_px = joints_px[np.isfinite(joints_px[:, 1]), 1]
    # Of a person cut by the picture's edge the box is only a part.
    height_px = max(bottom - top, float(np.ptp(seen_px)) if len(seen_px) else 0.0, 1.0)
    gaps_px = np.empty(0)
    if person.keypoints:
        keypoints = np.array(person.keypoints).reshape(KEYPOINTS, 3)
        shared = (keypoints[:, 2] >= _MIN_KEYPOINT_SCORE) & np.isfinite(joints_px[:-1, 0])
        away_px = (keypoints[:, :2] - joints_px[:-1])[shared]
        gaps_px = np.sort(np.hypot(away_px[:, 0], away_px[:, 1]))
    if not len(gaps_px):
        gaps_px = np.hypot(*(joints_px[-1:] - [(left + right) / 2, bottom]).T)
    distance = float(gaps_px[len(gaps_px) // 2]) / height_px
    return distance if np.isfinite(distance) else float("inf")

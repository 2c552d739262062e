"""Which of the people that a camera speaks of is which true body, and how each was seen: one row for a body and frame.

The same is measured of the real models and of the twin's error model, so that the two can be compared.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from drivers.twin.sight import OFF, SIGHTLINE_OF_CAUSE, TERMS, View, Viewer, features, group_of, picture_limits
from engine.bench.sight._film import Moment
from engine.domain import KEYPOINTS, Floats, PersonsSeen, Store

_SAME_M = 0.35  # median distance of joints, at the body
_SAME_OVERLAP = 0.3
_OVERLAP_M = 0.3  # what a box that does not overlap at all costs
_BODY_BEYOND_JOINTS = 0.1
_ALONE = 1e3

Looks = NDArray[np.void]
"""Rows of LOOK."""

LOOK = np.dtype([
    ("chain", np.int64),  # one body in one camera of one film
    ("moment", np.int64),
    ("detected", bool),  # the detector ran in this frame
    ("terms", float, TERMS),  # as ``features`` gives them
    ("share", float),
    ("px_per_m", float),
    ("sightline", np.int64, KEYPOINTS),
    ("group", np.int64, KEYPOINTS),
    ("pixels", float, (KEYPOINTS, 2)),  # true ones
    ("seen_from", float, (KEYPOINTS, 2)),  # the same, those off the picture drawn to its edge
    ("found", bool),
    ("joints", float, (KEYPOINTS, 3)),
    ("box", float, 4),
    ("score", float),
])  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class Ghost:
    """Somebody whom a camera spoke of and who is no true body: against the nearest one, metres at that body."""

    offset_m: Floats
    size_m: Floats
    joint_scores: Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class Watched:
    """What films say: looks, ghosts, and how many frames there were."""

    looks: Looks
    ghosts: tuple[Ghost, ...]
    frames: int
    detector_frames: int

    @property
    def ghosts_per_frame(self) -> float:
        """How often a camera speaks of somebody who is not there."""
        return len(self.ghosts) / max(self.frames, 1)


def watch(store: Store, films: Iterable[Iterable[Moment]]) -> Watched:
    """Match every frame of some films of one store."""
    viewer = Viewer(store, store.cameras)
    rows: list[Looks] = [np.zeros(0, LOOK)]
    ghosts: list[Ghost] = []
    frames = detector_frames = 0
    for number, moments in enumerate(films):
        for at, moment in enumerate(moments):
            frames += len(moment.said)
            detector_frames += sum(moment.detected)
            if not moment.numbers:
                continue
            view = viewer.view(moment.joints_m)
            for camera, said in enumerate(moment.said):
                looks = _unseen(view, store, camera, moment)
                looks["chain"] += 10_000 * (number * len(store.cameras) + camera)
                looks["moment"] = at
                ghosts += _match(looks, said)
                rows.append(looks)
    return Watched(looks=np.concatenate(rows), ghosts=tuple(ghosts), frames=frames, detector_frames=detector_frames)


def _unseen(view: View, store: Store, camera: int, moment: Moment) -> Looks:
    calibration = store.cameras[camera].calibration
    looks = np.zeros(len(moment.numbers), LOOK)
    looks["chain"] = moment.numbers
    looks["detected"] = moment.detected[camera]
    pixels, cause = view.pixels[camera], view.cause[camera]
    looks["px_per_m"] = view.px_per_m[camera]
    looks["pixels"] = pixels
    looks["sightline"] = SIGHTLINE_OF_CAUSE[cause]
    edges = picture_limits(calibration)
    looks["seen_from"] = np.where((cause == OFF)[..., None], pixels.clip(edges[:2], edges[2:]), pixels)
    for row in range(len(looks)):
        looks["share"][row] = features(
            cause[row], view.px_per_m[camera, row], view.down_rad[camera, row], calibration.height_px,
            looks["terms"][row],
        )  # fmt: skip
        looks["group"][row] = [group_of(joint, moment.joints_m[row]) for joint in range(KEYPOINTS)]
    return looks


def _match(looks: Looks, said: PersonsSeen) -> list[Ghost]:
    """Fill in who was found; says who was not there."""
    if not said.persons:
        return []
    joints = np.array([person.keypoints for person in said.persons]).reshape(-1, KEYPOINTS, 3)
    boxes = np.array([person.xyxy_px for person in said.persons])
    apart_px = np.linalg.norm(joints[None, :, :, :2] - looks["pixels"][:, None], axis=3)
    apart_m = np.median(apart_px, axis=2) / looks["px_per_m"][:, None]
    overlap = _overlap(_extent(looks["seen_from"]), boxes)
    same = (apart_m < _SAME_M) | (overlap > _SAME_OVERLAP)
    cost = np.where(same, apart_m + _OVERLAP_M * (1 - overlap), _ALONE)
    rows, columns = linear_sum_assignment(cost)
    for row, column in zip(rows, columns, strict=True):
        if cost[row, column] < _ALONE:
            looks["found"][row] = True
            looks["joints"][row], looks["box"][row] = joints[column], boxes[column]
            looks["score"][row] = said.persons[column].score
    matched = {int(column) for row, column in zip(rows, columns, strict=True) if cost[row, column] < _ALONE}
    alone = [column for column in range(len(boxes)) if column not in matched]
    return [_ghost(looks[int(apart_m[:, column].argmin())], joints[column], boxes[column]) for column in alone]


def _ghost(nearest: np.void, joints: Floats, box: Floats) -> Ghost:
    middle = (box[:2] + box[2:]) / 2 - nearest["pixels"].mean(axis=0)
    return Ghost(
        offset_m=middle / nearest["px_per_m"],
        size_m=(box[2:] - box[:2]) / nearest["px_per_m"],
        joint_scores=joints[:, 2],
    )


def _extent(pixels: Floats) -> Floats:
    low, high = pixels.min(axis=1), pixels.max(axis=1)
    margin = _BODY_BEYOND_JOINTS * (high - low)
    return np.concatenate([low - margin, high + margin], axis=1)


def _overlap(one: Floats, other: Floats) -> Floats:
    """Intersection over union of boxes (N, 4) and (K, 4), (N, K)."""
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    shared = np.prod((high - low).clip(min=0), axis=2)
    areas = [np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (one, other)]
    overlap: Floats = shared / np.maximum(areas[0][:, None] + areas[1][None] - shared, 1e-9)
    return overlap

"""A made-up room of walking people as four ceiling cameras would report them: the tracker's proving ground.

Everything follows from a seed. Pixels carry noise, frames lose people and invent some, nearer people hide others, each
camera runs on its own beat and stamps its frames late.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.domain import (
    Camera,
    CameraCalibration,
    CameraId,
    Floats,
    Gate,
    GateId,
    PersonSeen,
    PersonsSeen,
    Store,
    Vector3,
)

START_NS = 1_000_000_000_000
WIDTH_M, DEPTH_M = 6.0, 5.0

Walk = Callable[[float], tuple[float, float, float]]
"""Place and heading (x, y, radians) at a time in seconds."""

# A standing body, its axis at the origin, facing +x, in COCO order.
_BODY = np.array(
    [
        (0.12, 0.0, 1.62), (0.10, 0.03, 1.66), (0.10, -0.03, 1.66), (0.02, 0.08, 1.63), (0.02, -0.08, 1.63),
        (0.0, 0.19, 1.44), (0.0, -0.19, 1.44), (0.0, 0.24, 1.16), (0.0, -0.24, 1.16), (0.06, 0.24, 0.91),
        (0.06, -0.24, 0.91), (0.0, 0.10, 0.93), (0.0, -0.10, 0.93), (0.02, 0.10, 0.5), (0.02, -0.10, 0.5),
        (-0.02, 0.10, 0.09), (-0.02, -0.10, 0.09),
    ]
)  # fmt: skip
# The same body crouching to a low shelf.
_CROUCHED = np.array(
    [
        (0.47, 0.0, 1.02), (0.45, 0.03, 1.06), (0.45, -0.03, 1.06), (0.37, 0.08, 1.05), (0.37, -0.08, 1.05),
        (0.30, 0.19, 0.92), (0.30, -0.19, 0.92), (0.38, 0.24, 0.66), (0.42, -0.22, 0.68), (0.48, 0.22, 0.46),
        (0.68, -0.15, 0.58), (-0.10, 0.10, 0.45), (-0.10, -0.10, 0.45), (0.25, 0.14, 0.48), (0.22, -0.14, 0.45),
        (-0.02, 0.10, 0.09), (-0.02, -0.10, 0.09),
    ]
)  # fmt: skip
_STRIDE = np.zeros(17)
_STRIDE[[7, 9, 13, 15]] = 0.08, 0.15, -0.12, -0.22
_STRIDE[[8, 10, 14, 16]] = -0.08, -0.15, 0.12, 0.22


@dataclass(frozen=True)
class Flaws:
    """What is wrong with the cameras."""

    noise_px: float = 3.0
    missed: float = 0.10
    invented: float = 0.02
    hide: bool = True
    late_s: tuple[float, ...] = (0.0, 0.05, 0.1, 0.15)


def ceiling_room(cameras: int = 4) -> Store:
    """A 6 x 5 m room, a gate in the wall y = 0 and cameras 2.8 m up in the corners and the long walls' middles."""
    places = ((0.2, 0.2), (5.8, 4.8), (5.8, 0.2), (0.2, 4.8), (3.0, 0.2), (3.0, 4.8))[:cameras]
    return Store(
        name="room",
        currency="EUR",
        floor_m=((0.0, 0.0), (WIDTH_M, 0.0), (WIDTH_M, DEPTH_M), (0.0, DEPTH_M)),
        gates=(Gate(gate_id=GateId("gate"), left_m=(0.5, 0.0), right_m=(1.5, 0.0)),),
        gondolas=(),
        shelves=(),
        plates=(),
        facings=(),
        products=(),
        cameras=tuple(
            Camera(
                camera_id=CameraId(f"cam-{i}"),
                calibration=CameraCalibration(
                    width_px=640, height_px=360, focal_px=300.0, position_m=(x, y, 2.8), look_at_m=(3.0, 2.5, 0.7)
                ),
            )
            for i, (x, y) in enumerate(places)
        ),
    )


def body_at(walk: Walk, t_s: float) -> Floats:
    """A walker's joints (17, 3) in the store frame.

    Every few seconds the right hand reaches forward; who stands crouches for every other reach.
    """
    x, y, heading = walk(t_s)
    before = walk(t_s - 0.05)
    speed_mps = min(1.0, math.hypot(x - before[0], y - before[1]) / 0.05)
    joints = _BODY.copy()
    joints[:, 0] += _STRIDE * speed_mps * math.sin(2 * math.pi * 0.9 * t_s)
    reach = max(0.0, math.sin(2 * math.pi * t_s / 5.0)) ** 2
    joints[10] += reach * (np.array((0.45, -0.15, 1.30)) - joints[10])
    joints[8] += reach * (np.array((0.22, -0.22, 1.28)) - joints[8])
    if speed_mps < 0.1 and t_s % 10.0 > 5.0:
        joints += reach * (_CROUCHED - joints)
    cos, sin = math.cos(heading), math.sin(heading)
    turned = joints @ np.array(((cos, sin, 0.0), (-sin, cos, 0.0), (0.0, 0.0, 1.0)))
    return np.asarray(turned + np.array((x, y, 0.0)))


def frames(
    store: Store, walks: Sequence[Walk], duration_s: float, seed: int, flaws: Flaws | None = None
) -> list[PersonsSeen]:
    """All frames of all cameras, in the order of their stamps."""
    flaws = flaws or Flaws()
    rng = np.random.default_rng(seed)
    out = []
    for number, camera in enumerate(store.cameras):
        late_s = flaws.late_s[number % len(flaws.late_s)]
        beat_s = float(rng.uniform(0.0, 0.1))
        for seq in range(int(duration_s * 10)):
            t_s = beat_s + seq / 10 + float(rng.normal(0.0, 0.003))
            persons = tuple(_persons(camera, [body_at(walk, t_s) for walk in walks], rng, flaws))
            t_ns = START_NS + round((t_s + late_s) * 1e9)
            out.append(PersonsSeen(t_ns=t_ns, camera_id=camera.camera_id, frame_seq=seq, persons=persons))
    return sorted(out, key=lambda fact: (fact.t_ns, fact.camera_id))


def _persons(camera: Camera, bodies: Sequence[Floats], rng: np.random.Generator, flaws: Flaws) -> Iterator[PersonSeen]:
    for i, joints in enumerate(bodies):
        others = [body for j, body in enumerate(bodies) if j != i]
        hidden = _hidden(camera.calibration.position_m, joints, others) if flaws.hide else np.zeros(17, bool)
        person = seen(camera, joints, rng, noise_px=flaws.noise_px, hidden=hidden)
        if person is not None and rng.random() >= flaws.missed:
            yield person
    if rng.random() < flaws.invented:
        place = np.array((rng.uniform(0, WIDTH_M), rng.uniform(0, DEPTH_M), 0.0))
        ghost = seen(camera, _BODY + place, rng, noise_px=8.0, hidden=np.zeros(17, bool))
        if ghost is not None:
            yield ghost


def seen(
    camera: Camera, joints: Floats, rng: np.random.Generator, *, noise_px: float, hidden: np.ndarray
) -> PersonSeen | None:
    """One body in one picture; None when too little of it shows."""
    calibration = camera.calibration
    points = calibration.project(joints) + rng.normal(0.0, 1.0, (17, 2)) * np.where(hidden, 12.0, noise_px)[:, None]
    inside = np.isfinite(points).all(axis=1) & (points >= 0).all(axis=1)
    inside &= (points[:, 0] < calibration.width_px) & (points[:, 1] < calibration.height_px)
    shown = inside & ~hidden
    if shown.sum() < 5:
        return None
    scores = np.where(shown, rng.uniform(0.55, 0.95, 17), rng.uniform(0.02, 0.35, 17))
    points = np.where(np.isfinite(points), points, 0.0)
    low, high = points[shown].min(axis=0) - 8, points[shown].max(axis=0) + 8
    box = np.clip((*low, *high), 0, (calibration.width_px, calibration.height_px) * 2)
    points = np.clip(points, 0, (calibration.width_px, calibration.height_px))
    keypoints = np.column_stack([points, scores]).round(2)
    return PersonSeen(
        xyxy_px=(float(box[0]), float(box[1]), float(box[2]), float(box[3])),
        score=float(rng.uniform(0.5, 0.9)),
        keypoints=tuple(keypoints.ravel().tolist()),
    )


def _hidden(eye_m: Vector3, joints: Floats, others: Sequence[Floats]) -> np.ndarray:
    """Joints (17,) behind somebody else, taken as a cylinder of 0.2 m x 1.7 m."""
    eye = np.array(eye_m)
    hidden = np.zeros(len(joints), bool)
    for body in others:
        axis = body[[11, 12], :2].mean(axis=0)
        step = joints - eye
        length2 = (step[:, :2] ** 2).sum(axis=1)
        share = ((axis - eye[:2]) * step[:, :2]).sum(axis=1) / length2
        closest = eye + share[:, None] * step
        off = np.hypot(*(closest[:, :2] - axis).T)
        hidden |= (share > 0) & (share < 0.95) & (off < 0.2) & (closest[:, 2] < 1.7)
    return hidden


def pacing(*, y_m: float, phase: float, half_m: float = 2.0, period_s: float = 14.0) -> Walk:
    """Up and down the room along y = ``y_m``."""

    def walk(t_s: float) -> tuple[float, float, float]:
        angle = 2 * math.pi * t_s / period_s + phase
        return WIDTH_M / 2 + half_m * math.sin(angle), y_m, math.pi / 2 * (1 - math.tanh(3 * math.cos(angle)))

    return walk


def circling(*, centre_m: tuple[float, float], radius_m: float, period_s: float = 15.0) -> Walk:
    """Round and round a place."""

    def walk(t_s: float) -> tuple[float, float, float]:
        angle = 2 * math.pi * t_s / period_s
        return (
            centre_m[0] + radius_m * math.cos(angle),
            centre_m[1] + radius_m * math.sin(angle),
            angle + math.pi / 2,
        )

    return walk


def standing(*, at_m: tuple[float, float], heading: float = 0.0) -> Walk:
    """Standing still."""
    return lambda _t_s: (*at_m, heading)

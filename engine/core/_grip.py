"""Where the hand is that moves something on a plate: in the plate's grip zone, seen with an error.

Where a zone lies and how wrists err was fitted to some 700 picks and puts of recipes and adversarial scenarios, of
which half were held out: the constants make the doer the likeliest of all who stand near.
"""

import math
from collections.abc import Sequence
from statistics import median

import msgspec

from engine.core.tracking import HandSample, Side
from engine.domain import Plate, Vector3

_AT_IT_NS = 300_000_000
"""A hand is at what it moves for so long before and after: it closes, lifts and begins to draw back."""
_DRIFT_MPS = 0.6
_WRIST_SIGMA_M, _LASTING = 0.10, 2.0
"""The error of one look at a hand beside what the tracker says of it: at least so much; errors last, so that the mean
of several has more variance than that of as many strangers."""
_STRAYS, _STRAY_SIGMAS = 0.15, 1.9
_SHORT_OF_FINGERS_M = 0.10
"""A hand is seen so far in front of what its fingers hold."""
_FEW_LOOKS = 4
_GRIP_WIDTH, _GRIP_HEIGHT = 0.3, 0.6
"""Shares of a plate's width and clearance in which the middle of a hand is that holds something there."""


class HandPlace(msgspec.Struct, frozen=True):
    """Where a hand was about the time of a step, and the variance of that along each axis."""

    position_m: Vector3
    variance_m2: float


def mean_place(samples: Sequence[HandSample], side: Side, start_ns: int) -> HandPlace:
    """The mean of the looks at one hand, each weighed by its error and by how far the hand may have gone between."""
    own = [sample for sample in samples if sample.side == side]
    variances = [
        _WRIST_SIGMA_M**2
        + sample.sigma_m**2
        + (_DRIFT_MPS * max(0, abs(sample.t_ns - start_ns) - _AT_IT_NS) / 1e9) ** 2
        for sample in own
    ]
    total = sum(1 / variance for variance in variances)
    x, y, z = (
        sum(sample.position_m[axis] / v for sample, v in zip(own, variances, strict=True)) / total for axis in range(3)
    )
    return HandPlace((x, y, z), _LASTING / total)


def came_from_m(earlier: Sequence[HandSample], side: Side, place: HandPlace) -> float | None:
    """How far from its place a hand was shortly before: the median of the looks, in metres; None when few saw it."""
    away_m = [math.dist(sample.position_m, place.position_m) for sample in earlier if sample.side == side]
    return median(away_m) if len(away_m) >= _FEW_LOOKS else None


def density_per_m3(plate: Plate, place: HandPlace, sigma_m: float) -> float:
    """Density of the place of a hand that moves something on the plate; ``sigma_m`` is how exactly it keeps to it."""
    zone = _along_zone(plate, place.position_m)
    density = 0.0
    for share, sigmas in ((1 - _STRAYS, 1.0), (_STRAYS, _STRAY_SIGMAS)):
        spread_m = math.sqrt((sigmas * sigma_m) ** 2 + place.variance_m2)
        part = share
        for along in zone:
            part *= math.exp(-0.5 * (along.miss_m / spread_m) ** 2) / (
                along.extent_m + spread_m * math.sqrt(2 * math.pi)
            )
        density += part
    return density


class _Along(msgspec.Struct, frozen=True):
    """How far outside of the zone a point is along one of its axes, and how long the zone is."""

    miss_m: float
    extent_m: float


def _along_zone(plate: Plate, point_m: Vector3) -> tuple[_Along, _Along, _Along]:
    """Depth, width and height of the grip zone: the middle and the lower part of the plate, and before its edge."""
    dx, dy = point_m[0] - plate.centre_m[0], point_m[1] - plate.centre_m[1]
    cos, sin = math.cos(plate.yaw_rad), math.sin(plate.yaw_rad)
    deep_m, wide_m, high_m = dx * cos + dy * sin, dy * cos - dx * sin, point_m[2] - plate.centre_m[2]
    front_m, back_m = plate.depth_m / 2 + _SHORT_OF_FINGERS_M, -plate.depth_m / 2
    half_m, top_m = _GRIP_WIDTH * plate.width_m / 2, _GRIP_HEIGHT * plate.clearance_m
    return (
        _Along(max(0.0, deep_m - front_m, back_m - deep_m), front_m - back_m),
        _Along(max(0.0, abs(wide_m) - half_m), 2 * half_m),
        _Along(max(0.0, -high_m, high_m - top_m), top_m),
    )

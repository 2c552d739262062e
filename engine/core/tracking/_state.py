"""What a tracker shows (``Track``, ``HandSample``) and what it remembers (``TrackerState``).

The memory holds plain numbers only, so that encoding and decoding it changes nothing.
"""

from enum import StrEnum
from functools import cached_property

import msgspec
import numpy as np

from engine.core.tracking._motion import Motion
from engine.domain import CameraId, Floats, Point2, TrackId, Vector3


class Side(StrEnum):
    """Which hand. Of an outside tracker's hands the first counts as left, the second as right."""

    LEFT = "left"
    RIGHT = "right"


class HandSample(msgspec.Struct, frozen=True, kw_only=True):
    """Where a hand was; ``sigma_m`` is one standard deviation per axis. Whole millimetres."""

    t_ns: int
    side: Side
    position_m: Vector3
    sigma_m: float


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """One person on the floor, at the tracker's present instant. Whole millimetres.

    ``joints_m`` holds 17 COCO joints, None where unseen; ``name`` is the outside tracker's word for the person.
    ``mixed_ns`` is the last instant at which this track was so near another that the two may have been exchanged.
    """

    track_id: TrackId
    foot_m: Point2
    velocity_mps: Point2
    born_ns: int
    last_seen_ns: int
    confirmed: bool
    joints_m: tuple[Vector3 | None, ...]
    born_at_m: Point2
    name: str = ""
    mixed_ns: int | None = None


class View(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What one camera last saw of a body: 17 unit rays, flattened, and their spread in metres (0: unseen)."""

    t_ns: int
    ray: tuple[float, ...]
    spread_m: tuple[float, ...]

    @cached_property
    def rays(self) -> Floats:
        """Unit directions, (17, 3)."""
        return np.array(self.ray).reshape(-1, 3)

    @cached_property
    def spreads_m(self) -> Floats:
        """Spread across the ray at the body, (17,); 0 where the joint was not seen."""
        return np.array(self.spread_m)


class Skeleton(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """17 joints, flattened, at ``t_ns`` with the body at ``foot_m``; sigma 0 marks an unseen joint."""

    t_ns: int
    foot_m: Point2
    joint_m: tuple[float, ...]
    sigma_m: tuple[float, ...]

    @cached_property
    def joints(self) -> Floats:
        """Positions, (17, 3)."""
        return np.array(self.joint_m).reshape(-1, 3)

    @cached_property
    def sigmas_m(self) -> Floats:
        """Standard deviation per axis, (17,)."""
        return np.array(self.sigma_m)


class TrackMemory(msgspec.Struct, kw_only=True):
    """All that is known of one track.

    ``missed_since_ns`` is the first frame of those in a row that should have shown it; ``mirror_votes`` counts the
    views that had left and right the other way round, against those that had not.
    """

    track_id: TrackId
    name: str
    motion: Motion
    born_ns: int
    born_at_m: Point2
    last_seen_ns: int
    confirmed: bool = False
    hits: int = 1
    misses: int = 0
    missed_in_a_row: int = 0
    missed_since_ns: int = 0
    cameras: list[CameraId] = []
    views: dict[CameraId, View] = {}
    skeleton: Skeleton | None = None
    mirror_votes: int = 0
    mixed_ns: int | None = None


class PairMemory(msgspec.Struct, kw_only=True):
    """Two tracks at one place; since ``since_ns`` no camera has shown them as two bodies."""

    older: TrackId
    younger: TrackId
    since_ns: int


class TrackerState(msgspec.Struct, kw_only=True):
    """Everything a tracker remembers; decode it with the same version that wrote it."""

    now_ns: int | None = None
    next_track_id: int = 1
    tracks: list[TrackMemory] = []
    pairs: list[PairMemory] = []
    hands: dict[TrackId, list[HandSample]] = {}
    lag_s: dict[CameraId, float] = {}

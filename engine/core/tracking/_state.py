"""What a tracker shows (``Track``, ``HandSample``) and what it remembers (``TrackerState``).

The memory holds plain numbers only, so that encoding and decoding it changes nothing.
"""

from enum import StrEnum
from functools import cached_property

import msgspec
import numpy as np

from engine.core.tracking._motion import Motion
from engine.domain import KEYPOINTS, CameraId, Floats, PersonsSeen, Point2, TrackId, Vector3

MIN_SCORE, MIN_ARM_SCORE = 0.3, 0.12
"""A joint scored lower is a guess of the model's, not an observation.

Arms are scored low where they matter most, at a shelf; their spread grows as the score falls.
"""
ARMS = (7, 8, 9, 10)
LEAST_SCORES = np.where(np.isin(np.arange(KEYPOINTS), ARMS), MIN_ARM_SCORE, MIN_SCORE)
"""The lowest score of each joint that counts, (17,)."""
MIRRORED = np.array([0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15])
"""Where each joint's counterpart on the other side of the body stands."""
_OTHER: list[int] = MIRRORED.tolist()


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

    ``name`` is the outside tracker's word for the person. ``mixed_ns`` is the last instant at which this track was so
    near another that the two may have been exchanged.
    """

    track_id: TrackId
    foot_m: Point2
    velocity_mps: Point2
    born_ns: int
    last_seen_ns: int
    confirmed: bool
    born_at_m: Point2
    name: str = ""
    mixed_ns: int | None = None


class View(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What one camera last saw of a body: 17 joints (x, y in pixels, score), flattened, and how far away the body is.

    ``turned``: the camera took left for right.
    """

    t_ns: int
    joint_px: tuple[float, ...]
    range_m: float
    turned: bool = False

    @cached_property
    def joints(self) -> Floats:
        """The joints, sides put right, scores of any size; (17, 3)."""
        joints = np.array(self.joint_px).reshape(-1, 3)
        return joints[MIRRORED] if self.turned else joints

    def saw(self, joint: int) -> bool:
        """Whether a joint was observed."""
        return self.joint_px[3 * (_OTHER[joint] if self.turned else joint) + 2] >= (
            MIN_ARM_SCORE if joint in ARMS else MIN_SCORE
        )

    def mirrored(self) -> "View":
        """The same with left and right exchanged: pose models confuse them, from behind above all."""
        return msgspec.structs.replace(self, turned=not self.turned)


class Skeleton(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """17 joints, flattened, at ``t_ns`` with the body at ``foot_m``; sigma 0 marks an unseen joint."""

    t_ns: int
    foot_m: Point2
    joint_m: tuple[float, ...]
    sigma_m: tuple[float, ...]

    def joint(self, number: int) -> Vector3:
        """One joint's position."""
        x, y, z = self.joint_m[3 * number : 3 * number + 3]
        return x, y, z

    @cached_property
    def joints(self) -> Floats:
        """Positions, (17, 3)."""
        return np.array(self.joint_m).reshape(-1, 3)

    @cached_property
    def sigmas_m(self) -> Floats:
        """Standard deviation per axis, (17,)."""
        return np.array(self.sigma_m)


class Height(msgspec.Struct, frozen=True, kw_only=True):
    """How high above the floor a part of somebody is while upright, drawn slowly and fast from ``count`` skeletons.

    ``variance_m2`` is that of the fast measure about the slow one.
    """

    slow_m: float = 0.0
    fast_m: float = 0.0
    variance_m2: float = 0.0
    count: int = 0


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """Two people who were last close to each other at ``near_ns``."""

    older: TrackId
    younger: TrackId
    near_ns: int


class TrackMemory(msgspec.Struct, kw_only=True):
    """All that is known of one track.

    ``missed`` counts the frames lately that should have shown it and did not, less those that did, at their weight;
    ``missed_since_ns`` is the first of them since it was last seen. ``cameras`` says when each one last saw it,
    ``fresh`` names those whose views the skeleton does not know yet; ``mirror_votes`` counts the views that had left
    and right the other way round, against those that had not. Of those who are followed in rounds: ``ways``, how
    probably they move in each way, ``logit``, the log odds that they are there, and the rounds that have not shown
    them since one did.
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
    missed: int = 0
    missed_since_ns: int = 0
    cameras: dict[CameraId, int] = {}
    views: dict[CameraId, View] = {}
    fresh: list[CameraId] = []
    skeleton: Skeleton | None = None
    nose: Height = Height()
    shoulders: Height = Height()
    mirror_votes: int = 0
    mixed_ns: int | None = None
    ways: tuple[float, ...] = ()
    logit: float = 0.0
    unseen_rounds: int = 0


class PairMemory(msgspec.Struct, kw_only=True):
    """Two tracks at one place; since ``since_ns`` no camera has shown them as two bodies."""

    older: TrackId
    younger: TrackId
    since_ns: int


class TrackerState(msgspec.Struct, kw_only=True):
    """Everything a tracker remembers; decode it with the same version that wrote it.

    ``bunch_ns`` is the instant of the first fresh view: views that lie close together make one skeleton. ``poses``:
    somebody's joints have been reported, so everybody is followed frame by frame; before that, in rounds, of which
    ``round`` holds the frames of the one that is open, ``round_ns`` the instant of the last, and ``errors`` what has
    been learnt of how boxes err.
    """

    now_ns: int | None = None
    bunch_ns: int | None = None
    next_track_id: int = 1
    tracks: list[TrackMemory] = []
    pairs: list[PairMemory] = []
    meetings: list[Meeting] = []
    hands: dict[TrackId, list[HandSample]] = {}
    lag_s: dict[CameraId, float] = {}
    poses: bool = False
    round: list[PersonsSeen] = []
    round_ns: int | None = None
    errors: tuple[float, ...] = ()

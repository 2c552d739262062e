"""The one reach of a recording, as it can be repeated at any other plate of its store."""

import math
from dataclasses import dataclass

import numpy as np

from engine.bench.nanostore._recording import Recording, RecordingError
from engine.domain import BodyTracked, Floats, Plate, PlateId, Store, Vector3

_ENDS_S = 2.0
# The part that is repeated: they stand before the shelf, reach, and draw back.
_BEFORE_S, _AFTER_S = 3.2, 1.1
# Hands this much further from the plate than they ever come hang at their owner's height, not at the shelf's.
_HANGING_M = 0.5


@dataclass(frozen=True)
class OwnMovement:
    """What happens in the recording itself: its greatest lasting change, at the instant when half of it has come."""

    plate_id: PlateId
    t_s: float


@dataclass(frozen=True)
class Reach:
    """Somebody around the instant at which they move something from or to a plate.

    ``points_m`` are head and two hands in every frame, (frames, 3, 3): out of the shelf's front and along it from the
    middle of the plate, and above the floor. ``near`` is how far the hands are on the way to the plate, (frames, 2).
    """

    t_s: Floats  # since the movement, (frames,)
    points_m: Floats
    near: Floats
    height_m: float  # of the plate, above the floor

    @property
    def lasts_s(self) -> tuple[float, float]:
        """From when to when, since the movement."""
        return float(self.t_s[0]), float(self.t_s[-1])

    def at(self, plate: Plate, t_s: float, *, name: str, aside_m: float = 0.0) -> BodyTracked:
        """The body ``t_s`` after it moved something on another plate, or ``aside_m`` along the shelf from it."""
        frame = int(np.abs(self.t_s - t_s).argmin())
        out_m, along_m, up_m = self.points_m[frame].T.copy()
        along_m += aside_m
        up_m[1:] += self.near[frame] * (plate.centre_m[2] - self.height_m)
        cos, sin = math.cos(plate.yaw_rad), math.sin(plate.yaw_rad)
        x_m = plate.centre_m[0] + cos * out_m - sin * along_m
        y_m = plate.centre_m[1] + sin * out_m + cos * along_m
        head_m, *hands_m = (_vector(point) for point in np.column_stack([x_m, y_m, up_m]))
        return BodyTracked(name=name, head_m=head_m, hands_m=tuple(hands_m))


def own_movement(recording: Recording) -> OwnMovement:
    """The one thing that happens in a recording. Raises ``RecordingError`` where nothing does."""
    greatest_g, found = 0.0, None
    for trace in recording.traces:
        first, last = trace.t_s < trace.t_s[0] + _ENDS_S, trace.t_s > trace.t_s[-1] - _ENDS_S
        change_g = np.nan_to_num(trace.grams[last].mean(axis=0) - trace.grams[first].mean(axis=0))
        shelf, plate = np.unravel_index(int(np.abs(change_g).argmax()), change_g.shape)
        if abs(change_g[shelf, plate]) > greatest_g:
            greatest_g = float(abs(change_g[shelf, plate]))
            own_g = trace.grams[:, shelf, plate]
            changed = np.abs(own_g - own_g[first].mean()) > greatest_g / 2
            plate_id = PlateId(f"{trace.gondola}-{shelf + 1}-{plate + 1}")
            found = OwnMovement(plate_id, float(trace.t_s[int(changed.argmax())]))
    if found is None:
        raise RecordingError("nothing moves in this recording: there is no reach to repeat. Name another")
    return found


def recorded_reach(recording: Recording, store: Store, own: OwnMovement) -> Reach:
    """The reach that made the recording's own movement. Raises ``RecordingError`` where nobody was tracked at it."""
    plate = store.plate_by_id[own.plate_id]
    during = [frame for frame in recording.frames if -_BEFORE_S <= frame.t_s - own.t_s <= _AFTER_S]
    bodies = [(frame.t_s - own.t_s, body) for frame in during for body in frame.bodies if body.hands_m]
    if not bodies:
        raise RecordingError("nobody was tracked at the recording's own movement: there is no reach to repeat")
    _, mover = min(bodies, key=lambda seen: (round(abs(seen[0]), 1), _off_m(seen[1], plate)))
    frames = [(t_s, body) for t_s, body in bodies if body.name == mover.name]
    points_m = np.array([_local(body, plate) for _, body in frames])
    off_m = np.linalg.norm(points_m[:, 1:, :2], axis=2)
    return Reach(
        t_s=np.array([t_s for t_s, _ in frames]),
        points_m=points_m,
        near=np.clip(1 - (off_m - off_m.min()) / _HANGING_M, 0, 1),
        height_m=plate.centre_m[2],
    )


def _off_m(body: BodyTracked, plate: Plate) -> float:
    return min(math.dist(hand, plate.centre_m) for hand in body.hands_m)


def _local(body: BodyTracked, plate: Plate) -> Floats:
    """Head and two hands beside a plate, (3, 3); a hand that was not seen is where the other is."""
    points = np.array([body.head_m, body.hands_m[0], body.hands_m[-1]])
    x_m, y_m = (points[:, :2] - plate.centre_m[:2]).T
    cos, sin = math.cos(plate.yaw_rad), math.sin(plate.yaw_rad)
    return np.column_stack([cos * x_m + sin * y_m, cos * y_m - sin * x_m, points[:, 2]])


def _vector(point: Floats) -> Vector3:
    x, y, z = point.tolist()
    return (x, y, z)

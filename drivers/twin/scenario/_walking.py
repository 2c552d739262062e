"""How people walk: towards a goal, around each other, turning as they go."""

import math
from collections.abc import Iterable, Sequence

from drivers.twin.scenario._shopper import Phase, Shopper
from engine.domain import Gondola, Point2, Store

WALK_MPS = 1.1
STRIDE_M = 1.38  # two steps of an adult walking at ease
_TURN_RADPS = 5.0
_PERSONAL_M = 0.55
_NOTICED_M = 1.2
_BODY_M = 0.38  # between the middles of two bodies: who is nearer goes no nearer
_YIELD_M = 0.2
_STEP_UP_M = 0.45
_SQUEEZED_M = 0.2  # between two who pass breast to back
_PATIENCE_S = 8.0
_ASIDE = 0.6
_ROUND_MPS = 0.4
_PARTING = 0.5  # the sine of the angle from which on two ways part
_BEFORE_M = 0.9  # before a fixture people pass on its open side
_ARRIVED_M = 0.04
_IDLE_M = 0.3  # how near those who walk come to somebody who gives way
_WAY_M = 0.55  # between who walks and who makes room for them
_FORESEEN_M = 1.2
_GIVE_WAY_MPS = 0.7
_AT_SHELF_M = 0.6  # before a fixture: where people stand who reach
_AT_HAND_M = 0.3  # one goes so far along a shelf without stepping back
_AISLE_M = 0.7
_CLEAR_M = 0.25  # from a body's middle to a fixture


def walk(
    shopper: Shopper, others: Iterable[Shopper], fixtures: Sequence[Gondola], *, step_s: float, mps: float
) -> bool:
    """Move one step towards the shopper's goal, at ``mps`` where the way is free; True on arrival."""
    distance_m = math.dist(shopper.goal_m, (shopper.x_m, shopper.y_m))
    if distance_m < _ARRIVED_M:
        shopper.speed_mps = 0.0
        return True
    squeezes = _gets_nowhere(shopper, distance_m, step_s=step_s)
    speed_x, speed_y = _velocity(
        shopper, others, fixtures, mps=min(mps, max(0.15, distance_m * 2.0)), squeezes=squeezes
    )
    speed_mps = math.hypot(speed_x, speed_y)
    scale = min(1.0, WALK_MPS / speed_mps) if speed_mps > 0 else 0.0
    shopper.x_m += speed_x * scale * step_s
    shopper.y_m += speed_y * scale * step_s
    for fixture in fixtures:
        _keep_clear(shopper, fixture)
    shopper.speed_mps = speed_mps * scale
    shopper.gait_rad += shopper.speed_mps * step_s / STRIDE_M * 2 * math.pi
    if shopper.speed_mps > 0.1:
        turn(shopper, math.atan2(speed_y, speed_x), step_s=step_s)
    return False


def give_way(shopper: Shopper, others: Iterable[Shopper], store: Store, *, step_s: float) -> None:
    """Move one step out of the way of those who walk, and from where they are going to stand; for who is idle."""
    x_m = y_m = 0.0
    for other in others:
        if other is not shopper:
            away_x, away_y = _out_of_the_way(shopper, other)
            x_m, y_m = x_m + away_x, y_m + away_y
    length_m = math.hypot(x_m, y_m)
    shopper.speed_mps = _GIVE_WAY_MPS if length_m > 0 else 0.0
    if length_m == 0:
        return
    shopper.x_m += x_m / length_m * shopper.speed_mps * step_s
    shopper.y_m += y_m / length_m * shopper.speed_mps * step_s
    shopper.gait_rad += shopper.speed_mps * step_s / STRIDE_M * 2 * math.pi
    for fixture in store.gondolas:
        _keep_clear(shopper, fixture)
    xs, ys = zip(*store.floor_m, strict=True)
    shopper.x_m = min(max(xs) - _CLEAR_M, max(min(xs) + _CLEAR_M, shopper.x_m))
    shopper.y_m = min(max(ys) - _CLEAR_M, max(min(ys) + _CLEAR_M, shopper.y_m))
    shopper.goal_m = (shopper.x_m, shopper.y_m)


def _out_of_the_way(shopper: Shopper, other: Shopper) -> Point2:
    """The direction away from somebody's way, as far as they will have gone soon, or from where it ends."""
    near_x, near_y = shopper.x_m - other.x_m, shopper.y_m - other.y_m
    if other.speed_mps == 0.0 or other.phase is Phase.CHOOSE:
        gap_m = math.hypot(near_x, near_y)
        return (near_x / gap_m, near_y / gap_m) if 0 < gap_m < _BODY_M else (0.0, 0.0)
    ahead_x, ahead_y = other.goal_m[0] - other.x_m, other.goal_m[1] - other.y_m
    ahead_m = max(math.hypot(ahead_x, ahead_y), 0.01)
    share = min(1.0, max(0.0, (near_x * ahead_x + near_y * ahead_y) / ahead_m**2))
    away_x, away_y = near_x - share * ahead_x, near_y - share * ahead_y
    gap_m = math.hypot(away_x, away_y)
    soon = share * ahead_m < _FORESEEN_M or math.hypot(near_x - ahead_x, near_y - ahead_y) < _WAY_M
    if gap_m >= _WAY_M or not soon:
        return 0.0, 0.0
    if gap_m < 0.01:  # right in the middle of it
        return -ahead_y / ahead_m, ahead_x / ahead_m
    return away_x / gap_m, away_y / gap_m


def turn(shopper: Shopper, yaw_rad: float, *, step_s: float) -> bool:
    """Turn one step towards a direction; True when facing it."""
    error_rad = (yaw_rad - shopper.yaw_rad + math.pi) % (2 * math.pi) - math.pi
    limit_rad = _TURN_RADPS * step_s
    shopper.yaw_rad += min(limit_rad, max(-limit_rad, error_rad))
    return abs(error_rad) <= limit_rad


def _velocity(
    shopper: Shopper, others: Iterable[Shopper], fixtures: Sequence[Gondola], *, mps: float, squeezes: bool
) -> Point2:
    """Where to and how fast, m/s: to the goal, round those in the way, and into nobody."""
    distance_m, body_m = math.dist(shopper.goal_m, (shopper.x_m, shopper.y_m)), _SQUEEZED_M if squeezes else _BODY_M
    aim_x, aim_y = _aim(shopper, fixtures)
    to_m = max(math.dist((aim_x, aim_y), (shopper.x_m, shopper.y_m)), 0.01)
    ahead = ((aim_x - shopper.x_m) / to_m, (aim_y - shopper.y_m) / to_m)
    speed_x, speed_y = ahead[0] * mps, ahead[1] * mps
    touching: list[Point2] = []
    for other in others:
        away_x, away_y = shopper.x_m - other.x_m, shopper.y_m - other.y_m
        gap_m = math.hypot(away_x, away_y)
        if other is shopper or gap_m > _NOTICED_M or gap_m == 0:
            continue
        away = (away_x / gap_m, away_y / gap_m)
        if gap_m < body_m:
            touching.append(away)
        if squeezes or (distance_m < _STEP_UP_M and other.speed_mps == 0.0):
            continue  # steps up between two who stand there
        push = _push(shopper, other, gap_m, distance_m)
        round_mps = _passing_side(shopper, other, away, ahead, fixtures) * (
            _ASIDE * push + (_ROUND_MPS if gap_m < body_m else 0.0)
        )
        speed_x += push * away[0] + round_mps * away[1]
        speed_y += push * away[1] - round_mps * away[0]
    for away_x, away_y in touching:
        nearer_mps = min(0.0, speed_x * away_x + speed_y * away_y)
        speed_x, speed_y = speed_x - nearer_mps * away_x, speed_y - nearer_mps * away_y
    return speed_x, speed_y


def _gets_nowhere(shopper: Shopper, distance_m: float, *, step_s: float) -> bool:
    """Whether somebody has come no nearer to their goal for so long that they squeeze through."""
    if distance_m < shopper.nearest_m - _ARRIVED_M:
        shopper.nearest_m, shopper.no_nearer_s = distance_m, 0.0
    shopper.no_nearer_s += step_s
    return shopper.no_nearer_s > _PATIENCE_S


def _push(shopper: Shopper, other: Shopper, gap_m: float, goal_distance_m: float) -> float:
    """How strongly somebody near makes one give way, m/s."""
    # Who means to stand shoulder to shoulder with somebody comes nearer to them than a passer-by would.
    personal_m = _IDLE_M if other.phase is Phase.CHOOSE else _PERSONAL_M  # who is idle gives way
    personal_m = min(personal_m, math.dist(shopper.goal_m, (other.x_m, other.y_m)) - _YIELD_M)
    return min(1.5, 1.2 * math.exp((personal_m - gap_m) / 0.12)) * min(1.0, goal_distance_m / 0.4)


def _passing_side(shopper: Shopper, other: Shopper, away: Point2, ahead: Point2, fixtures: Sequence[Gondola]) -> float:
    """1 to go round somebody by the right, -1 by the left.

    Two who walk pass by the right, unless their ways part on the left; that keeps two who meet head-on from standing
    still. Who stands before a fixture is passed on its open side.
    """
    if other.phase is Phase.WALK:
        return 1.0 if ahead[0] * away[1] - ahead[1] * away[0] > -_PARTING else -1.0
    for fixture in fixtures:
        outward_m, along_m = _from_front((shopper.x_m, shopper.y_m), fixture)
        if outward_m < _BEFORE_M and abs(along_m) < fixture.width_m / 2 + _AT_SHELF_M:
            return 1.0 if away[1] * math.cos(fixture.yaw_rad) > away[0] * math.sin(fixture.yaw_rad) else -1.0
    return 1.0


def _aim(shopper: Shopper, fixtures: Sequence[Gondola]) -> Point2:
    """Where to walk to now: people keep behind those who stand at a shelf until their place is near, and step back.

    Before a shelf, the goal is approached from behind; away from one, the first steps lead to its open side.
    """
    for fixture in fixtures:
        cos, sin = math.cos(fixture.yaw_rad), math.sin(fixture.yaw_rad)
        outward_m, along_m = _from_front(shopper.goal_m, fixture)
        here_m, beside_m = _from_front((shopper.x_m, shopper.y_m), fixture)
        reach_m = fixture.width_m / 2 + _AT_SHELF_M
        if 0 < outward_m < _AT_SHELF_M and abs(along_m) < reach_m:
            back_m = min(_AISLE_M, max(0.0, abs(beside_m - along_m) - _AT_HAND_M))
        elif 0 < here_m < _AT_SHELF_M and abs(beside_m) < reach_m and outward_m > 0:
            back_m = math.dist(shopper.goal_m, (shopper.x_m, shopper.y_m))
        else:
            continue
        return shopper.goal_m[0] + cos * back_m, shopper.goal_m[1] + sin * back_m
    return shopper.goal_m


def _keep_clear(shopper: Shopper, fixture: Gondola) -> None:
    """Nobody is pushed into a fixture: whoever would be too near its outline slides along it."""
    outward_m, along_m = _from_front((shopper.x_m, shopper.y_m), fixture)
    beyond_m = (
        _CLEAR_M - outward_m,
        _CLEAR_M + fixture.depth_m + outward_m,
        _CLEAR_M + fixture.width_m / 2 - along_m,
        _CLEAR_M + fixture.width_m / 2 + along_m,
    )
    least_m = min(beyond_m)
    if least_m <= 0:
        return
    out_x, out_y = ((1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0))[beyond_m.index(least_m)]
    cos, sin = math.cos(fixture.yaw_rad), math.sin(fixture.yaw_rad)
    shopper.x_m += (out_x * cos - out_y * sin) * least_m
    shopper.y_m += (out_x * sin + out_y * cos) * least_m


def _from_front(point_m: Point2, fixture: Gondola) -> Point2:
    """How far a point is before the middle of a fixture's front, and to its left as it looks out."""
    x_m, y_m = point_m[0] - fixture.origin_m[0], point_m[1] - fixture.origin_m[1]
    cos, sin = math.cos(fixture.yaw_rad), math.sin(fixture.yaw_rad)
    return x_m * cos + y_m * sin, y_m * cos - x_m * sin

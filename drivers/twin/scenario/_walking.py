"""How people walk: towards a goal, around each other, turning as they go."""

import math

from drivers.twin.scenario._shopper import Shopper
from engine.domain import Point2

WALK_MPS = 1.1
STRIDE_M = 1.38  # two steps of an adult walking at ease
_TURN_RADPS = 5.0
_PERSONAL_M = 0.55
_ARRIVED_M = 0.04


def walk(shopper: Shopper, others: list[Shopper], *, step_s: float, slow: bool = False) -> bool:
    """Move one step towards the shopper's goal; True on arrival."""
    to_x, to_y = shopper.goal_m[0] - shopper.x_m, shopper.goal_m[1] - shopper.y_m
    distance_m = math.hypot(to_x, to_y)
    if distance_m < _ARRIVED_M:
        shopper.speed_mps = 0.0
        return True
    wanted_mps = min(0.6 if slow else WALK_MPS, max(0.15, distance_m * 2.0))
    speed_x, speed_y = to_x / distance_m * wanted_mps, to_y / distance_m * wanted_mps
    for other in others:
        push_x, push_y = _avoid(shopper, other, distance_m)
        speed_x, speed_y = speed_x + push_x, speed_y + push_y
    speed_mps = math.hypot(speed_x, speed_y)
    scale = min(1.0, WALK_MPS / speed_mps) if speed_mps > 0 else 0.0
    shopper.x_m += speed_x * scale * step_s
    shopper.y_m += speed_y * scale * step_s
    shopper.speed_mps = speed_mps * scale
    shopper.gait_rad += shopper.speed_mps * step_s / STRIDE_M * 2 * math.pi
    if shopper.speed_mps > 0.1:
        turn(shopper, math.atan2(speed_y, speed_x), step_s=step_s)
    return False


def turn(shopper: Shopper, yaw_rad: float, *, step_s: float) -> bool:
    """Turn one step towards a direction; True when facing it."""
    error_rad = (yaw_rad - shopper.yaw_rad + math.pi) % (2 * math.pi) - math.pi
    limit_rad = _TURN_RADPS * step_s
    shopper.yaw_rad += min(limit_rad, max(-limit_rad, error_rad))
    return abs(error_rad) <= limit_rad


def _avoid(shopper: Shopper, other: Shopper, goal_distance_m: float) -> Point2:
    away_x, away_y = shopper.x_m - other.x_m, shopper.y_m - other.y_m
    gap_m = math.hypot(away_x, away_y)
    if gap_m > 1.2 or gap_m == 0:
        return 0.0, 0.0
    push = 1.2 * math.exp(-(gap_m - _PERSONAL_M) / 0.12) * min(1.0, goal_distance_m / 0.3 + 0.2)
    push = min(push, 1.5)
    unit_x, unit_y = away_x / gap_m, away_y / gap_m
    # A touch to the right keeps two who meet head-on from standing still.
    return push * (unit_x + 0.6 * unit_y), push * (unit_y - 0.6 * unit_x)

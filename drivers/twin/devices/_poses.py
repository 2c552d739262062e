"""The world's shoppers as bodies: where a ``Shopper`` of the scenario stands as a ``Pose`` of the renderer."""

from drivers.twin.render import Pose
from drivers.twin.scenario import Shopper, World, body_names

_LAPSE_S = 0.02  # between two extents of a reach whose difference is its speed


def poses(world: World, *, bodies: int) -> list[Pose]:
    """A pose for each shopper, in the order of ``world.shoppers``."""
    return [_pose(shopper, world.t_s, bodies=bodies) for shopper in world.shoppers]


def _pose(shopper: Shopper, t_s: float, *, bodies: int) -> Pose:
    reach = {each.side: each for each in shopper.reaches(t_s)}
    before = {each.side: each.extent for each in shopper.reaches(t_s - _LAPSE_S)}
    rate_hz = {side: (each.extent - before[side]) / _LAPSE_S for side, each in reach.items()}
    left, right = reach.get("left"), reach.get("right")
    return Pose(
        body_index=body_names().index(shopper.body) if shopper.body else shopper.number % bodies,
        x_m=shopper.x_m,
        y_m=shopper.y_m,
        yaw_rad=shopper.yaw_rad,
        gait_phase_rad=shopper.gait_rad,
        speed_mps=shopper.speed_mps,
        left_reach_m=left.target_m if left else None,
        right_reach_m=right.target_m if right else None,
        left_reach_weight=left.extent if left else 0.0,
        right_reach_weight=right.extent if right else 0.0,
        left_reach_rate_hz=rate_hz.get("left", 0.0),
        right_reach_rate_hz=rate_hz.get("right", 0.0),
        crouch=shopper.crouch(t_s),
        lean=shopper.lean(t_s),
    )

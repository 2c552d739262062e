"""The world's shoppers as bodies: where a ``Shopper`` of the scenario stands as a ``Pose`` of the renderer."""

from drivers.twin.render import Pose
from drivers.twin.scenario import Shopper, World


def poses(world: World, *, bodies: int) -> list[Pose]:
    """A pose for each shopper, in the order of ``world.shoppers``."""
    return [_pose(shopper, world.t_s, body_index=shopper.number % bodies) for shopper in world.shoppers]


def _pose(shopper: Shopper, t_s: float, *, body_index: int) -> Pose:
    reach = shopper.reach(t_s)
    left = reach if reach and reach.side == "left" else None
    right = reach if reach and reach.side == "right" else None
    return Pose(
        body_index=body_index,
        x_m=shopper.x_m,
        y_m=shopper.y_m,
        yaw_rad=shopper.yaw_rad,
        gait_phase_rad=shopper.gait_rad,
        speed_mps=shopper.speed_mps,
        left_reach_m=left.target_m if left else None,
        right_reach_m=right.target_m if right else None,
        left_reach_weight=left.extent if left else 0.0,
        right_reach_weight=right.extent if right else 0.0,
    )

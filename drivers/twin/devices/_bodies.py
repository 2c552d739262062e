"""Where the joints of the world's people truly are."""

from drivers.twin.devices._poses import poses
from drivers.twin.render import Body, joints
from drivers.twin.scenario import World
from engine.domain import KEYPOINTS, Floats


def true_bodies(world: World, bodies: tuple[Body, ...]) -> list[Floats]:
    """The joints (17, 3) of everybody in the world, in the store frame and the order of ``world.shoppers``."""
    return [joints(bodies[pose.body_index], pose)[:KEYPOINTS] for pose in poses(world, bodies=len(bodies))]

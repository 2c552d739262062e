"""Where everybody's joints truly are, worked out once for all who want to know."""

from drivers.twin.devices import true_bodies
from drivers.twin.render import Body
from drivers.twin.scenario import World
from engine.domain import Floats


class TrueBodies:
    """The joints of a world's people at its present instant."""

    def __init__(self, bodies: tuple[Body, ...]) -> None:
        self._bodies = bodies
        self._at_s = -1.0
        self._joints_m: list[Floats] = []

    def of(self, world: World) -> list[Floats]:
        """A body (17, 3) in the store frame for each of ``world.people``."""
        if world.t_s != self._at_s:
            self._at_s, self._joints_m = world.t_s, list(true_bodies(world, self._bodies))
        return self._joints_m

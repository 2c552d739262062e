"""Lives a world, renders what its cameras see and shows it to the engine's own perception, in simulated time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from drivers.twin.devices import true_bodies
from drivers.twin.devices.cameras import RenderedCameras
from drivers.twin.render import load_bodies
from drivers.twin.scenario import Light, Trade, World
from engine.domain import KEYPOINTS, Floats, PersonsSeen
from engine.runtime.paced import GivenCamera, GivenFrame
from engine.runtime.perception import Eye, Perceiver
from engine.store import StoreFolder
from engine.vision import Detections

_AT_ONCE_S = 1e-3


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Which world to film: a random trade of so many shoppers, from one instant to another, ``hz`` times a second."""

    seed: int
    shoppers: int
    from_s: float
    to_s: float
    hz: float = 10.0
    light: float = 1.0  # against the store's usual

    @property
    def moments(self) -> int:
        """How often each camera takes a picture."""
        return round((self.to_s - self.from_s) * self.hz)

    def until(self, to_s: float) -> "Plan":
        """The same, ending no later than that."""
        return replace(self, to_s=min(self.to_s, to_s))


@dataclass(frozen=True, eq=False)
class Moment:
    """One instant: true joints (N, 17, 3) of the people with these numbers, and what each camera said.

    ``detected`` tells for each camera whether its detector ran, or people were only followed.
    """

    numbers: tuple[int, ...]
    joints_m: Floats
    said: tuple[PersonsSeen, ...]
    detected: tuple[bool, ...]


def film(folder: StoreFolder, plan: Plan, perceiver: Perceiver) -> Iterator[Moment]:
    """Every moment of a plan. The store's cameras must have pictures."""
    world = _world(folder, plan)
    bodies = load_bodies()
    rendered = RenderedCameras(folder, world, seed=plan.seed, light=Light(shift=plan.light - 1, over_s=_AT_ONCE_S))
    observed = _Observed(perceiver)
    eyes = [Eye(camera, GivenCamera(), frames_hz=plan.hz) for camera in folder.store.cameras]
    for moment in range(plan.moments):
        _live(world, plan, moment)
        said, detected = [], []
        for eye in eyes:
            observed.detected = False
            jpeg = rendered.picture(eye.camera.camera_id)
            seen = eye.look(GivenFrame(moment + 1, round((moment + 1) * 1e9 / plan.hz), jpeg), observed)
            if seen is None:
                raise RuntimeError(f"{eye.camera.camera_id}: a rendered picture that cannot be read")
            said.append(seen)
            detected.append(observed.detected)
        joints_m = np.array(true_bodies(world, bodies)).reshape(-1, KEYPOINTS, 3)
        yield Moment(_numbers(world), joints_m, tuple(said), tuple(detected))


def _world(folder: StoreFolder, plan: Plan) -> World:
    return World(folder.store, seed=plan.seed, play=Trade(shoppers=plan.shoppers, seconds=plan.to_s + 60))


def _live(world: World, plan: Plan, moment: int) -> None:
    world.advance(plan.from_s + moment / plan.hz + 1e-6)


def _numbers(world: World) -> tuple[int, ...]:
    return tuple(shopper.number for shopper in world.shoppers)


class _Observed(Perceiver):
    """A perceiver of which is known whether its detector ran."""

    def __init__(self, perceiver: Perceiver) -> None:
        vars(self).update(vars(perceiver))
        self.detected = False

    def detect(self, image_bgr: np.ndarray) -> Detections:
        """As the other one does."""
        self.detected = True
        return super().detect(image_bgr)

"""What every camera of the simulated store sends of a stretch of trade, rendered once and kept in memory."""

from dataclasses import dataclass
from importlib.resources import as_file, files

from drivers.twin.devices.cameras import RenderedCameras
from drivers.twin.scenario import Programme, World
from engine.bench.scoring import TruePlace
from engine.domain import CameraId, Store
from engine.store import StoreFolder

PERIOD_NS = 100_000_000
"""Between two moments of a film."""

OPENING_NS = 10_000_000_000
"""The instant of a film's first moment: before it, cameras look at an empty store."""

_ENDLESS_S = 600.0
_STEP_S = 0.5
_QUEUED = 4  # so many are inside at a time only where there is a queue before the gate


@dataclass(frozen=True)
class Stretch:
    """So many seconds of trade, from when so many shoppers are there; of none, the empty store."""

    shoppers: int
    seconds: float


@dataclass(frozen=True)
class Film:
    """JPEGs by camera and moment, and who truly stood where at each moment."""

    stretch: Stretch
    jpegs: dict[CameraId, tuple[bytes, ...]]
    places: tuple[TruePlace, ...]

    @property
    def moments(self) -> int:
        """How many pictures each camera took."""
        return len(next(iter(self.jpegs.values())))

    @property
    def shoppers(self) -> float:
        """How many were there on average, also at the gate."""
        return len(self.places) / self.moments


def take_film(folder: StoreFolder, stretch: Stretch, *, seed: int) -> Film:
    """Live through the stretch and render all cameras of a store that has pictures."""
    world, from_s = _world(folder.store, stretch.shoppers, seed)
    rendered = RenderedCameras(folder, world, seed=seed)
    jpegs: dict[CameraId, list[bytes]] = {camera.camera_id: [] for camera in folder.store.cameras}
    places: list[TruePlace] = []
    for moment in range(round(stretch.seconds * 1e9 / PERIOD_NS)):
        if stretch.shoppers:
            world.advance(from_s + moment * PERIOD_NS / 1e9)
        t_ns = OPENING_NS + moment * PERIOD_NS
        places += [TruePlace(t_ns=t_ns, shopper=one.number, x_m=one.x_m, y_m=one.y_m) for one in world.people]
        for camera_id, taken in jpegs.items():
            taken.append(rendered.picture(camera_id))
    return Film(stretch, {camera_id: tuple(taken) for camera_id, taken in jpegs.items()}, tuple(places))


def shoppers_inside(store: Store, scenario: str, *, seed: int) -> list[int]:
    """How many are inside at each second of a shipped scenario, until nobody comes any more."""
    with as_file(files("resources") / "scenarios" / scenario) as file:
        world = Programme(seed=seed, scenario=file).world(store)
    inside: list[int] = []
    while not world.over:
        world.advance(world.t_s + 1.0)
        inside.append(_inside(world))
    return inside


def _world(store: Store, shoppers: int, seed: int) -> tuple[World, float]:
    """A world, and when as many are inside: one who is there alone has just come in, and others follow."""
    if shoppers < _QUEUED:
        world = Programme(seed=seed, shoppers=max(shoppers, 1), seconds=_ENDLESS_S).world(store)
        least = min(shoppers, 1)
    else:
        with as_file(files("resources") / "scenarios" / "peak" / "full-floor.toml") as file:
            world = Programme(seed=seed, scenario=file).world(store)
        least = shoppers
    while _inside(world) < least:
        world.advance(world.t_s + _STEP_S)
    return world, world.t_s


def _inside(world: World) -> int:
    return sum(shopper.inside for shopper in world.people)

"""Cameras in simulated time: what each would send of an instant, when it arrives, and what faults keep back."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import msgspec
import numpy as np

from drivers.twin.physics import Assumptions, camera_lags_s
from drivers.twin.scenario import Fault, FaultKind, Light, World
from drivers.twin.sight import Sight
from engine.bench.trial._bodies import TrueBodies
from engine.bench.trial._clock import CHUNK_NS, instant_of, seconds_at
from engine.domain import CameraId, Store
from engine.runtime.paced import FrameTaken, PeopleSeen, Stimulus

_LOOK_S = 0.06  # as engine.runtime.paced takes for frames: from arrival to the fact


class Pictures(Protocol):
    """What renders a store's cameras."""

    def picture(self, camera_id: CameraId) -> bytes:
        """What a camera delivers at the world's present instant, as JPEG."""


class CameraLinks:
    """The way from a store's cameras to its engine: lag, and the faults of a scenario."""

    def __init__(self, store: Store, cells: Assumptions, faults: Sequence[Fault], *, seed: int) -> None:
        self._lags_s = camera_lags_s([camera.camera_id for camera in store.cameras], cells, seed=seed)
        self._faults = {
            camera.camera_id: [fault for fault in faults if fault.camera_id == camera.camera_id]
            for camera in store.cameras
        }
        self._rng = np.random.default_rng([seed, 9])

    def arrives_s(self, camera_id: CameraId, taken_s: float) -> float | None:
        """When a picture of ``taken_s`` reaches the engine; None when it never does."""
        arrives_s = taken_s + self._lags_s[camera_id]
        for fault in self._faults[camera_id]:
            if not fault.acts(taken_s):
                continue
            if fault.kind is FaultKind.OFFLINE or self._rng.random() < fault.lost_share:
                return None
            arrives_s += fault.late_s
        return arrives_s


class Cameras(Protocol):
    """All cameras of a store."""

    def look(self, begin_ns: int, world: World) -> Iterator[Stimulus]:
        """Live through the next tenth of a second from ``begin_ns``; what the cameras send of it."""


class SmartCameras:
    """Signal level: every camera says whom it sees, all of them at the end of each tenth of a second."""

    def __init__(self, store: Store, links: CameraLinks, bodies: TrueBodies, *, light: Light, seed: int) -> None:
        self._links, self._bodies, self._light = links, bodies, light
        self._sight = Sight(store, seed=seed)

    def look(self, begin_ns: int, world: World) -> Iterator[PeopleSeen]:
        """As ``Cameras`` says."""
        taken_s = seconds_at(begin_ns + CHUNK_NS)
        world.advance(taken_s)
        numbers = [shopper.number for shopper in world.people]
        for seen in self._sight.look(numbers, self._bodies.of(world), gain=self._light.gain(taken_s)):
            arrives_s = self._links.arrives_s(seen.camera_id, taken_s)
            if arrives_s is not None:
                stamped = msgspec.structs.replace(seen, t_ns=instant_of(arrives_s))
                yield PeopleSeen(at_ns=instant_of(arrives_s + _LOOK_S), fact=stamped)


class VideoCameras:
    """Pixel level: every camera takes a picture in each tenth of a second, one after the other."""

    def __init__(self, store: Store, links: CameraLinks, pictures: Pictures) -> None:
        self._links, self._pictures = links, pictures
        self._camera_ids = [camera.camera_id for camera in store.cameras]
        self._seq = 0

    def look(self, begin_ns: int, world: World) -> Iterator[FrameTaken]:
        """As ``Cameras`` says."""
        self._seq += 1
        for number, camera_id in enumerate(self._camera_ids, start=1):
            taken_s = seconds_at(begin_ns + CHUNK_NS * number // len(self._camera_ids))
            world.advance(taken_s)
            arrives_s = self._links.arrives_s(camera_id, taken_s)
            if arrives_s is not None:
                jpeg = self._pictures.picture(camera_id)
                yield FrameTaken(at_ns=instant_of(arrives_s), camera_id=camera_id, seq=self._seq, jpeg=jpeg)

"""A smart camera as its perception process sees it: what it says goes on to the core, how it is goes to health."""

from collections import deque

import msgspec

from engine.domain import BodiesTracked, CameraHealth, CameraId, PersonsSeen, SensorFault, SensorRecovered
from engine.ports import SmartCameraLink
from engine.runtime.perception._camera_watch import LinkState, LinkWatch

_RATE_WINDOW_S = 3.0


class Relay:
    """Passes on what one device says, under the name that ``store.toml`` gave it."""

    def __init__(self, camera_id: CameraId, link: SmartCameraLink) -> None:
        self._camera_id = camera_id
        self._link = link
        self._heard: deque[int] = deque()
        self._said_ns = 0
        self._count = 0
        self._watch = LinkWatch(camera_id)

    def seen(self) -> list[PersonsSeen | BodiesTracked]:
        """What arrived since the last call; a device cannot speak for another camera."""
        said = self._link.seen()
        self._heard.extend(fact.t_ns for fact in said)
        self._count += len(said)
        self._said_ns = max(self._said_ns, *(fact.t_ns for fact in said)) if said else self._said_ns
        return [
            msgspec.structs.replace(fact, camera_id=self._camera_id) if isinstance(fact, PersonsSeen) else fact
            for fact in said
        ]

    def health(self, now_ns: int) -> CameraHealth:
        """Rate and fault of the moment; its own lag and drops a device does not tell."""
        while self._heard and now_ns - self._heard[0] > _RATE_WINDOW_S * 1e9:
            self._heard.popleft()
        return CameraHealth(
            camera_id=self._camera_id,
            fps=round(len(self._heard) / _RATE_WINDOW_S, 1),
            lag_ms=0.0,
            drops=(),
            fault=self._link.fault,
        )

    def alarms(self, now_ns: int) -> list[SensorFault | SensorRecovered]:
        """That the device fell silent, or speaks again, since this was last asked."""
        state = LinkState(
            seq=self._count,
            frame_ns=self._said_ns,
            lag_ms=0.0,
            fault=self._link.fault,
            fault_kind=self._link.fault_kind,
        )
        return self._watch.tell(state, now_ns)

    def close(self) -> None:
        """Let the device go."""
        self._link.close()

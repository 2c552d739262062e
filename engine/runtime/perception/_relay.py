"""A smart camera as its perception process sees it: what it says goes on to the core, how it is goes to health."""

from collections import deque

import msgspec

from engine.domain import BodiesTracked, CameraHealth, CameraId, PersonsSeen
from engine.ports import SmartCameraLink

_RATE_WINDOW_S = 3.0


class Relay:
    """Passes on what one device says, under the name that ``store.toml`` gave it."""

    def __init__(self, camera_id: CameraId, link: SmartCameraLink) -> None:
        self._camera_id = camera_id
        self._link = link
        self._heard: deque[int] = deque()

    def seen(self) -> list[PersonsSeen | BodiesTracked]:
        """What arrived since the last call; a device cannot speak for another camera."""
        said = self._link.seen()
        self._heard.extend(fact.t_ns for fact in said)
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

    def close(self) -> None:
        """Let the device go."""
        self._link.close()

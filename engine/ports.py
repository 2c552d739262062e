"""What the engine asks of hardware. A driver implements these; the composition root finds it by entry point."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.domain import BodiesTracked, PersonsSeen

Image = NDArray[np.uint8]


class DeviceError(Exception):
    """A device cannot be used now; the message names the device and the remedy."""


class SettingsError(Exception):
    """What the store's folder says of a device cannot be; the message names file, key and remedy."""


class Frame(Protocol):
    """One picture of a camera, decoded on demand so that skipping it costs nothing."""

    @property
    def seq(self) -> int:
        """Counts the frames the camera delivered."""

    @property
    def t_ns(self) -> int:
        """Instant of arrival on the engine's monotonic clock."""

    def image_bgr(self, *, at_least_width_px: int = 0) -> Image:
        """Picture (H, W, 3); a source may decode smaller, never below the width asked for. 0 is full size."""


class CameraLink(Protocol):
    """A camera stream in a thread of its own: the newest frame wins, lost connections are retried for ever."""

    def newest(self, *, after_seq: int) -> Frame | None:
        """The newest frame if it is newer than ``after_seq``; never waits."""

    @property
    def fault(self) -> str:
        """What is wrong now and what to do about it; empty when frames arrive."""

    def close(self) -> None:
        """Stop the stream and its thread."""


class SmartCameraLink(Protocol):
    """A device with a detector of its own; it sends people, not pictures."""

    def seen(self) -> tuple[PersonsSeen | BodiesTracked, ...]:
        """What arrived since the last call, the oldest first, stamped on arrival; never waits."""

    @property
    def fault(self) -> str:
        """What is wrong now and what to do about it; empty when the device talks."""

    def close(self) -> None:
        """Stop listening to it."""


@dataclass(frozen=True, kw_only=True)
class ShelfSamples:
    """One reading of a controller: grams of its channels, NaN where a channel has nothing to say."""

    t_ns: int
    grams: NDArray[np.float64]  # (channels,)


class ShelfLink(Protocol):
    """A shelf controller that is polled."""

    async def read(self) -> ShelfSamples:
        """One reading. Raises ``DeviceError`` when there is none; the next call tries again."""

    async def close(self) -> None:
        """Hang up."""


@dataclass(frozen=True, kw_only=True)
class GateReading:
    """What a gate reported: a scanned token, or a passage ``in`` or ``out``; exactly one is not empty."""

    t_ns: int
    token: str = ""
    passage: str = ""


class GateLink(Protocol):
    """A gate with a QR reader and a beam."""

    def readings(self) -> AsyncIterator[GateReading]:
        """Readings as they come, for ever; raises ``DeviceError`` when the gate is lost, then may be called again."""

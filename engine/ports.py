"""What the engine asks of hardware. A driver implements these; the composition root finds it by entry point."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.domain import BodiesTracked, PersonsSeen

Image = NDArray[np.uint8]


DeviceFaultKind = Literal["unreachable", "silent", "short_answer", "refused", "garbled", "stale"]
"""Not there; there and saying nothing; saying less than asked; refusing; saying what cannot be; repeating itself."""

CellFaultKind = Literal[
    "overload", "underload", "adc_range", "no_cell", "supply", "device_fault", "not_weighing", "unknown_unit", "invalid"
]
"""What a transmitter can say is wrong with one of its channels."""


class DeviceError(Exception):
    """A device cannot be used now; the message names the device and the remedy, unless ``remedy`` does."""

    def __init__(self, message: str, *, kind: DeviceFaultKind = "unreachable", remedy: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.remedy = remedy


class SettingsError(Exception):
    """What the store's folder says of a device cannot be; the message names file, key and remedy."""


class Frame(Protocol):
    """One picture of a camera, decoded on demand so that skipping it costs nothing."""

    @property
    def seq(self) -> int:
        """Counts the frames the camera delivered."""

    @property
    def t_ns(self) -> int:
        """Instant of capture on the engine's monotonic clock, but for what is always lost on the way.

        Where the device does not stamp its pictures, the instant of arrival.
        """

    def image_bgr(self, *, at_least_width_px: int = 0) -> Image:
        """Picture (H, W, 3); a source may decode smaller, never below the width asked for. 0 is full size."""


class CameraLink(Protocol):
    """A camera stream in a thread of its own: the newest frame wins, lost connections are retried for ever."""

    def newest(self, *, after_seq: int) -> Frame | None:
        """The newest frame if it is newer than ``after_seq``; never waits."""

    @property
    def fault(self) -> str:
        """What is wrong now and what to do about it; empty when frames arrive."""

    @property
    def fault_kind(self) -> DeviceFaultKind:
        """What kind of thing is wrong, while something is."""

    def close(self) -> None:
        """Stop the stream and its thread."""


class CameraStream(CameraLink, Protocol):
    """A camera link that can also say how its pictures come."""

    @property
    def codec(self) -> str:
        """The pictures' format, as in "h264"; empty before the first one."""


class SmartCameraLink(Protocol):
    """A device with a detector of its own; it sends people, not pictures."""

    def seen(self) -> tuple[PersonsSeen | BodiesTracked, ...]:
        """What arrived since the last call, the oldest first, stamped on arrival; never waits."""

    @property
    def fault(self) -> str:
        """What is wrong now and what to do about it; empty when the device talks."""

    @property
    def fault_kind(self) -> DeviceFaultKind:
        """What kind of thing is wrong, while something is."""

    def close(self) -> None:
        """Stop listening to it."""


@dataclass(frozen=True, kw_only=True)
class TlsFiles:
    """What a link needs to trust a device and be trusted by it, all PEM; ``server_name`` where it is not the host's."""

    ca: Path
    certificate: Path | None = None
    key: Path | None = None
    server_name: str = ""


@dataclass(frozen=True, kw_only=True)
class SerialLine:
    """A serial bus and how it is set; several devices may be on it."""

    device: Path
    baud: int = 19200
    parity: Literal["none", "even", "odd"] = "even"
    stop_bits: Literal[1, 2] = 1


@dataclass(frozen=True, kw_only=True)
class CellFault:
    """What a controller says is wrong with a channel."""

    channel: int
    kind: CellFaultKind


@dataclass(frozen=True, kw_only=True)
class ShelfSamples:
    """One reading of a controller: grams of its channels, NaN where a channel has nothing to say.

    ``stable`` is what the controller itself says of its channels; None where it says nothing.
    """

    t_ns: int
    grams: NDArray[np.float64]  # (channels,)
    faults: tuple[CellFault, ...] = ()
    stable: NDArray[np.bool_] | None = None  # (channels,)


class ShelfCommand(Enum):
    """What a controller can be told about a channel."""

    ZERO = "zero"
    TARE = "tare"
    SPAN = "span"


class WearLog(Protocol):
    """Counts the writes of a device's settings, which its memory stands only so many of."""

    def spend(self, writes: int, *, per_day: int) -> None:
        """Note that so many are about to be made. Raises ``DeviceError`` where they are too many for today."""


class ShelfLink(Protocol):
    """A shelf controller that is polled."""

    async def read(self) -> ShelfSamples:
        """One reading. Raises ``DeviceError`` when there is none; the next call tries again."""

    async def close(self) -> None:
        """Hang up."""


class ShelfDevice(ShelfLink, Protocol):
    """A shelf controller that can also be told something."""

    async def command(
        self, command: ShelfCommand, channel: int, *, wear: WearLog, known_g: float | None = None
    ) -> None:
        """Zero, tare or span a channel; a span needs the weight that lies on it. Raises ``DeviceError``."""


class ShelfProbe(Protocol):
    """Finds out how an unknown controller writes its weights. Every step raises ``DeviceError``."""

    async def survey(self) -> str:
        """Find the registers that there are; what was found, in words."""

    async def see_empty(self) -> None:
        """Look at them without the known weight."""

    async def see_loaded(self, channel: int) -> None:
        """Look at them with the known weight on a channel."""

    async def see_below_zero(self) -> None:
        """Look at them while the plate of the first channel is pulled up or off."""

    async def moved(self, *, within_s: float) -> bool:
        """Wait until they rest at what was not seen yet; False when they do not."""

    def conclude(self, known_g: float) -> str:
        """A device profile, as TOML."""

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

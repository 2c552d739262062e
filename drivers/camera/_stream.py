"""A stream that is kept alive: one thread a camera, retried for ever, with the present fault in words."""

import threading
from abc import ABC, abstractmethod

from drivers.camera._address import without_login
from engine.ports import DeviceError, DeviceFaultKind, Frame

_RETRY_FIRST_S = 0.25
_RETRY_LONGEST_S = 5.0
_REMEDY = "check the camera's power, cable and address"


class KeptStream(ABC):
    """Runs ``_stream`` in a thread and runs it again when it fails, with growing pauses.

    The address's user and password are in no fault and no name.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._shown_url = _shown(url)
        self._fault = f"{self._shown_url}: not connected yet"
        self._kind: DeviceFaultKind = "unreachable"
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"camera {self._shown_url}", daemon=True)

    @property
    def fault(self) -> str:
        """What is wrong now and what to do about it; empty when the stream flows."""
        return self._fault

    @property
    def fault_kind(self) -> DeviceFaultKind:
        """What kind of thing is wrong, while something is."""
        return self._kind

    def close(self) -> None:
        """Stop the stream and wait for its thread."""
        self._stopped.set()
        self._thread.join()

    @abstractmethod
    def _stream(self) -> None:
        """Deliver until stopped; raise ``OSError`` or ``DeviceError`` when the device is lost."""

    def _flowing(self) -> None:
        self._fault = ""

    def _keep(self) -> None:
        pause_s = _RETRY_FIRST_S
        while not self._stopped.is_set():
            try:
                self._stream()
            except (OSError, DeviceError, ValueError) as error:  # ValueError: what is no address at all
                pause_s = _RETRY_FIRST_S if not self._fault else min(_RETRY_LONGEST_S, pause_s * 2)
                remedy = error.remedy if isinstance(error, DeviceError) and error.remedy else _REMEDY
                self._kind = _kind_of(error)
                self._fault = f"{self._shown_url}: {error}; {remedy}"
            self._stopped.wait(pause_s)


def _kind_of(error: Exception) -> DeviceFaultKind:
    if isinstance(error, DeviceError):
        return error.kind
    return "silent" if isinstance(error, TimeoutError) else "unreachable"


def _shown(url: str) -> str:
    try:
        return without_login(url)
    except ValueError:  # no address, so it cannot be known where in it a password is
        return url.rpartition("@")[2]


class FrameStream(KeptStream):
    """A stream of frames of which the newest wins."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.codec = ""
        self._newest: Frame | None = None
        self._thread.start()

    def newest(self, *, after_seq: int) -> Frame | None:
        """The newest frame if it is newer than ``after_seq``."""
        frame = self._newest
        return frame if frame is not None and frame.seq > after_seq else None

    def _next_seq(self) -> int:
        return self._newest.seq + 1 if self._newest is not None else 1

    def _deliver(self, frame: Frame) -> None:
        self._newest = frame
        self._flowing()

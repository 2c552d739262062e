"""The two streams of one camera: the smaller one is looked at, and the main one while the smaller fails."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from engine.ports import CameraLink, DeviceFaultKind, Frame, Image

_PATIENCE_S = 1.0  # without a picture, before the main stream is opened
_BACK_S = 5.0  # of pictures from the smaller stream, before the main one is closed again


@dataclass(frozen=True)
class _Counted:
    """A frame of either stream, counted through both."""

    frame: Frame
    seq: int

    @property
    def t_ns(self) -> int:
        return self.frame.t_ns

    def image_bgr(self, *, at_least_width_px: int = 0) -> Image:
        return self.frame.image_bgr(at_least_width_px=at_least_width_px)


class TwoStreams:
    """A camera link on two streams of one device."""

    def __init__(
        self, small: CameraLink, open_main: Callable[[], CameraLink], *, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._now_s = now_s
        self._small = small
        self._open_main = open_main
        self._main: CameraLink | None = None
        self._small_seq = self._main_seq = self._seq = 0
        self._small_came_s = self._small_lost_s = now_s()
        self._newest: Frame | None = None

    @property
    def fault(self) -> str:
        """What is wrong with the smaller stream, and with the main one where it is needed."""
        small = self._small.fault
        if self._main is None or not small:
            return small
        return f"{small}; {self._main.fault or 'the main stream is looked at meanwhile'}"

    @property
    def fault_kind(self) -> DeviceFaultKind:
        """Of the stream that is looked at."""
        return self._small.fault_kind if self._main is None else self._main.fault_kind

    def newest(self, *, after_seq: int) -> Frame | None:
        """The newest frame if it is newer than ``after_seq``."""
        self._take_small(self._now_s())
        self._take_main()
        frame = self._newest
        return frame if frame is not None and frame.seq > after_seq else None

    def close(self) -> None:
        """Stop both."""
        self._small.close()
        if self._main is not None:
            self._main.close()

    def _take_small(self, now_s: float) -> None:
        frame = self._small.newest(after_seq=self._small_seq)
        if frame is None:
            if now_s - self._small_came_s > _PATIENCE_S:
                self._small_lost_s = now_s
                if self._main is None:
                    self._main, self._main_seq = self._open_main(), 0
            return
        self._small_came_s = now_s
        skipped, self._small_seq = frame.seq - self._small_seq, frame.seq
        if self._main is None:
            self._count(frame, skipped)
        elif now_s - self._small_lost_s > _BACK_S:
            threading.Thread(target=self._main.close, daemon=True).start()  # which waits for its last picture
            self._main = None

    def _take_main(self) -> None:
        frame = self._main.newest(after_seq=self._main_seq) if self._main is not None else None
        if frame is not None:
            skipped, self._main_seq = frame.seq - self._main_seq, frame.seq
            self._count(frame, skipped)

    def _count(self, frame: Frame, frames: int) -> None:
        self._seq += frames
        self._newest = _Counted(frame, self._seq)

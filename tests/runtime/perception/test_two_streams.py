"""The smaller stream is looked at; while it fails, the main one is, and frames are counted through both."""

import threading
from dataclasses import dataclass, field

import numpy as np

from drivers.camera._opencv import DecodedFrame
from engine.ports import DeviceFaultKind, Frame
from engine.runtime.perception._two_streams import TwoStreams

SMALL, MAIN = np.zeros((360, 640, 3), np.uint8), np.zeros((1080, 1920, 3), np.uint8)


@dataclass
class Stream:
    """A stream whose next frame the test decides."""

    frame: Frame | None = None
    fault: str = ""
    fault_kind: DeviceFaultKind = "silent"
    closed: threading.Event = field(default_factory=threading.Event)

    def newest(self, *, after_seq: int) -> Frame | None:
        return self.frame if self.frame is not None and self.frame.seq > after_seq else None

    def close(self) -> None:
        self.closed.set()


class Bench:
    def __init__(self) -> None:
        self.now_s = 100.0
        self.small, self.mains = Stream(), list[Stream]()
        self.both = TwoStreams(self.small, self.open_main, now_s=lambda: self.now_s)
        self.seq = 0

    def open_main(self) -> Stream:
        self.mains.append(Stream())
        return self.mains[-1]

    def look(self) -> int | None:
        """Width of the frame that is new, None without one."""
        frame = self.both.newest(after_seq=self.seq)
        if frame is None:
            return None
        self.seq = frame.seq
        return int(frame.image_bgr().shape[1])

    def pass_s(self, seconds: float, *, small: bool, main: bool = False) -> list[int | None]:
        """Let time pass with ten frames a second of those that deliver; the widths seen."""
        widths: list[int | None] = []
        for _ in range(round(seconds * 10)):
            self.now_s += 0.1
            for stream, delivers, picture in ((self.small, small, SMALL), (self.mains[-1:], main, MAIN)):
                for each in stream if isinstance(stream, list) else [stream]:
                    if delivers:
                        seq = each.frame.seq + 1 if each.frame is not None else 1
                        each.frame = DecodedFrame(seq, round(self.now_s * 1e9), picture)
            widths.append(self.look())
        return widths


def test_the_main_stream_is_not_opened_while_the_smaller_one_comes() -> None:
    bench = Bench()
    assert set(bench.pass_s(10, small=True)) == {640}
    assert not bench.mains
    assert bench.seq == 100


def test_the_main_stream_is_looked_at_while_the_smaller_one_fails_and_closed_when_it_is_back() -> None:
    bench = Bench()
    bench.pass_s(1, small=True)
    bench.small.fault = "rtsp://cam/sub: no picture"
    bench.pass_s(1.2, small=False)
    assert len(bench.mains) == 1
    before = bench.seq
    assert set(bench.pass_s(2, small=False, main=True)) == {1920}
    assert bench.seq == before + 20
    assert bench.both.fault == "rtsp://cam/sub: no picture; the main stream is looked at meanwhile"
    bench.mains[0].fault = "rtsp://cam/main: Connection refused"
    assert bench.both.fault.endswith("no picture; rtsp://cam/main: Connection refused")
    bench.small.fault = ""
    widths = bench.pass_s(8, small=True, main=True)
    assert bench.mains[0].closed.wait(5)
    assert widths[:40] == [1920] * 40
    assert widths[-20:] == [640] * 20
    assert bench.both.fault == ""


def test_no_frame_is_told_twice_and_both_are_closed() -> None:
    bench = Bench()
    bench.pass_s(0.1, small=True)
    assert bench.look() is None
    bench.pass_s(2, small=False)
    bench.both.close()
    assert bench.small.closed.is_set()
    assert bench.mains[0].closed.is_set()

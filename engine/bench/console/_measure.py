"""Shows a console each load and says what it used, how old its frames were and how soon the next case was there."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Timer
from typing import IO

import msgspec
import numpy as np
import psutil

from engine.bench.console._load import DAY, GRID, MAP, REVIEW, Load

_WARM_S = 2.0
_SAMPLE_S = 0.5
_SETTLED_SHARE = 0.4
"""Before this share of a stint memory is still being taken for the first time: pages that were never open, caches."""
_SILENT_S = 60.0
_MB = 1e6


class ConsoleFailedError(Exception):
    """The console, or what talks to it, did not do its part; the message has its last words."""


class Percentiles(msgspec.Struct, frozen=True, kw_only=True):
    """None when nothing was measured."""

    p50: float | None
    p95: float | None
    p99: float | None
    count: int


class ConsoleReport(msgspec.Struct, frozen=True, kw_only=True):
    """Shares are of one core, of the console's process with all its threads, painting into memory.

    ``frame_age_ms`` is from a frame's instant at the engine's socket to the end of the painting that shows it,
    ``next_case_ms`` from the key that decides a case to the next one with its clip, and ``first_picture_s`` from the
    start of the process to a camera's picture, the longest of all stints. ``memory_mb_per_hour`` is the slope over
    ``traded_hours`` of trade in fast motion beside views at their own rates, while all pages are turned.
    """

    grid_core_share: float
    frame_age_ms: Percentiles
    frames_painted: float
    map_core_share: float
    next_case_ms: Percentiles
    first_picture_s: float
    memory_mb: float
    memory_mb_per_hour: float
    traded_hours: float


class _Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What the console tells of itself: ``console.measure.Measured``, which no engine may import."""

    frame_age_ms: list[float]
    next_case_ms: list[float]


@dataclass(frozen=True, kw_only=True)
class _Stint:
    first_picture_s: float
    core_share: float
    seconds: float
    memory_mb: list[float]
    measured: _Measured


def measure_console(*, seconds: float, tell: Callable[[str], None]) -> ConsoleReport:
    """Watch a console for so many seconds under each of four loads. Raises ``ConsoleFailedError``."""
    grid = _stint(GRID, "watch", seconds)
    ages = _percentiles(grid.measured.frame_age_ms)
    painted = ages.count / (GRID.cameras * GRID.camera_hz * grid.seconds)
    tell(f"{GRID.cameras} tiles at {GRID.camera_hz:g} fps: {grid.core_share:.1%} of a core, {_told(ages)} old")
    on_map = _stint(MAP, "watch", seconds)
    tell(f"{MAP.shoppers} shoppers on the map at {MAP.floor_hz:g} Hz: {on_map.core_share:.1%} of a core")
    review = _stint(REVIEW, "review", seconds)
    cases = _percentiles(review.measured.next_case_ms)
    tell(f"next case after {_told(cases)}")
    day = _stint(DAY, "tour", 2 * seconds)
    hours = 2 * seconds / 3600 * DAY.hours_per_hour
    slope = _slope_mb(day.memory_mb) * len(day.memory_mb) / hours
    tell(f"memory {day.memory_mb[-1]:.0f} MB, {slope:+.2f} MB an hour over {hours:.1f} h of trade")
    first_s = max(stint.first_picture_s for stint in (grid, on_map, review, day))
    tell(f"first picture after {first_s:.1f} s")
    return ConsoleReport(
        grid_core_share=round(grid.core_share, 4),
        frame_age_ms=ages,
        frames_painted=round(painted, 3),
        map_core_share=round(on_map.core_share, 4),
        next_case_ms=cases,
        first_picture_s=round(first_s, 2),
        memory_mb=round(day.memory_mb[-1], 1),
        memory_mb_per_hour=round(slope, 3),
        traded_hours=round(hours, 2),
    )


def _stint(load: Load, stint: str, seconds: float) -> _Stint:
    """One console, from its start to its end, in front of one load."""
    with _talker(load) as (state, door):
        began_ns = time.monotonic_ns()
        command = [sys.executable, "-m", "console", "--state", state, "--door", door, "--measure", stint]
        environment = dict(os.environ, QT_QPA_PLATFORM="offscreen")
        with _process(command, environment) as console:
            first_ns = int(_line(console, "the console"))
            time.sleep(_WARM_S)
            used = psutil.Process(console.pid)
            since_s, cpu_s = time.monotonic(), _cpu_s(used)
            memory_mb = [_memory_mb(used) for _ in _until(since_s + seconds)]
            took_s = time.monotonic() - since_s
            core_share = (_cpu_s(used) - cpu_s) / took_s
            console.send_signal(signal.SIGINT)
            measured = msgspec.json.decode(_line(console, "the console"), type=_Measured)
    return _Stint(
        first_picture_s=(first_ns - began_ns) / 1e9,
        core_share=core_share,
        seconds=time.monotonic() - first_ns / 1e9,
        memory_mb=memory_mb,
        measured=measured,
    )


@contextmanager
def _talker(load: Load) -> Iterator[tuple[str, str]]:
    words = [sys.executable, "-m", __package__, msgspec.json.encode(load).decode()]
    with _process(words, dict(os.environ)) as talker:
        state, door = _line(talker, "what talks to the console").split()
        yield state, door


@contextmanager
def _process(words: Sequence[str], environment: dict[str, str]) -> "Iterator[subprocess.Popen[str]]":
    """A process that ends with its standard input, or is ended."""
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True, env=environment) as process:
        try:
            yield process
        finally:
            process.terminate()


def _line(process: "subprocess.Popen[str]", who: str) -> str:
    """Its next line. Raises ``ConsoleFailedError`` when it ends without one, or is silent for a minute."""
    output: IO[str] | None = process.stdout
    assert output is not None  # noqa: S101 - it was asked for
    watchdog = Timer(_SILENT_S, process.kill)
    watchdog.start()
    line = output.readline()
    watchdog.cancel()
    if not line:
        raise ConsoleFailedError(f"{who} ended with code {process.wait()} and said nothing; its errors are above")
    return line


def _until(end_s: float) -> Iterator[None]:
    """Once every ``_SAMPLE_S``, at least three times."""
    for _ in range(3):
        time.sleep(_SAMPLE_S)
        yield
    while time.monotonic() < end_s:
        time.sleep(_SAMPLE_S)
        yield


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _memory_mb(process: psutil.Process) -> float:
    return process.memory_info().rss / _MB


def _percentiles(values: Sequence[float]) -> Percentiles:
    if not values:
        return Percentiles(p50=None, p95=None, p99=None, count=0)
    p50, p95, p99 = (round(float(value), 1) for value in np.percentile(values, [50, 95, 99]))
    return Percentiles(p50=p50, p95=p95, p99=p99, count=len(values))


def _slope_mb(memory_mb: Sequence[float]) -> float:
    """MB a sample, by least squares over what comes after settling in."""
    settled = memory_mb[round(_SETTLED_SHARE * len(memory_mb)) :]
    return float(np.polyfit(np.arange(len(settled)), settled, 1)[0])


def _told(found: Percentiles) -> str:
    if not found.count:
        return "nothing measured"
    return f"{found.p50:.0f} ms, p95 {found.p95:.0f}, p99 {found.p99:.0f} ({found.count})"

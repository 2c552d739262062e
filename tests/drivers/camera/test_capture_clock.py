"""A camera's stamps on the engine's clock: jitter goes, drift is followed, and no instant is after its arrival."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.camera._capture_clock import CaptureClock
from tests.runtime.build import MS

PERIOD_MS = 40
START_NS = 10**15


def mapped(arrivals_ms: list[float], *, stamp_ms: float = PERIOD_MS) -> list[float]:
    clock = CaptureClock()
    return [
        (clock.capture_ns(round(n * stamp_ms * MS), START_NS + round(t_ms * MS)) - START_NS) / MS
        for n, t_ms in enumerate(arrivals_ms)
    ]


def test_what_the_net_adds_is_taken_off() -> None:
    late_ms = np.random.default_rng(3).exponential(30, 500)
    late_ms[0] = 0.5
    found = np.array(mapped([n * PERIOD_MS + late for n, late in enumerate(late_ms)]))
    off_ms = found - np.arange(500) * PERIOD_MS
    assert np.abs(off_ms[20:]).max() < 5
    assert late_ms.max() > 100


@pytest.mark.parametrize("ppm", [-100, 100])
def test_a_clock_that_runs_fast_or_slow_is_followed(ppm: int) -> None:
    frames = 25 * 3600  # an hour, in which it gains or loses 360 ms
    found = mapped([n * PERIOD_MS for n in range(frames)], stamp_ms=PERIOD_MS * (1 + ppm * 1e-6))
    assert abs(found[-1] - (frames - 1) * PERIOD_MS) < 1


def test_a_camera_that_starts_its_clock_anew_is_followed_at_once() -> None:
    clock = CaptureClock()
    for n in range(50):
        clock.capture_ns((10_000 + n * PERIOD_MS) * MS, START_NS + n * PERIOD_MS * MS)
    again_ns = START_NS + 60_000 * MS
    assert clock.capture_ns(0, again_ns) == again_ns
    second_ns = clock.capture_ns(PERIOD_MS * MS, again_ns + 90 * MS)
    assert abs(second_ns - again_ns - PERIOD_MS * MS) < 0.1 * MS


def test_without_stamps_it_is_the_arrival() -> None:
    clock = CaptureClock()
    assert [clock.capture_ns(0, START_NS + t) for t in (0, 41, 79)] == [START_NS, START_NS + 41, START_NS + 79]


@given(st.lists(st.tuples(st.integers(-100, 10_000), st.integers(1, 10_000)), min_size=1, max_size=40))
def test_whatever_is_stamped_instants_rise_and_none_is_after_its_arrival(steps: list[tuple[int, int]]) -> None:
    clock, stamp_ns, arrival_ns = CaptureClock(), 0, START_NS
    told: list[int] = []
    for stamp_ms, arrival_ms in steps:
        stamp_ns, arrival_ns = max(0, stamp_ns + stamp_ms * MS), arrival_ns + arrival_ms * MS
        told.append(clock.capture_ns(stamp_ns, arrival_ns))
        assert told[-1] <= arrival_ns
    assert all(one < two for one, two in pairwise(told))

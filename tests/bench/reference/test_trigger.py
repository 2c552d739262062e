"""Block by block, the trigger finds what a look at the whole signal finds."""

import numpy as np
import pytest

from engine.bench.reference._trigger import Event, WeightTrigger
from engine.domain import Floats

SHELVES = (np.array([0, 1, 2]), np.array([3, 4]))


def restless(seed: int) -> Floats:
    """Five plates that jump now and then, (samples, plates)."""
    rng = np.random.default_rng(seed)
    jumps = np.where(rng.random((1500, 5)) < 0.002, rng.normal(0, 120, (1500, 5)), 0.0)
    grams: Floats = 3000 + jumps.cumsum(axis=0) + rng.normal(0, 1, (1500, 5))
    return grams


def in_one_look(grams: Floats) -> list[tuple[int, int, int, int]]:
    """Shelf, first, most active and last window of every event, by the definition."""
    found = []
    for number, columns in enumerate(SHELVES):
        windows = [grams[at : at + 60, columns] for at in range(len(grams) - 59)]
        spread = [window.sum(axis=1).std() for window in windows]
        first = None
        for at, value in enumerate([*spread, 0.0]):
            if value > 20 and first is None:
                first = at
            if value <= 20 and first is not None:
                change = windows[at - 1].sum(axis=1).mean() - windows[first].sum(axis=1).mean()
                if at - first >= 30 and abs(change) > 10:
                    found.append((number, first, first + int(np.argmax(spread[first:at])), at - 1))
                first = None
    return sorted(found)


def streamed(grams: Floats, *, flush_every: int) -> list[Event]:
    """The trigger's events, instants being the numbers of samples."""
    trigger = WeightTrigger(SHELVES)
    events = []
    for row, sample in enumerate(grams):
        events += trigger.weigh(row, sample)
        if row % flush_every == 0:
            events += trigger.flush()
    return [*events, *trigger.flush(), *trigger.unfinished()]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("flush_every", [1, 97, 10_000])
def test_streamed_is_as_in_one_look(seed: int, flush_every: int) -> None:
    grams = restless(seed)
    expected = in_one_look(grams)
    events = streamed(grams, flush_every=flush_every)
    found = sorted((event.shelf, event.begin_ns - 30, event.peak_ns - 30, event.end_ns - 30) for event in events)
    assert len(expected) > 3
    assert found == expected


def test_the_change_is_that_of_the_means_at_both_ends() -> None:
    grams = np.full((240, 5), 100.0)
    grams[120:, 3] -= 200
    (event,) = streamed(grams, flush_every=10_000)
    # 200 √(p(1−p)) > 20 from 1 to 59 of a window's 60 samples: the means at both ends are 58/60 of the step apart.
    assert event.deltas_g == pytest.approx([-200 * 58 / 60, 0])
    assert event.delta_g == pytest.approx(-200 * 58 / 60)

"""When readings arrive: jitter and steps back as assumed, and the controller's faults as a real link feels them."""

import math

import msgspec
import numpy as np
import pytest

from drivers.twin.physics import ControllerFaults, Polling, Reading, assumed
from drivers.twin.scenario import Fault, FaultKind
from engine.domain import ControllerId

HZ = 50
MINE = ControllerId("a-low")
EXACT = msgspec.structs.replace(assumed(), stamp_jitter_s=0.0, stamp_back_share=0.0, poll_jitter_s=0.0)


def fault(kind: FaultKind, *, from_s: float = 1.0, to_s: float = math.inf, lost: float = 0, late_s: float = 0) -> Fault:
    return Fault(kind=kind, from_s=from_s, to_s=to_s, controller_id=MINE, lost_share=lost, late_s=late_s)


def polls(*faults: Fault, seconds: float, seed: int = 1, jitter: bool = False) -> list[tuple[float, Reading | None]]:
    """Every due instant and what comes of it."""
    polling = Polling(MINE, assumed() if jitter else EXACT, ControllerFaults(faults, MINE), seed=seed)
    return [(number / HZ, polling.poll(number / HZ)) for number in range(int(seconds * HZ))]


def arrived_s(polled: list[tuple[float, Reading | None]]) -> list[float]:
    return [due_s for due_s, reading in polled if reading is not None]


def test_a_well_controller_answers_every_poll_at_once() -> None:
    for due_s, reading in polls(seconds=2.0):
        assert reading is not None
        assert due_s < reading.stamped_s < reading.arrives_s < due_s + 0.005


def test_stamps_jitter_and_step_back_as_assumed() -> None:
    polled = polls(seconds=400.0, jitter=True)
    readings = [(due_s, reading) for due_s, reading in polled if reading is not None]
    assert len(readings) == len(polled)
    off_s = np.array([reading.stamped_s - reading.arrives_s for _, reading in readings])
    back = off_s < -0.015
    assert np.std(off_s[~back]) == pytest.approx(assumed().stamp_jitter_s, rel=0.05)
    assert back.mean() == pytest.approx(assumed().stamp_back_share, rel=0.4)
    late_s = np.array([reading.arrives_s - due_s for due_s, reading in readings])
    assert late_s.min() > 0
    assert np.median(late_s) == pytest.approx(0.001 + 0.674 * assumed().poll_jitter_s, rel=0.1)


def test_the_same_seed_polls_the_same_and_another_does_not() -> None:
    lossy = fault(FaultKind.LOSSY, lost=0.3)
    first, same, other = (polls(lossy, seconds=10.0, seed=seed, jitter=True) for seed in (1, 1, 2))
    assert first == same != other


def test_nothing_comes_while_offline_and_everything_soon_after() -> None:
    came_s = arrived_s(polls(fault(FaultKind.OFFLINE, to_s=3.0), seconds=10.0))
    assert [due_s for due_s in came_s if due_s < 1.0] == [number / HZ for number in range(HZ)]
    after_s = [due_s for due_s in came_s if due_s >= 1.0]
    assert 3.0 <= after_s[0] < 5.0  # a link dials seldom when nobody answers
    assert len(after_s) == pytest.approx((10.0 - after_s[0]) * HZ, abs=1)


def test_a_lost_answer_costs_the_time_that_it_is_waited_for() -> None:
    came_s = arrived_s(polls(fault(FaultKind.LOSSY, from_s=0.0, lost=0.1), seconds=200.0))
    gaps_s = np.diff(came_s)
    assert 0.1 <= gaps_s[gaps_s > 1.5 / HZ].min() < 0.15
    per_answer_s = 1 / HZ + 0.1 / 0.9 * 0.11
    assert len(came_s) == pytest.approx(200.0 / per_answer_s, rel=0.05)


def test_a_late_answer_is_stamped_halfway_and_holds_up_the_next_poll() -> None:
    polled = polls(fault(FaultKind.LATE, late_s=0.1), seconds=5.0)
    late = [(due_s, reading) for due_s, reading in polled if reading is not None and due_s > 1.0]
    assert all(reading.arrives_s - due_s == pytest.approx(0.101) for due_s, reading in late)
    assert all(reading.stamped_s - due_s == pytest.approx(0.0505) for due_s, reading in late)
    assert np.diff([due_s for due_s, _ in late]).min() >= 0.1


def test_patience_follows_a_controller_that_takes_its_time() -> None:
    came_s = arrived_s(polls(fault(FaultKind.LATE, late_s=0.5), seconds=20.0))
    late_s = [due_s for due_s in came_s if due_s > 1.0]
    assert late_s[0] < 4.0
    assert np.diff(late_s) == pytest.approx(0.51, abs=0.02)


def test_nobody_waits_for_an_answer_that_is_seconds_late() -> None:
    came_s = arrived_s(polls(fault(FaultKind.LATE, late_s=2.0, to_s=3.0), seconds=10.0))
    assert not [due_s for due_s in came_s if 1.0 <= due_s < 3.0]
    assert [due_s for due_s in came_s if 3.0 <= due_s < 5.0]

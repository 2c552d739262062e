"""Cells that are stuck, dead or swapped say what such cells say, for as long as they are, and no other plate does."""

import math

import numpy as np
import pytest

from drivers.twin.physics import ControllerFaults, PlateLoads
from drivers.twin.scenario import Fault, FaultKind, World
from engine.domain import ControllerId, Floats, Store

T_S = np.arange(0.0, 4.0, 1 / 50)
FAULTY = (T_S >= 1.0) & (T_S < 3.0)


def said(store: Store, *faults: Fault, seed: int = 1) -> tuple[Floats, Floats]:
    """Four seconds of all plates as they are, and with these faults."""
    well, ill = (PlateLoads(World(store, seed=1), seed=seed, faults=some).block(T_S) for some in ((), faults))
    return well, ill


def fault(kind: FaultKind, *plates: int, store: Store) -> Fault:
    ids = [store.shelves[0].plate_ids[plate] for plate in plates]
    return Fault(kind=kind, from_s=1.0, to_s=3.0, plate_id=ids[0], other_plate_id=ids[1] if len(ids) > 1 else None)


def test_a_stuck_cell_repeats_itself_and_recovers(demo: Store) -> None:
    well, ill = said(demo, fault(FaultKind.STUCK, 2, store=demo))
    assert np.array_equal(ill[~FAULTY], well[~FAULTY])
    assert (ill[FAULTY, 2] == well[FAULTY, 2][0]).all()
    assert len(np.unique(well[FAULTY, 2])) > 3
    assert np.array_equal(np.delete(ill, 2, axis=1), np.delete(well, 2, axis=1))


def test_dead_cells_say_nothing_zero_or_full_scale(demo: Store) -> None:
    ways: set[float | None] = set()
    for seed in range(20):
        well, ill = said(demo, fault(FaultKind.DEAD, 2, store=demo), seed=seed)
        words = set(ill[FAULTY, 2].tolist())
        ways.add(None if np.isnan(ill[FAULTY, 2]).all() else words.pop())
        assert len(words) == 0 or np.isnan(ill[FAULTY, 2]).all()
        assert np.array_equal(ill[~FAULTY], well[~FAULTY])
    assert ways == {None, 0.0, 20_000.0, -20_000.0}


def test_swapped_cells_speak_for_each_other(demo: Store) -> None:
    well, ill = said(demo, fault(FaultKind.SWAPPED, 2, 4, store=demo))
    assert np.array_equal(ill[~FAULTY], well[~FAULTY])
    assert np.array_equal(ill[FAULTY][:, [2, 4]], well[FAULTY][:, [4, 2]])
    assert np.array_equal(np.delete(ill, [2, 4], axis=1), np.delete(well, [2, 4], axis=1))


def test_a_stuck_cell_that_is_swapped_is_stuck_on_the_others_channel(demo: Store) -> None:
    both = fault(FaultKind.SWAPPED, 2, 4, store=demo), fault(FaultKind.STUCK, 2, store=demo)
    well, ill = said(demo, *both)
    assert (ill[FAULTY, 4] == well[FAULTY, 2][0]).all()
    assert np.array_equal(ill[FAULTY, 2], well[FAULTY, 4])


def test_a_controllers_faults_add_up_and_are_its_own() -> None:
    mine, other = ControllerId("mine"), ControllerId("other")

    def of(kind: FaultKind, *, on: ControllerId = mine, lost: float = 0.0, late_s: float = 0.0) -> Fault:
        return Fault(kind=kind, from_s=1.0, to_s=2.0, controller_id=on, lost_share=lost, late_s=late_s)

    faults = ControllerFaults(
        [
            of(FaultKind.LOSSY, lost=0.5),
            of(FaultKind.LOSSY, lost=0.2),
            of(FaultKind.LATE, late_s=0.1),
            of(FaultKind.OFFLINE, on=other),
            Fault(kind=FaultKind.OFFLINE, from_s=5.0, to_s=math.inf, controller_id=mine),
        ],
        mine,
    )
    assert not faults.offline(1.5)
    assert (faults.lost_share(1.5), faults.late_s(1.5)) == pytest.approx((0.6, 0.1))
    assert not faults.offline(2.0)
    assert (faults.lost_share(2.0), faults.late_s(2.0)) == (0.0, 0.0)
    assert faults.offline(1e6)

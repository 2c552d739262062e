"""What is added to a recording is what a shelf would feel and a tracker would see, somewhere else."""

import itertools
import math

import numpy as np
import pytest

from drivers.twin.physics import fitted_plates
from engine.bench.nanostore import RecordingError
from engine.bench.nanostore._injection import Drawing, InjectedStep, InjectedVisit, felt
from engine.bench.nanostore._reach import Reach, own_movement, recorded_reach
from engine.domain import BodyTracked, Plate, PlateId, SkuId, Store, Vector3
from tests.bench.nanostore import scene

NOISE = fitted_plates().noise


@pytest.fixture(scope="module")
def store() -> Store:
    """The recorded store."""
    return scene.store()


@pytest.fixture(scope="module")
def reach(store: Store) -> Reach:
    """The recorded reach."""
    recorded = scene.recording()
    return recorded_reach(recorded, store, own_movement(recorded))


def drawing(store: Store, reach: Reach, *, seed: int) -> Drawing:
    """A drawing for the small recording."""
    recorded = scene.recording()
    return Drawing(recorded, store, own_movement(recorded), reach, seed=seed)


def step(store: Store, plate: str, *, t_s: float = 4.0, grams: float = -300.0) -> InjectedStep:
    """A movement that nobody pressed for."""
    where = store.plate_by_id[PlateId(plate)]
    return InjectedStep(t_s=t_s, plate=where, grams=grams, press_g=0.0, sku_id=SkuId("x"), shopper="a")


def beside(plate: Plate, point: Vector3) -> tuple[float, float, float]:
    """A point as one stands before a plate: out of its front, along it, above it."""
    x_m, y_m = point[0] - plate.centre_m[0], point[1] - plate.centre_m[1]
    cos, sin = math.cos(plate.yaw_rad), math.sin(plate.yaw_rad)
    return cos * x_m + sin * y_m, cos * y_m - sin * x_m, point[2] - plate.centre_m[2]


def test_the_recordings_own_movement_is_found() -> None:
    own = own_movement(scene.recording())
    assert own.plate_id == scene.OWN
    assert own.t_s == pytest.approx(scene.MOVED_S, abs=0.02)


def test_a_recording_in_which_nobody_reached_has_nothing_to_repeat(store: Store) -> None:
    deserted = scene.recording(people=False)
    with pytest.raises(RecordingError, match="nobody was tracked"):
        recorded_reach(deserted, store, own_movement(deserted))


def test_at_its_own_plate_the_reach_is_the_recorded_one(store: Store, reach: Reach) -> None:
    recorded = next(frame for frame in scene.recording().frames if abs(frame.t_s - scene.MOVED_S) < 0.01)
    (shopper,) = (body for body in recorded.bodies if body.name == "somebody")
    repeated = reach.at(store.plate_by_id[scene.OWN], 0.0, name="somebody")
    assert np.array([repeated.head_m, *repeated.hands_m]) == pytest.approx(np.array([shopper.head_m, *shopper.hands_m]))


@pytest.mark.parametrize("plate_id", ["2-1-6", "2-2-1", "1-1-8"])
def test_elsewhere_the_hand_is_at_the_plate_and_the_rest_stands_before_it(
    store: Store, reach: Reach, plate_id: str
) -> None:
    plate = store.plate_by_id[PlateId(plate_id)]
    body = reach.at(plate, 0.0, name="a")
    assert beside(plate, body.hands_m[0]) == pytest.approx((0.2, 0.0, 0.1), abs=0.01)
    assert beside(plate, body.head_m)[:2] == pytest.approx((0.7, 0.0), abs=0.01)
    assert (body.head_m[2], body.hands_m[1][2]) == pytest.approx((1.7, 0.8))
    aside = reach.at(plate, 0.0, name="b", aside_m=0.6)
    assert beside(plate, aside.hands_m[0])[:2] == pytest.approx((0.2, 0.6), abs=0.01)


def test_what_is_taken_stays_gone_and_its_neighbours_only_ring(store: Store) -> None:
    trace = scene.recording().traces[0]
    change = felt(trace, [step(store, "1-1-4")], NOISE) - trace.grams
    at_rest = change[trace.t_s > 5.0]
    assert at_rest[:, 0, 3] == pytest.approx(-300, abs=0.01)
    assert np.abs(np.delete(at_rest.reshape(len(at_rest), -1), 3, axis=1)).max() < 0.01
    leaked = np.abs(change[:, 0]).max(axis=0)
    assert leaked[[1, 2, 4, 5]] == pytest.approx(300 * NOISE.leak_share * 0.7, rel=0.5)
    assert leaked[[0, 6, 7]].max() == 0
    assert np.abs(change[trace.t_s < 3.5]).max() == 0
    assert np.abs(change[:, 1]).max() == 0


def test_a_pass_is_the_same_for_the_same_seed_and_another_for_another(store: Store, reach: Reach) -> None:
    one, same, other = (drawing(store, reach, seed=seed).draw(20) for seed in (4, 4, 5))
    assert one == same
    assert one != other


def test_no_more_is_drawn_than_is_wanted(store: Store, reach: Reach) -> None:
    assert sum(len(visit.steps) for visit in drawing(store, reach, seed=1).draw(3)) == 3


@pytest.fixture(scope="module", params=range(6))
def visits(store: Store, reach: Reach, request: pytest.FixtureRequest) -> tuple[InjectedVisit, ...]:
    """A full pass."""
    return drawing(store, reach, seed=request.param).draw(50)


def test_movements_of_a_pass_are_apart(visits: tuple[InjectedVisit, ...]) -> None:
    steps = sorted((step for visit in visits for step in visit.steps), key=lambda step: step.t_s)
    assert len(steps) > 4
    for earlier, later in itertools.pairwise(steps):
        assert later.t_s - earlier.t_s > 0.9
    for one, two in itertools.combinations(steps, 2):
        assert one.plate.shelf_id != two.plate.shelf_id or two.t_s - one.t_s > 3
    assert all(abs(step.t_s - scene.MOVED_S) > 3 for step in steps if step.plate.shelf_id == "1-2")


def test_each_weighs_what_the_catalogue_says_and_what_comes_back_was_taken(
    store: Store, visits: tuple[InjectedVisit, ...]
) -> None:
    for visit in visits:
        for step, sign in zip(visit.steps, (-1, 1), strict=False):
            product = store.product_by_sku[store.facing_of_plate[step.plate.plate_id].sku_id]
            assert (step.grams, step.sku_id) == (sign * product.unit_mass_g, product.sku_id)
        assert len({(step.plate.plate_id, step.shopper) for step in visit.steps}) == 1


def test_the_hand_at_the_plate_is_the_shoppers_and_the_decoy_is_there_too(
    reach: Reach, visits: tuple[InjectedVisit, ...]
) -> None:
    for visit in visits:
        for step in visit.steps:
            seen = [body for other in visits for body in other.bodies(reach, step.t_s)]
            nearest = min(seen, key=lambda body: _off_m(body, step.plate))
            assert nearest.name == step.shopper
            assert sum(body.name == f"{step.shopper}-decoy" for body in seen) == 1


def _off_m(body: BodyTracked, plate: Plate) -> float:
    return min(math.dist(hand[:2], plate.centre_m[:2]) for hand in body.hands_m)

"""What the cells feel: goods as they stand, every change by its item's mass, ringing that dies, noise as in a store."""

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.twin.physics import QUANTILES, PlateLoads, assumed, fitted_plates
from drivers.twin.scenario import Contact, Trade, World
from engine.domain import PlateId, Store

HZ = 50.0
FITTED = fitted_plates().noise
UNSHAKEN = msgspec.structs.replace(FITTED, shaken=(1.0,) * len(QUANTILES))
QUIET = msgspec.structs.replace(UNSHAKEN, level_g=(0.5,) * len(QUANTILES))


def standing_g(world: World) -> NDArray[np.float64]:
    """Grams of goods on every plate, in the store's order, (plates,)."""
    on_plate: dict[PlateId, float] = dict.fromkeys(world.store.plate_by_id, 0.0)
    for item in world.goods.items:
        if item.plate_id is not None:
            on_plate[item.plate_id] += item.mass_g
    return np.array(list(on_plate.values()))


def sample(loads: PlateLoads, plates: tuple[PlateId, ...], *, start_s: float, seconds: float) -> NDArray[np.float64]:
    """Samples at 50 Hz from ``start_s``, (samples, plates)."""
    return np.stack([loads.grams(plates, start_s + n / HZ) for n in range(int(seconds * HZ))])


def all_plates(store: Store) -> tuple[PlateId, ...]:
    return tuple(store.plate_by_id)


def test_at_rest_the_noise_is_that_of_a_real_store(demo: Store) -> None:
    loads = PlateLoads(World(demo, seed=1), seed=1, noise=UNSHAKEN)
    samples = sample(loads, all_plates(demo), start_s=0.0, seconds=8.0)
    sigmas_g = samples.std(axis=0)
    assert 0.5 < np.median(sigmas_g) < 1.4
    assert sigmas_g.min() > 0.1
    assert sigmas_g.max() < 6.8
    steps = samples / FITTED.step_g  # a quarter of a gram is all that the recorded cells say
    assert np.allclose(steps, np.round(steps))


def test_a_gondola_is_shaken_second_by_second_and_all_its_plates_with_it(demo: Store) -> None:
    samples = sample(PlateLoads(World(demo, seed=1), seed=1), all_plates(demo), start_s=0.0, seconds=16.0)
    noise_g = samples.reshape(16, int(HZ), -1).std(axis=1)
    gondolas = np.array([shelf.gondola_id for shelf in demo.shelves for _ in shelf.plate_ids])
    of_one = noise_g[:, gondolas == gondolas[0]]
    shaken = np.median(of_one, axis=1)
    assert shaken.max() > 2 * shaken.min()
    together = [np.corrcoef(plate, shaken)[0, 1] for plate in of_one.T]
    assert min(together) > 0.7


def test_the_same_seed_reads_the_same_and_another_does_not(demo: Store) -> None:
    plates = all_plates(demo)
    first, same, other = (
        sample(PlateLoads(World(demo, seed=1), seed=seed), plates, start_s=0.0, seconds=0.2) for seed in (1, 1, 2)
    )
    assert np.array_equal(first, same)
    assert not np.allclose(first, other, atol=20.0)


def test_after_a_day_every_plate_has_changed_by_what_left_and_came(demo: Store) -> None:
    world = World(demo, seed=2, play=Trade(shoppers=3, seconds=60.0))
    loads, plates = PlateLoads(world, seed=2, noise=UNSHAKEN), all_plates(demo)
    first_g, full_g = sample(loads, plates, start_s=0.0, seconds=1.0).mean(axis=0), standing_g(world)
    t_s = 1.0
    while not world.over:
        t_s += 0.5
        world.advance(t_s)
        loads.grams(plates, t_s)
    last_g = sample(loads, plates, start_s=t_s + 3.0, seconds=1.0).mean(axis=0)
    expected_g = standing_g(world) - full_g
    assert (np.abs(expected_g) > 50).sum() >= 5
    assert np.abs(last_g - first_g - expected_g).max() < 3.0


@pytest.mark.parametrize("mass_g", [-623.0, 623.0, -61.0])
def test_a_change_is_the_items_mass_and_nothing_of_it_stays_on_the_neighbours(demo: Store, mass_g: float) -> None:
    world = World(demo, seed=3)
    loads = PlateLoads(world, seed=3, noise=QUIET)
    shelf = demo.shelves[0]
    before_g = sample(loads, shelf.plate_ids, start_s=0.0, seconds=1.0).mean(axis=0)
    world.contacts.append(contact(shelf.plate_ids[2], t_s=2.0, mass_g=mass_g))
    sample(loads, shelf.plate_ids, start_s=1.5, seconds=1.3)
    after_g = sample(loads, shelf.plate_ids, start_s=2.8, seconds=2.0).mean(axis=0)
    expected_g = np.zeros(len(shelf.plate_ids))
    expected_g[2] = mass_g
    assert np.abs(after_g - before_g - expected_g).max() < 1.5


def test_a_pick_rings_into_its_neighbours_and_the_ringing_dies(demo: Store) -> None:
    world = World(demo, seed=3)
    loads = PlateLoads(world, seed=3, noise=QUIET)
    plates = demo.shelves[0].plate_ids
    quiet = sample(loads, plates, start_s=0.0, seconds=1.0)
    world.contacts.append(contact(plates[2], t_s=2.0, mass_g=-623.0))
    ringing = np.abs(sample(loads, plates, start_s=2.0, seconds=0.1) - quiet.mean(axis=0)).max(axis=0)
    later = sample(loads, plates, start_s=2.6, seconds=1.0)
    assert 8.0 < ringing[1] < 25.0  # 18 g in the recording of a live store, for a pick of this mass
    assert 8.0 < ringing[3] < 25.0
    assert ringing[5] < 6.0
    assert np.allclose(later.std(axis=0), quiet.std(axis=0), rtol=0.6)


def test_a_hand_presses_and_a_touch_leaves_nothing(demo: Store) -> None:
    world = World(demo, seed=3)
    loads, plate_id = PlateLoads(world, seed=3, noise=QUIET), demo.shelves[0].plate_ids[0]
    before = sample(loads, (plate_id,), start_s=0.0, seconds=1.0)
    world.contacts.append(contact(plate_id, t_s=2.0, mass_g=0.0))
    pressed = sample(loads, (plate_id,), start_s=1.7, seconds=0.3)
    after = sample(loads, (plate_id,), start_s=2.5, seconds=1.0)
    assert pressed.max() - before.mean() > 20.0
    assert abs(after.mean() - before.mean()) < 1.5


def test_a_block_is_what_instant_after_instant_says(demo: Store) -> None:
    """Also over the turn of a second, in the middle of contacts, and with a second's pause in between."""

    def loads() -> PlateLoads:
        world = World(demo, seed=5)
        plates = demo.shelves[1].plate_ids
        world.contacts += [contact(plates[0], t_s=0.9, mass_g=-400.0), contact(plates[1], t_s=1.1, mass_g=250.0)]
        return PlateLoads(world, seed=5)

    block, instants = loads(), loads()
    t_s = np.concatenate([np.arange(90) / 60, 3.0 + np.arange(30) / 60])
    at_once = np.concatenate([block.block(part) for part in (t_s[:50], t_s[50:58], t_s[58:])])
    one_by_one = np.stack([instants.grams(all_plates(demo), one) for one in t_s.tolist()])
    assert block.plate_ids == all_plates(demo)
    assert np.array_equal(at_once, one_by_one)


def test_beyond_its_capacity_a_cell_says_its_capacity(demo: Store) -> None:
    world = World(demo, seed=3)
    plate_id = demo.shelves[0].plate_ids[0]
    cells = msgspec.structs.replace(assumed(), capacity_g=6000.0)
    loads = PlateLoads(world, seed=3, noise=QUIET, cells=cells)
    free_g = loads.grams((plate_id,), 0.0)[0]
    world.contacts += [contact(plate_id, t_s=1.0, mass_g=20_000.0), contact(plate_id, t_s=4.0, mass_g=-20_000.0)]
    world.contacts.append(contact(plate_id, t_s=6.0, mass_g=-20_000.0))
    full_g, again_g, under_g = (loads.grams((plate_id,), t_s)[0] for t_s in (2.5, 5.5, 7.5))
    assert (full_g, under_g) == (6000.0, -6000.0)
    assert again_g == pytest.approx(free_g, abs=12.0)


def test_cells_with_a_coarser_step_say_coarser_things(demo: Store) -> None:
    samples = PlateLoads(World(demo, seed=1), seed=1, cells=assumed().scaled("step_ratio", 3.0)).block(
        np.arange(50) / 50
    )
    steps = samples / (3 * FITTED.step_g)
    assert np.allclose(steps, np.round(steps))


def test_who_leans_on_a_plate_presses_for_as_long_sways_and_leaves_nothing(demo: Store) -> None:
    world, plate_id = World(demo, seed=3), demo.shelves[0].plate_ids[0]
    loads = PlateLoads(world, seed=3, noise=QUIET, cells=assumed().scaled("hysteresis_share", 0.0))
    before = sample(loads, (plate_id,), start_s=0.0, seconds=1.0)
    world.contacts.append(Contact(touch_s=1.5, ramp_s=0.08, t_s=6.5, plate_id=plate_id, mass_g=0.0, press_g=4000.0))
    leaning = sample(loads, (plate_id,), start_s=2.0, seconds=4.0)
    after = sample(loads, (plate_id,), start_s=7.0, seconds=1.0)
    assert 3400 < leaning.min() - before.mean() < leaning.max() - before.mean() < 4400
    assert 80 < leaning.std() < 400
    assert abs(after.mean() - before.mean()) < 1.5


def contact(plate_id: PlateId, *, t_s: float, mass_g: float) -> Contact:
    return Contact(touch_s=t_s - 0.22, ramp_s=0.08, t_s=t_s, plate_id=plate_id, mass_g=mass_g, press_g=40.0)

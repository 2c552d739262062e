"""The simulated store's life: the same for the same seed, nothing lost, nobody stuck, nobody through the furniture."""

import math
import subprocess
import sys
from collections import Counter

import pytest

from drivers.twin.scenario import STEP_S, Deed, Shopper, Trade, World
from engine.domain import Gondola, Store

SEEDS = range(21)
SECONDS = 180.0
NEAREST_M = 0.3
CLEAR_OF_FIXTURES_M = 0.1
MOVED = (Deed.PICK, Deed.PUT)
STATE_IN_A_PROCESS = """
import sys
from pathlib import Path
from drivers.twin.scenario import Trade, World
from engine.store import open_store
world = World(open_store(Path("resources/stores/demo")).store, seed=5, play=Trade(shoppers=3, seconds=180.0))
world.advance(60.0)
sys.stdout.write(repr((world.truths, world.contacts, world.shoppers, world.goods.items)))
"""


def state(world: World) -> str:
    """Everything that a world holds, to the last bit of every float."""
    return repr((world.truths, world.contacts, world.shoppers, world.goods.items))


def new_world(store: Store, seed: int) -> World:
    return World(store, seed=seed, play=Trade(shoppers=3, seconds=SECONDS))


def gap_m(first: Shopper, second: Shopper) -> float:
    return math.hypot(first.x_m - second.x_m, first.y_m - second.y_m)


def outside_m(shopper: Shopper, gondola: Gondola) -> float:
    """How far somebody stands from a gondola's outline; 0 within it."""
    x_m, y_m = shopper.x_m - gondola.origin_m[0], shopper.y_m - gondola.origin_m[1]
    cos, sin = math.cos(gondola.yaw_rad), math.sin(gondola.yaw_rad)
    outward_m, along_m = x_m * cos + y_m * sin, abs(y_m * cos - x_m * sin)
    return math.hypot(max(0.0, outward_m, -outward_m - gondola.depth_m), max(0.0, along_m - gondola.width_m / 2))


def check_room(world: World) -> None:
    people = world.shoppers
    for number, shopper in enumerate(people):
        assert all(gap_m(shopper, other) > NEAREST_M for other in people[number + 1 :]), world.t_s
        assert all(outside_m(shopper, gondola) > CLEAR_OF_FIXTURES_M for gondola in world.store.gondolas), world.t_s


def check_goods(world: World, at_first: int) -> None:
    """Every item stands on a plate, is carried by one shopper, or left with one; the deeds say the same."""
    balance = Counter(truth.deed for truth in world.truths)
    gone = {truth.shopper for truth in world.truths} - {shopper.number for shopper in world.shoppers}
    carried = Counter({shopper.number: len(shopper.carried) for shopper in world.shoppers})
    for number in gone:
        deeds = Counter(truth.deed for truth in world.truths if truth.shopper == number)
        carried[number] = deeds[Deed.PICK] - deeds[Deed.PUT]
    on_plates = sum(item.plate_id is not None for item in world.goods.items)
    assert on_plates + carried.total() == len(world.goods.items) == at_first
    assert at_first - on_plates == balance[Deed.PICK] - balance[Deed.PUT]


def test_the_shelves_are_full_as_planned(demo: Store) -> None:
    goods = new_world(demo, 1).goods
    assert Counter(item.sku_id for item in goods.items) == {facing.sku_id: facing.units for facing in demo.facings}
    for item in goods.items:
        planned = demo.product_by_sku[item.sku_id].unit_mass_g
        assert 0.93 < item.mass_g / planned < 1.07
        assert item.plate_id is not None
        assert demo.facing_of_plate[item.plate_id].sku_id == item.sku_id


@pytest.mark.parametrize("seed", SEEDS)
def test_a_day_in_the_store(demo: Store, seed: int) -> None:
    world = new_world(demo, seed)
    at_first = len(world.goods.items)
    most = 0
    t_s = 0.0
    while not world.over:
        t_s += 0.1
        assert t_s < 2 * SECONDS, f"stuck: {world.shoppers}"
        world.advance(t_s)
        check_room(world)
        most = max(most, len(world.shoppers))
    check_goods(world, at_first)
    assert most == 3
    assert sum(truth.deed in MOVED and truth.t_s < SECONDS for truth in world.truths) >= 12
    for number in {truth.shopper for truth in world.truths}:
        deeds = [truth.deed for truth in world.truths if truth.shopper == number]
        assert deeds[:2] == [Deed.TOKEN, Deed.ENTER]
        assert deeds[-1] is Deed.LEAVE
        assert Counter(deeds)[Deed.ENTER] == Counter(deeds)[Deed.LEAVE] == Counter(deeds)[Deed.TOKEN] == 1


def test_goods_are_conserved_at_every_moment(demo: Store) -> None:
    world = new_world(demo, 3)
    at_first = len(world.goods.items)
    for second in range(1, 160):
        world.advance(float(second))
        check_goods(world, at_first)


@pytest.mark.parametrize("seed", [1, 2])
def test_every_touch_of_a_long_day_is_one_deed_at_its_instant(demo: Store, seed: int) -> None:
    world = World(demo, seed=seed, play=Trade(shoppers=3, seconds=900.0))
    world.advance(1000.0)
    assert world.over
    touched = sorted((contact.t_s, contact.plate_id) for contact in world.contacts)
    done = sorted(
        (truth.t_s, truth.plate_id) for truth in world.truths if truth.deed in (*MOVED, Deed.TOUCH) and truth.plate_id
    )
    assert len(touched) > 150
    assert [plate_id for _, plate_id in touched] == [plate_id for _, plate_id in done]
    assert all(abs(told_s - felt_s) < STEP_S for (felt_s, _), (told_s, _) in zip(touched, done, strict=True))


def test_a_contact_moves_the_mass_of_the_item_that_changes_hands(demo: Store) -> None:
    world = new_world(demo, 4)
    moved_g = []
    for step in range(1, 1800):
        before = {item.item_id: item.plate_id for item in world.goods.items}
        world.advance(step * 0.1)
        for item in world.goods.items:
            if before[item.item_id] != item.plate_id:
                moved_g.append(item.mass_g if item.plate_id is not None else -item.mass_g)
    assert world.over
    assert sorted(moved_g) == sorted(contact.mass_g for contact in world.contacts if contact.mass_g)


def test_one_seed_is_one_world_and_another_seed_another(demo: Store) -> None:
    first, same, other = new_world(demo, 7), new_world(demo, 7), new_world(demo, 8)
    for world in (first, same, other):
        world.advance(90.0)
    assert state(first) == state(same)
    assert state(first) != state(other)


def test_the_size_of_the_steps_does_not_matter(demo: Store) -> None:
    whole, fine, coarse = new_world(demo, 9), new_world(demo, 9), new_world(demo, 9)
    whole.advance(75.0)
    for step in range(1, 7501):
        fine.advance(step / 100)
    for step in range(1, 11):
        coarse.advance(step * 7.5)
    assert state(whole) == state(fine) == state(coarse)


def test_other_processes_live_in_the_same_world(demo: Store, pytestconfig: pytest.Config) -> None:
    world = World(demo, seed=5, play=Trade(shoppers=3, seconds=SECONDS))
    world.advance(60.0)
    for hash_seed in ("0", "1234"):
        said = subprocess.run(
            [sys.executable, "-c", STATE_IN_A_PROCESS],
            cwd=pytestconfig.rootpath,
            env={"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert said.stdout == state(world)

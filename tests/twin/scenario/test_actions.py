"""What each action does: the deeds it tells, the plates it loads, where bodies and goods are meanwhile."""

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from drivers.twin.devices._poses import poses
from drivers.twin.render import Body, joints, load_bodies, put_in_pose
from drivers.twin.scenario import STEP_S, World
from engine.domain import Floats, PlateId, SkuId, Store
from tests.twin.scenario.scripts import act, begun, deeds, lived, person, the

_NOSE = 0


@pytest.fixture(scope="module")
def bodies() -> tuple[Body, ...]:
    return load_bodies()


def on_floor(world: World) -> list[str]:
    return [item.sku_id for item in world.goods.floor]


def steps(world: World, *, until_s: float = 200.0) -> Iterator[float]:
    """The instants of a world's life, one by one."""
    while not world.over:
        assert world.t_s < until_s, world.shoppers
        world.advance(world.t_s + 1.5 * STEP_S)
        yield world.t_s


def nose_m(world: World, bodies: tuple[Body, ...]) -> Floats:
    (pose,) = poses(world, bodies=len(bodies))
    nose: Floats = joints(bodies[pose.body_index], pose)[_NOSE]
    return nose


def test_two_hands_take_at_one_instant_from_one_plate(demo: Store, tmp_path: Path) -> None:
    take = act("take", sku="cola", count=3, hand="both", at_once=True)
    world = begun(tmp_path, demo, person("anna", take))
    both = 0
    while not world.over:
        world.advance(world.t_s + 0.1)
        for shopper in world.shoppers:
            both += sum(reach.extent > 0.99 for reach in shopper.reaches(world.t_s)) == 2
    assert both >= 3
    first, second, third = (contact.t_s for contact in world.contacts)
    assert first == second < third
    assert deeds(world) == ["0 pick cola A-4-6"] * 3
    assert len(world.goods.on_plate(PlateId("A-4-6"))) == 9


def test_what_is_handed_over_goes_from_hand_to_hand_and_stays_on_the_account(demo: Store, tmp_path: Path) -> None:
    anna = person("anna", act("take", sku="cola"), act("hand_over", sku="cola", to="ben", label="given"))
    ben = person("ben", act("wait", for_s=2), act("put_back", sku="cola", after="given"), enters_s=3)
    world = begun(tmp_path, demo, anna, ben)
    apart_m = []
    for _ in steps(world):
        hands = [reach for shopper in world.shoppers for reach in shopper.reaches(world.t_s) if reach.extent > 0.99]
        if len(hands) == 2:
            assert hands[0].target_m == hands[1].target_m
            apart_m.append(math.dist(*((each.x_m, each.y_m) for each in world.shoppers)))
    assert 0.6 < min(apart_m) <= max(apart_m) < 0.9
    assert deeds(world) == ["0 pick cola A-4-6", "0 hand_over cola to 1", "0 by 1 put cola A-4-6"]
    assert len(world.goods.on_plate(PlateId("A-4-6"))) == 12


@pytest.mark.parametrize("waits", [act("wait", for_s=60), act("take", sku="honey", at_s=70)])
def test_who_waits_is_handed_things_and_then_goes_on(demo: Store, tmp_path: Path, waits: dict[str, object]) -> None:
    anna = person("anna", act("take", sku="cola"), act("hand_over", sku="cola", to="ben"))
    world = lived(tmp_path, demo, anna, person("ben", waits, enters_s=3))
    (given,) = (truth.t_s for truth in world.truths if truth.deed == "hand_over")
    (left,) = (truth.t_s for truth in world.truths if truth.deed == "leave" and truth.shopper == 1)
    assert given < 40
    assert left > 60


def test_who_is_handed_something_turns_back_to_reach_together_with_another(demo: Store, tmp_path: Path) -> None:
    anna = person("anna", act("take", sku="cola"), act("hand_over", sku="cola", to="ben"), act("walk", plate="A-2-2"))
    ben = person("ben", act("take", sku="chickpeas", plate="A-3-6", label="now"), enters_s=0.6)
    cleo = person("cleo", act("take", sku="olive-oil", with_="now", at_s=45), enters_s=3)
    world = lived(tmp_path, demo, anna, ben, cleo)
    assert deeds(world)[1] == "0 hand_over cola to 1"
    assert sorted(deeds(world)[2:]) == ["1 pick chickpeas A-3-6", "2 pick olive-oil B-1-1"]
    assert len({truth.t_s for truth in world.truths if truth.deed == "pick" and truth.shopper}) == 1


def test_what_is_dropped_lies_there_until_somebody_picks_it_up(demo: Store, tmp_path: Path) -> None:
    anna = person("anna", act("take", sku="cola"), act("drop", sku="cola", label="dropped"))
    ben = person("ben", act("wait", for_s=12, after="dropped"), act("pick_up", sku="cola"), enters_s=3)
    world = begun(tmp_path, demo, anna, ben)
    lay = [item for _ in steps(world) for item in world.goods.floor]
    assert world.contacts[-1].plate_id == "A-4-6"
    assert deeds(world) == ["0 pick cola A-4-6", "0 drop cola", "0 by 1 pick_up cola"]
    assert {item.item_id for item in lay} == {lay[0].item_id}
    assert on_floor(world) == []
    assert (lay[0].holder, lay[0].account, lay[0].plate_id) == (1, 0, None)


def test_a_dropped_item_lies_before_the_feet_clear_of_the_shelf(demo: Store, tmp_path: Path) -> None:
    world = begun(
        tmp_path, demo, person("anna", act("take", sku="cola"), act("drop", sku="cola"), act("wait", for_s=9))
    )
    while not world.goods.floor:
        world.advance(world.t_s + 0.1)
    x_m, y_m, z_m = world.goods.floor[0].position_m
    assert z_m == 0
    assert 0.2 < math.dist((x_m, y_m), (the(world, 0).x_m, the(world, 0).y_m)) < 0.4
    assert y_m < demo.gondolas[0].origin_m[1]
    assert world.goods.floor[0].stands


def test_what_is_left_at_the_gate_lies_beside_it_inside(demo: Store, tmp_path: Path) -> None:
    leaves = [act("take", sku="cola", count=2), act("leave_at_gate", sku="cola"), act("leave_at_gate", sku="cola")]
    world = lived(tmp_path, demo, person("anna", *leaves))
    gate = demo.gates[0]
    places = [item.position_m for item in world.goods.floor]
    assert deeds(world)[2:] == ["0 abandon cola"] * 2
    assert places[0] != places[1]
    for x_m, y_m, z_m in places:
        assert (x_m < gate.left_m[0], y_m > gate.right_m[1], z_m) == (True, True, 0)
        assert math.dist((x_m, y_m), gate.right_m) < 0.6


def test_a_swap_leaves_each_where_the_other_stood(demo: Store, tmp_path: Path) -> None:
    world = lived(tmp_path, demo, person("anna", act("swap", sku="tuna-in-brine", other="trail-mix")))
    assert deeds(world) == [
        "0 pick tuna-in-brine A-5-5",
        "0 pick trail-mix A-5-6",
        "0 put tuna-in-brine A-5-6",
        "0 put trail-mix A-5-5",
    ]
    assert [item.sku_id for item in world.goods.on_plate(PlateId("A-5-5"))].count(SkuId("trail-mix")) == 1


def test_a_hand_rests_with_its_weight_and_takes_it_away_again(demo: Store, tmp_path: Path) -> None:
    world = lived(tmp_path, demo, person("anna", act("rest", plate="B-3-3", for_s=6, hand="left")))
    (contact,) = world.contacts
    assert (contact.plate_id, contact.mass_g) == ("B-3-3", 0)
    assert 250 <= contact.press_g <= 600
    assert contact.t_s - contact.touch_s > 6
    assert deeds(world) == ["0 rest B-3-3"]


def test_who_leans_loads_three_plates_with_both_hands(demo: Store, tmp_path: Path, bodies: tuple[Body, ...]) -> None:
    world = begun(tmp_path, demo, person("anna", act("lean", plate="B-3-3", for_s=5)))
    forward_m, hands = [0.0], set()
    for _ in steps(world):
        for shopper in world.shoppers:
            hands |= {reach.side for reach in shopper.reaches(world.t_s)}
            if shopper.lean(world.t_s) > 0.99:
                forward_m.append(float(shopper.x_m - nose_m(world, bodies)[0]))
    assert [contact.plate_id for contact in world.contacts] == ["B-3-2", "B-3-3", "B-3-4"]
    assert 1500 <= sum(contact.press_g for contact in world.contacts) <= 4000
    assert all(contact.mass_g == 0 and contact.t_s - contact.touch_s > 5 for contact in world.contacts)
    assert hands == {"left", "right"}
    assert max(forward_m) > 0.15  # the head is before the hips, towards the shelf
    assert deeds(world) == ["0 lean B-3-3"]


def test_who_crouches_is_low_and_touches_nothing(demo: Store, tmp_path: Path, bodies: tuple[Body, ...]) -> None:
    world = begun(tmp_path, demo, person("anna", act("wait", for_s=1), act("crouch", for_s=4)))
    heights_m = [float(nose_m(world, bodies)[2]) for _ in steps(world) if world.shoppers]
    assert min(heights_m) < 0.75 * max(heights_m)
    assert max(abs(np.diff(heights_m))) < 0.05  # down and up, not there at once
    assert (world.contacts, deeds(world)) == ([], [])


def test_hands_are_at_what_they_move_when_it_moves(demo: Store, tmp_path: Path, bodies: tuple[Body, ...]) -> None:
    anna = person(
        "anna",
        act("take", sku="cola", count=2, hand="both", at_once=True),
        act("drop", sku="cola", label="dropped"),
        act("hand_over", sku="cola", to="ben"),
        act("touch", plate="A-2-4", stand="A-2-2"),
        act("rest", plate="A-4-4", for_s=2, stand="A-4-6", hand="left"),
    )
    ben = person("ben", act("wait", for_s=20), act("pick_up", sku="cola", after="dropped"), enters_s=2)
    world, checked = begun(tmp_path, demo, anna, ben), 0
    for _ in steps(world):
        for shopper, pose in zip(world.shoppers, poses(world, bodies=len(bodies)), strict=True):
            for reach in shopper.reaches(world.t_s):
                if reach.extent > 0.999:
                    palm_m = put_in_pose(bodies[pose.body_index], pose).joint(f"{reach.side}_hand")
                    assert np.linalg.norm(palm_m - reach.target_m) < 0.03, (shopper.number, reach)
                    checked += 1
    assert checked > 200

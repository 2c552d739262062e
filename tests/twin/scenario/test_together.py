"""Who waits for whom: labels, after, with; who stands where: elbow room, close, stand."""

import itertools
import math
from pathlib import Path

import pytest

from drivers.twin.scenario import Deed, Shopper, World
from engine.domain import PlateId, Store
from tests.twin.scenario.scripts import act, begun, deeds, lived, person

_NEAREST_M = 0.34
_SHOULDERS_M = (0.35, 0.5)


def gap_m(first: Shopper, second: Shopper) -> float:
    return math.dist((first.x_m, first.y_m), (second.x_m, second.y_m))


def closest_m(world: World) -> tuple[float, dict[tuple[int, int], float]]:
    """The least gap at any time, and the gap of every pair while both reach."""
    least_m, reaching_m = 9.0, {}
    while not world.over:
        world.advance(world.t_s + 0.05)
        assert world.t_s < 200, world.shoppers
        for pair in itertools.combinations([each for each in world.shoppers if each.inside], 2):
            least_m = min(least_m, gap_m(*pair))
            if all(each.reaching for each in pair):
                reaching_m[pair[0].number, pair[1].number] = gap_m(*pair)
    return least_m, reaching_m


def picked_s(world: World) -> dict[int, float]:
    return {truth.shopper: truth.t_s for truth in world.truths if truth.deed == "pick"}


def test_what_comes_after_an_action_waits_for_it(demo: Store, tmp_path: Path) -> None:
    anna = person("anna", act("wait", for_s=20), act("take", sku="cola", label="taken"), act("leave", label="gone"))
    ben = person("ben", act("touch", plate="A-1-1", after="taken"), act("take", sku="honey", after="gone"), enters_s=3)
    world = lived(tmp_path, demo, anna, ben)
    first_s = {(truth.shopper, truth.deed): truth.t_s for truth in world.truths}
    assert first_s[0, Deed.PICK] < first_s[1, Deed.TOUCH]
    assert first_s[0, Deed.LEAVE] < first_s[1, Deed.PICK]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "plates", [("A-3-5", "A-3-5", "A-3-5"), ("A-3-5", "A-3-6", "A-3-5"), ("B-3-2", "B-3-3", "B-3-2")]
)
def test_three_reach_at_one_instant_shoulder_to_shoulder(
    demo: Store, tmp_path: Path, plates: tuple[str, str, str], seed: int
) -> None:
    sku = demo.facing_of_plate[PlateId(plates[0])].sku_id
    links = ({"label": "now"}, {"with_": "now"}, {"with_": "now"})
    people = [
        person(name, act("take", sku=sku, plate=plate, **link), enters_s=[1, 9])
        for name, plate, link in zip(("anna", "ben", "cleo"), plates, links, strict=True)
    ]
    world = begun(tmp_path, demo, *people, seed=seed)
    least_m, reaching_m = closest_m(world)
    assert len(set(picked_s(world).values())) == 1
    assert len(world.contacts) == 3
    assert least_m > _NEAREST_M
    assert len(reaching_m) == 3
    beside = sorted(reaching_m.values())[:2]
    assert all(_SHOULDERS_M[0] < gap < _SHOULDERS_M[1] for gap in beside)


def test_elbow_room_is_waited_for_unless_somebody_comes_close(demo: Store, tmp_path: Path) -> None:
    anna = person("anna", act("rest", plate="A-3-3", for_s=30))
    for close in (False, True):
        ben = person("ben", act("take", sku="tomato-polpa", close=close), enters_s=3)
        least_m, reaching_m = closest_m(world := begun(tmp_path, demo, anna, ben))
        assert (picked_s(world)[1] < 30) is close
        assert bool(reaching_m) is close
        assert least_m > _NEAREST_M


def test_arms_cross_when_each_stands_before_the_other_s_plate(demo: Store, tmp_path: Path) -> None:
    anna = person("anna", act("take", sku="tomato-polpa", stand="A-3-5", label="now"))
    ben = person("ben", act("take", sku="chickpeas", plate="A-3-5", stand="A-3-3", with_="now"), enters_s=3)
    world = begun(tmp_path, demo, anna, ben)
    crossed = 0
    while not world.over:
        world.advance(world.t_s + 0.05)
        if len(world.shoppers) == 2 and all(each.reaching for each in world.shoppers):
            (first,), (second,) = (each.reaches(world.t_s) for each in world.shoppers)
            bodies, hands = world.shoppers[0].x_m - world.shoppers[1].x_m, first.target_m[0] - second.target_m[0]
            crossed += bodies * hands < 0
    assert crossed > 10
    assert sorted(deeds(world)) == ["0 pick tomato-polpa A-3-3", "1 pick chickpeas A-3-5"]


def test_who_stands_at_a_shelf_is_passed_on_the_open_side(demo: Store, tmp_path: Path) -> None:
    anna = person("anna", act("rest", plate="B-3-3", for_s=40))
    ben = person("ben", act("walk", plate="B-3-1"), act("walk", plate="B-3-6"), act("walk", plate="B-3-1"), enters_s=3)
    world, met = begun(tmp_path, demo, anna, ben), 0
    front_m = demo.gondolas[1].origin_m[0]
    while not world.over:
        world.advance(world.t_s + 0.05)
        if len(world.shoppers) == 2 and gap_m(*world.shoppers) < 0.8 and world.shoppers[1].speed_mps:
            met += 1
            assert world.shoppers[1].x_m > front_m + 0.3
    assert met > 5


def test_two_who_want_the_last_units_do_not_take_the_same_one(demo: Store, tmp_path: Path) -> None:
    anna = person("anna", act("take", sku="tuna-in-brine", count=6), act("take", sku="tuna-in-brine", label="last"))
    ben = person("ben", act("take", sku="tuna-in-brine", with_="last"), enters_s=3)
    world = lived(tmp_path, demo, anna, ben)
    assert world.goods.on_plate(PlateId("A-5-5")) == []
    gone_g = sorted(-item.mass_g for item in world.goods.items if item.sku_id == "tuna-in-brine")
    assert sorted(contact.mass_g for contact in world.contacts) == gone_g

"""Who comes: bodies, parties on one code, staff, and those who only walk by."""

import math
from itertools import pairwise
from pathlib import Path

from drivers.twin.devices._poses import poses
from drivers.twin.scenario import Phase, body_names
from engine.domain import PlateId, Store
from tests.twin.scenario.scripts import act, begun, deeds, lived, person


def test_a_body_is_the_one_the_file_names(demo: Store, tmp_path: Path) -> None:
    name = "09-child-dots"
    world = begun(tmp_path, demo, person("anna", act("wait", for_s=9), body=name), person("ben", enters_s=1))
    world.advance(10.0)
    assert [body_names()[pose.body_index] for pose in poses(world, bodies=len(body_names()))] == [name, body_names()[1]]


def test_a_party_comes_in_on_one_code_close_behind_each_other(demo: Store, tmp_path: Path) -> None:
    smiths = [person(name, act("take", sku=sku), party="smith") for name, sku in (("anna", "cola"), ("ben", "honey"))]
    world = begun(tmp_path, demo, *smiths, person("tim", party="smith"), person("dora", enters_s=1))
    apart_m: list[float] = []
    while not world.over:
        world.advance(world.t_s + 0.05)
        coming = [each for each in world.shoppers if each.account == 0 and each.phase is Phase.WALK_IN]
        apart_m += [math.dist((a.x_m, a.y_m), (b.x_m, b.y_m)) for a, b in pairwise(coming)]
    assert 0.6 < min(apart_m) <= max(apart_m) < 0.8
    assert deeds(world, "token") == ["0 token", "3 token"]
    assert deeds(world, "enter") == ["0 enter", "0 by 1 enter", "0 by 2 enter", "3 enter"]
    assert sorted(deeds(world, "leave")) == ["0 by 1 leave", "0 by 2 leave", "0 leave", "3 leave"]
    assert sorted(deeds(world)) == ["0 by 1 pick honey A-2-2", "0 pick cola A-4-6"]


def test_staff_stock_and_unstock_and_have_no_account(demo: Store, tmp_path: Path) -> None:
    anna = person("anna", act("take", sku="cola", count=2, label="taken"))
    dora = person(
        "dora",
        act("restock", sku="cola", count=2, after="taken"),
        act("take", sku="honey"),
        act("put_on", sku="honey", plate="B-4-5"),
        staff=True,
        enters_s=3,
    )
    world = lived(tmp_path, demo, anna, dora)
    assert deeds(world)[2:] == ["1 stock cola A-4-6"] * 2 + ["1 unstock honey A-2-2", "1 stock honey B-4-5"]
    assert [truth.by_staff for truth in world.truths if truth.deed == "token"] == [False, True]
    assert len(world.goods.on_plate(PlateId("A-4-6"))) == 12
    stocked = [contact.mass_g for contact in world.contacts if contact.plate_id == "A-4-6"][2:]
    assert stocked == [item.mass_g for item in world.goods.items[-2:]]


def test_what_staff_put_back_is_credited_to_who_took_it(demo: Store, tmp_path: Path) -> None:
    anna = person("anna", act("take", sku="cola"), act("drop", sku="cola", label="dropped"))
    dora = person("dora", act("pick_up", sku="cola"), act("put_back", sku="cola"), staff=True, enters_s=3)
    assert deeds(lived(tmp_path, demo, anna, dora))[2:] == ["0 by 1 pick_up cola", "0 by 1 put cola A-4-6"]


def test_a_passer_by_stays_outside_and_is_no_shopper(demo: Store, tmp_path: Path) -> None:
    pat = person("pat", act("wait", for_s=3), outside=True, enters_s=1)
    world = begun(tmp_path, demo, person("anna", act("take", sku="cola")), pat)
    seen, gate_m = 0, demo.gates[0].left_m[0]
    while not world.over:
        world.advance(world.t_s + 0.1)
        for shopper in world.shoppers:
            if shopper.outside:
                seen += 1
                assert shopper.x_m > gate_m + 1
                assert not shopper.inside
    assert seen > 50
    assert {truth.shopper for truth in world.truths} == {0}

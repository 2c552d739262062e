"""Random trade, faults and light from files: arrivals at their rate, shares as said, mistakes with their line."""

import math
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from drivers.twin.scenario import (
    DECEPTIVE,
    Business,
    Deed,
    FaultKind,
    Programme,
    Scenario,
    World,
    faults_of,
    light_of,
    read_scenario,
)
from engine.domain import Store
from tests.twin.scenario.mistakes import assert_told

TITLE = 'title = "t"\n'
TRADE = TITLE + "[trade]\narrivals_per_min = 6\nmost_at_once = 4\nfor_s = 120\n"
PICKS = TRADE + "[trade.mix]\npick = 1\n"
ANNA = '[[shopper]]\nname = "anna"\naction = []\n'


def read(folder: Path, text: str, store: Store) -> Scenario:
    return read_scenario(written(folder, text), store)


def written(folder: Path, text: str) -> Path:
    file = folder / "shop.toml"
    file.write_text(text, encoding="utf-8")
    return file


def played(folder: Path, text: str, store: Store, *, seed: int = 1) -> World:
    world = Programme(seed=seed, scenario=written(folder, text)).world(store)
    while not world.over:
        assert world.t_s < 900, world.shoppers
        world.advance(world.t_s + 1.0)
    return world


def test_shoppers_arrive_at_their_rate_and_stay_within_their_number(demo: Store, tmp_path: Path) -> None:
    came = 0
    for seed in range(4):
        world = Programme(seed=seed, scenario=written(tmp_path, PICKS + "lift = 0\n")).world(demo)
        while not world.over:
            world.advance(world.t_s + 0.5)
            assert len(world.shoppers) <= 4
        came += sum(truth.deed is Deed.TOKEN for truth in world.truths)
        assert {truth.deed for truth in world.truths} <= {Deed.TOKEN, Deed.ENTER, Deed.PICK, Deed.LEAVE}
    # 48 are to come in 8 minutes: a Poisson's 3 sigma. Who waits for room comes later, or not at all.
    assert 48 - 3 * math.sqrt(48) - 4 < came < 48 + 3 * math.sqrt(48)


def test_business_is_drawn_by_its_shares(demo: Store, tmp_path: Path) -> None:
    trade = read(tmp_path, TRADE + "[trade.mix]\npick = 0.5\nswap = 0.3\nlift = 0.2\n", demo).trade
    assert trade is not None
    assert trade.deceptive_share == pytest.approx(0.5)
    rng = np.random.default_rng(1)
    drawn = Counter(trade.draw(rng) for _ in range(4000))
    for kind, share in ((Business.PICK, 0.5), (Business.SWAP, 0.3), (Business.LIFT, 0.2)):
        assert drawn[kind] / 4000 == pytest.approx(share, abs=3 * math.sqrt(share * (1 - share) / 4000))


def test_a_swap_leaves_equal_weights_in_each_other_s_place(demo: Store, tmp_path: Path) -> None:
    world = played(tmp_path, TRADE + "business = 1\n[trade.mix]\nswap = 1\n", demo)
    astray = [
        item
        for item in world.goods.items
        if item.plate_id and demo.facing_of_plate[item.plate_id].sku_id != item.sku_id
    ]
    assert len(astray) >= 6
    for item in astray:
        planned = demo.product_by_sku[demo.facing_of_plate[item.plate_id].sku_id]  # type: ignore[index]
        assert abs(demo.product_by_sku[item.sku_id].unit_mass_g - planned.unit_mass_g) <= 10


def test_every_kind_of_business_comes_to_an_end(demo: Store, tmp_path: Path) -> None:
    shares = "".join(f"{kind} = {1 / len(Business)}\n" for kind in Business)
    world = played(tmp_path, TRADE + "business = [3, 8]\n[trade.mix]\n" + shares, demo)
    by_staff_or_at_the_gate = {Deed.STOCK, Deed.UNSTOCK, Deed.ABANDON, Deed.REST}
    assert {truth.deed for truth in world.truths} == set(Deed) - by_staff_or_at_the_gate
    for number in {truth.shopper for truth in world.truths}:
        told = [truth.deed for truth in world.truths if truth.shopper == number and truth.by is None]
        assert told[0] == Deed.TOKEN
        assert Deed.LEAVE in told


@pytest.mark.parametrize("seed", [1, 2])
def test_two_of_a_trade_reach_in_the_same_instant(demo: Store, tmp_path: Path, seed: int) -> None:
    text = TRADE + "business = [3, 4]\n[trade.mix]\nsimultaneous = 1\n"
    picks = [truth for truth in played(tmp_path, text, demo, seed=seed).truths if truth.deed is Deed.PICK]
    together = [(one, other) for one, other in pairwise(picks) if other.t_s - one.t_s < 0.05]
    assert len(together) >= 5
    assert all(one.shopper != other.shopper for one, other in together)


def test_a_crowd_finds_its_way_and_leaves(demo: Store, tmp_path: Path) -> None:
    crowd = (
        TITLE + "[trade]\narrivals_per_min = 40\nmost_at_once = 14\nfor_s = 90\nbusiness = 4\n[trade.mix]\npick = 1\n"
    )
    world = played(tmp_path, crowd, demo)
    assert sum(truth.deed is Deed.LEAVE for truth in world.truths) >= 12


def test_a_script_and_a_trade_share_a_store(demo: Store, tmp_path: Path) -> None:
    anna = '[[shopper]]\nname = "anna"\nenters_s = 20\naction = [{do = "lift", sku = "honey"}]\n'
    world = played(tmp_path, PICKS + anna, demo)
    (lifted,) = (truth for truth in world.truths if truth.deed is Deed.RETURN)
    assert lifted.sku_id == "honey"
    assert lifted.t_s > 20
    assert {truth.deed for truth in world.truths if truth.shopper == lifted.shopper} == {
        Deed.TOKEN,
        Deed.ENTER,
        Deed.RETURN,
        Deed.LEAVE,
    }
    assert sum(truth.deed is Deed.TOKEN for truth in world.truths) > 5


FAULTS = (
    TITLE
    + ANNA
    + """
[[fault]]
kind = "stuck"
plate = "A-1-1"
from_s = [5, 9]
to_s = 20
[[fault]]
kind = "swapped"
plate = "A-1-1"
other = "A-1-2"
[[fault]]
kind = "lossy"
controller = "a-low"
share = 0.25
[[fault]]
kind = "late"
camera = "face-a"
late_s = [0.1, 0.3]
"""
)


def test_faults_and_light_become_values_by_the_seed(demo: Store, tmp_path: Path) -> None:
    scenario = read(tmp_path, FAULTS + "[light]\nshift = [0.2, 0.4]\nover_s = 50\n", demo)
    stuck, swapped, lossy, late = faults_of(scenario.fault, seed=1)
    assert (stuck.kind, stuck.plate_id, stuck.to_s) == (FaultKind.STUCK, "A-1-1", 20)
    assert 5 <= stuck.from_s <= 9
    assert [stuck.acts(t_s) for t_s in (4.9, 12.0, 20.0)] == [False, True, False]
    assert (swapped.plate_id, swapped.other_plate_id, swapped.to_s) == ("A-1-1", "A-1-2", math.inf)
    assert (lossy.controller_id, lossy.lost_share) == ("a-low", 0.25)
    assert late.camera_id == "face-a"
    assert 0.1 <= late.late_s <= 0.3
    assert faults_of(scenario.fault, seed=1)[0] == stuck != faults_of(scenario.fault, seed=2)[0]
    light = light_of(scenario.light, seed=1)
    assert light == light_of(scenario.light, seed=1) != light_of(scenario.light, seed=2)
    assert [light.gain(t_s) for t_s in (0.0, 25.0, 50.0, 90.0)] == pytest.approx(
        [1, 1 + light.shift / 2, 1 + light.shift, 1 + light.shift]
    )


def test_the_documentation_s_example_runs(demo: Store, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    text = (pytestconfig.rootpath / "docs" / "conditions.md").read_text(encoding="utf-8")
    example = text.split("```toml\n")[1].split("```")[0]
    assert len(faults_of(read(tmp_path, example, demo).fault, seed=1)) == 2
    assert sum(truth.deed is Deed.LEAVE for truth in played(tmp_path, example, demo).truths) > 3
    for kind in Business:
        assert f"| `{kind}` {'* ' if kind in DECEPTIVE else ''}|" in text


def test_a_flicker_swings_about_the_light(demo: Store, tmp_path: Path) -> None:
    text = TITLE + ANNA + "[light]\nflicker_hz = 100.7\nflicker_share = 0.1\n"
    light = light_of(read(tmp_path, text, demo).light, seed=3)
    gains = [light.gain(frame / 10) for frame in range(100)]  # 10 pictures a second: the beat of 0.7 Hz shows
    assert min(gains) == pytest.approx(0.9, abs=0.002)
    assert max(gains) == pytest.approx(1.1, abs=0.002)
    assert not light.steady
    assert light_of(read(tmp_path, TITLE + ANNA, demo).light, seed=3).steady


WRONG = {
    "no rate": (
        TITLE + "[trade]\nmost_at_once = 4\nfor_s = 9\n[trade.mix]\npick = 1\n",
        2,
        "'arrivals_per_min' is miss",
    ),
    "rate 0": (PICKS.replace("= 6", "= 0"), 3, "arrivals_per_min: expected"),
    "nobody at once": (PICKS.replace("= 4", "= 0"), 4, "most_at_once: expected"),
    "for ever": (PICKS.replace("120", "1e9"), 5, "for_s = 1000000000.0 is out of range. Give a number from 1 to 3600"),
    "business": (TRADE + "business = [5, 2]\n[trade.mix]\npick = 1\n", 6, "business = .* is out of range"),
    "shares": (PICKS + "lift = 0.5\n", 6, "the shares add up to 1.5. Let the shares of all kinds add up to 1"),
    "kind": (PICKS + "steal = 0\n", 8, "there is no business 'steal'. Name one of pick"),
    "negative": (TRADE + "[trade.mix]\npick = 2\nlift = -1\n", 7, "pick = 2.0 is out of range"),
    "trade key": (TRADE + "foo = 1\n[trade.mix]\npick = 1\n", 6, "there is no key 'foo' here"),
    "fault kind": (TITLE + ANNA + '[[fault]]\nkind = "sad"\n', 6, "kind: invalid value 'sad'"),
    "no target": (TITLE + ANNA + '[[fault]]\nkind = "stuck"\n', 5, "'plate' is missing"),
    "no device": (TITLE + ANNA + '[[fault]]\nkind = "offline"\n', 5, "nowhere. Give either controller or camera"),
    "both": (
        TITLE + ANNA + '[[fault]]\nkind = "late"\nlate_s = 1\ncamera = "face-a"\ncontroller = "a-low"\n',
        5,
        "nowh",
    ),
    "camera": (
        TITLE + ANNA + '[[fault]]\nkind = "offline"\ncamera = "c"\n',
        7,
        "no camera 'c'. Name one of ceiling-sw",
    ),
    "plate": (
        TITLE + ANNA + '[[fault]]\nkind = "dead"\nplate = "Z"\n',
        7,
        "no plate 'Z'. Name one from A-1-1 to B-5-6",
    ),
    "itself": (TITLE + ANNA + '[[fault]]\nkind = "swapped"\nplate = "A-1-1"\nother = "A-1-1"\n', 8, "Name two plates"),
    "share": (TITLE + ANNA + '[[fault]]\nkind = "lossy"\ncamera = "face-a"\nshare = 1.5\n', 8, "share: expected"),
    "ends": (FAULTS.replace("to_s = 20", "to_s = 7"), 10, "may come before from_s"),
    "flicker": (TITLE + ANNA + "[light]\nflicker_hz = 100\n", 5, "Give both flicker_hz and flicker_share"),
    "dark": (TITLE + ANNA + "[light]\nshift = -1\n", 6, "shift = -1.0 is out of range. Give a number from -0.95 to 4"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_told_with_file_line_and_remedy(demo: Store, tmp_path: Path, name: str) -> None:
    text, line, words = WRONG[name]
    assert_told(written(tmp_path, text), demo, line=line, words=words)

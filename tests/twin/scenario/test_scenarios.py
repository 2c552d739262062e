"""Scenario files: the recipes that ship, worlds that follow their file, and mistakes told with line and remedy."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.twin.scenario import Deed, Programme, ScenarioError, Truth, World, line_of, read_scenario, rehearse
from engine.domain import Store
from tests.twin.scenario.mistakes import assert_told

SEEDS = (1, 2, 3)
RECIPES = Path("resources/scenarios/recipes")
# What each recipe says it does: the shoppers' deeds between entering and leaving, in each one's order.
DEEDS = {
    "single-pick": {"anna": ["pick cola"]},
    "several-items": {
        "anna": [*["pick chickpeas"] * 3, "touch B-3-1", "pick spaghetti", "pick soy-sauce", "pick soy-sauce"]
    },
    "put-back": {"anna": ["return honey", "pick trail-mix", "pick lemonade", "put trail-mix"]},
    "misplaced-item": {
        "anna": ["pick iced-coffee", "pick pesto-verde", "put iced-coffee"],
        "ben": ["pick iced-coffee"],
    },
    "hold-long-then-leave": {"anna": ["pick dark-chocolate"]},
    "two-at-one-shelf": {"anna": ["pick muesli-crunch"], "ben": ["pick chickpeas"]},
}
ANNA = 'title = "t"\n\n[[shopper]]\nname = "anna"\n'
STATE_IN_A_PROCESS = """
import sys
from pathlib import Path
from drivers.twin.scenario import Programme
from engine.store import open_store
programme = Programme(seed=5, scenario=Path("resources/scenarios/recipes/several-items.toml"))
world = programme.world(open_store(Path("resources/stores/demo")).store)
world.advance(40.0)
sys.stdout.write(repr((world.truths, world.contacts, world.shoppers, world.goods.items)))
"""


def state(world: World) -> str:
    return repr((world.truths, world.contacts, world.shoppers, world.goods.items))


def told(truth: Truth) -> str:
    return f"{truth.deed} {truth.sku_id or truth.plate_id or ''}".strip()


def of(truths: list[Truth], number: int) -> list[Truth]:
    return [truth for truth in truths if truth.shopper == number]


def action(**keys: object) -> str:
    return "\n[[shopper.action]]\n" + "".join(f"{key} = {value!r}\n" for key, value in keys.items())


def written(folder: Path, text: str) -> Path:
    file = folder / "shop.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def recipes(pytestconfig: pytest.Config) -> Path:
    return pytestconfig.rootpath / RECIPES


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", DEEDS)
def test_a_recipe_ends_with_exactly_the_deeds_it_tells(demo: Store, recipes: Path, name: str, seed: int) -> None:
    rehearsal = rehearse(recipes / f"{name}.toml", demo, seed=seed)
    assert rehearsal.world.over
    assert sorted(rehearsal.names) == sorted(DEEDS[name])
    for number, shopper in enumerate(rehearsal.names):
        deeds = [told(truth) for truth in of(rehearsal.world.truths, number)]
        assert deeds == ["token", "enter", *DEEDS[name][shopper], "leave"]


@pytest.mark.parametrize("name", DEEDS)
def test_plates_end_with_the_mass_of_what_stands_on_them(demo: Store, recipes: Path, name: str) -> None:
    at_first = Programme(seed=4, scenario=recipes / f"{name}.toml").world(demo)
    world = rehearse(recipes / f"{name}.toml", demo, seed=4).world
    for plate in demo.plates:
        stood_g, stands_g = (
            sum(item.mass_g for item in each.goods.items if item.plate_id == plate.plate_id)
            for each in (at_first, world)
        )
        moved_g = sum(contact.mass_g for contact in world.contacts if contact.plate_id == plate.plate_id)
        assert stands_g - stood_g == pytest.approx(moved_g, abs=1e-6)


def test_what_is_lifted_stands_again_where_it_stood_and_was_felt_twice(demo: Store, recipes: Path) -> None:
    file = recipes / "put-back.toml"
    stood = Programme(seed=1, scenario=file).world(demo).goods.on_plate(demo.facings[5].plate_ids[0])
    world = rehearse(file, demo, seed=1).world
    (returned,) = (truth for truth in world.truths if truth.deed is Deed.RETURN)
    assert returned.plate_id == demo.facings[5].plate_ids[0] == "A-2-2"
    assert world.goods.on_plate(returned.plate_id) == stood
    up, down = (contact for contact in world.contacts if contact.plate_id == returned.plate_id)
    assert up.mass_g == -down.mass_g < 0
    assert 0.5 <= down.t_s - up.t_s <= 1.5
    assert down.t_s == pytest.approx(returned.t_s, abs=0.02)


def test_a_misplaced_item_is_taken_from_where_it_was_put(demo: Store, recipes: Path) -> None:
    world = rehearse(recipes / "misplaced-item.toml", demo, seed=1).world
    put, found = (truth for truth in world.truths if truth.plate_id == "B-4-5" and truth.sku_id == "iced-coffee")
    assert (put.deed, put.shopper, found.deed, found.shopper) == (Deed.PUT, 0, Deed.PICK, 1)
    assert {item.sku_id for item in world.goods.on_plate(demo.plates[-1].plate_id)} == {"washing-soap"}


def test_hands_take_turns_and_a_held_item_stays_up(demo: Store, recipes: Path) -> None:
    world, sides = Programme(seed=1, scenario=recipes / "several-items.toml").world(demo), []
    while not world.over and len(world.contacts) < 5:
        world.advance(world.t_s + 0.1)
        sides += [reach.side for each in world.shoppers for reach in each.reaches(world.t_s) if reach.extent > 0.99]
    assert re.fullmatch(r"r+l+r+l*", "".join(side[0] for side in sides))
    world = Programme(seed=1, scenario=recipes / "hold-long-then-leave.toml").world(demo)
    world.advance(14.0)
    for _ in range(50):
        world.advance(world.t_s + 0.2)
        (anna,) = world.shoppers
        assert (anna.left.item is not None, anna.right.item) == (True, None)


def test_actions_keep_to_their_times_and_ranges(demo: Store, tmp_path: Path) -> None:
    text = ANNA + "enters_s = [2, 6]\n" + action(do="take", sku="cola", at_s=[20, 30]) + action(do="wait", for_s=[3, 9])
    file = written(tmp_path, text)
    came_s, took_s, waited_s = set(), set(), set()
    for seed in range(8):
        truths = rehearse(file, demo, seed=seed).world.truths
        token, _, took, left = (truth.t_s for truth in truths)
        assert 2 <= token <= 8
        assert 20 <= took <= 36
        assert 3 <= left - took <= 16
        came_s.add(token)
        took_s.add(took)
        waited_s.add(left - took)
    assert min(len(came_s), len(took_s), len(waited_s)) > 5


def test_one_seed_is_one_world_and_another_seed_another(demo: Store, recipes: Path) -> None:
    worlds = [rehearse(recipes / "several-items.toml", demo, seed=seed).world for seed in (7, 7, 8)]
    assert state(worlds[0]) == state(worlds[1]) != state(worlds[2])


def test_a_world_from_a_file_is_the_same_in_other_processes(demo: Store, pytestconfig: pytest.Config) -> None:
    file = pytestconfig.rootpath / RECIPES / "several-items.toml"
    world = Programme(seed=5, scenario=file).world(demo)
    for step in range(1, 41):
        world.advance(float(step))
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


WRONG = {
    "no TOML": (ANNA + "\nname = \n", 6, "Mend the syntax"),
    "cut off": (ANNA + "action = [", 5, "Mend the syntax"),
    "no title": ('[[shopper]]\nname = "anna"\naction = []\n', 1, "'title' is missing"),
    "nobody": ('title = "t"\nshopper = []\n', 1, r"Add a \[\[shopper\]\]"),
    "no actions": (ANNA, 3, "'action' is missing. Add it"),
    "unknown verb": (ANNA + action(do="steal"), 7, "do: invalid value 'steal'"),
    "no verb": (ANNA + action(sku="cola"), 6, "'do' is missing"),
    "typo": (ANNA + action(do="take", sku="cola", cuont=2), 9, "no key 'cuont' here. Remove it"),
    "missing key": (ANNA + action(do="walk", gondola="A") + action(do="take", count=2), 10, "'sku' is missing"),
    "wrong type": (ANNA + action(do="take", count="2", sku="cola"), 8, "count: expected `int`"),
    "wrong hand": (ANNA + action(do="touch", plate="A-1-1", hand="both"), 9, "hand: invalid enum value 'both'"),
    "one end": (ANNA + action(do="wait", for_s=[1]), 8, "for_s: expected `array` of length 2"),
    "ends swapped": (ANNA + action(do="wait", for_s=[4, 1]), 8, r"no length of time. Give seconds"),
    "negative": (ANNA + "enters_s = -1\naction = []\n", 5, "no length of time. Give seconds"),
    "no such SKU": (ANNA + action(do="take", sku="caviar"), 8, "no facing holds 'caviar'. Name a sku_id"),
    "no such plate": (ANNA + action(do="touch", plate="Z-1-1"), 8, "no plate 'Z-1-1'. .* from A-1-1 to B-5-6"),
    "no such gondola": (ANNA + action(do="walk", gondola="Z"), 8, "no gondola 'Z'. Name one of A, B"),
    "walk nowhere": (ANNA + action(do="walk"), 6, "Give either gondola or plate"),
    "not there": (ANNA + action(do="take", sku="cola", plate="A-1-1"), 9, "does not stand on A-1-1"),
    "not in hand": (ANNA + action(do="take", sku="cola") + action(do="put_back", sku="honey"), 10, "has no 'honey'"),
    "put twice": (ANNA + action(do="take", sku="cola") + action(do="put_back", sku="cola") * 2, 14, "has no 'cola'"),
    "too many": (ANNA + action(do="take", sku="cola", count=13), 6, "takes 13 of 'cola'.* The store has 12"),
    "none": (ANNA + action(do="take", count=0, sku="cola"), 8, "Take at least one"),
    "after leaving": (ANNA + action(do="leave") + action(do="wait", for_s=1), 9, "Make leave the last action"),
    "same name": (ANNA + "action = []\n" + ANNA[11:] + "action = []\n", 9, "'anna' has come before"),
    "inline": (ANNA + 'action = [\n  {do = "wait", for_s = 1},\n  {do = "wait"},\n]\n', 7, "'for_s' is missing"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_told_with_file_line_and_remedy(demo: Store, tmp_path: Path, name: str) -> None:
    text, line, words = WRONG[name]
    assert_told(written(tmp_path, text), demo, line=line, words=words)


def test_a_file_of_other_bytes_is_told_with_its_line(demo: Store, tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    file.write_bytes(b'title = "t"\n# caf\xe9\n')
    with pytest.raises(ScenarioError, match=r":2: this is not UTF-8.*Save the file as UTF-8"):
        read_scenario(file, demo)


def test_who_would_wait_for_ever_is_told(demo: Store, tmp_path: Path) -> None:
    wait = ANNA + action(do="take", sku="cola", plate="A-4-5") + action(do="take", sku="cola")
    file = written(tmp_path, wait + action(do="put_on", sku="cola", plate="A-4-5"))
    with pytest.raises(ScenarioError, match=r":6: anna waits here for ever.*Let what is waited for happen before"):
        rehearse(file, demo, seed=1)


def test_a_line_is_found_whatever_way_the_file_is_written() -> None:
    text = '# [[shopper]]\r\ntitle = """\r\n[[shopper]]\r\n"""\r\n\r\n["shopper"."x"]\r\n"a b".c = [\r\n 1,\r\n]\r\n'
    assert line_of(text, ("title",)) == 2
    assert line_of(text, ("shopper", "x")) == 6
    assert line_of(text, ("shopper", "x", "a b", "c")) == 7
    assert line_of(text, ("shopper", "x", "a b", "c", 0)) == 8
    assert line_of(text, ("shopper", "x", "missing")) == 6
    assert line_of(text, ("missing",)) == 1


def examples(text: str) -> Iterator[str]:
    return (match[1] for match in re.finditer(r"```toml\n(.*?)```", text, re.DOTALL))


def test_the_documentation_s_example_runs(demo: Store, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    first, second = examples((pytestconfig.rootpath / "docs" / "scenarios.md").read_text(encoding="utf-8"))
    world = rehearse(written(tmp_path, first), demo, seed=1).world
    assert [told(truth) for truth in of(world.truths, 1)][2:-1] == ["touch B-3-1", "pick iced-coffee"]
    rehearsal = rehearse(written(tmp_path, second), demo, seed=1)
    truths = [truth for truth in rehearsal.world.truths if truth.deed not in ("token", "enter", "leave")]
    assert rehearsal.names == ("mia", "tom", "kim", "sam")
    done = Counter((rehearsal.names[truth.shopper], truth.deed.value, truth.by) for truth in truths)
    assert done == {
        ("mia", "pick", None): 3,
        ("mia", "pick", 1): 1,
        ("mia", "hand_over", None): 1,
        ("mia", "drop", 1): 1,
        ("mia", "abandon", None): 1,
        ("mia", "pick_up", 3): 1,
        ("mia", "put", 3): 1,
        ("sam", "stock", None): 4,
        ("sam", "unstock", None): 2,
        ("sam", "lean", None): 1,
        ("sam", "rest", None): 1,
    }


def run_twin(root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "drivers.twin", "resources/stores/demo", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def test_the_twin_rehearses_and_refuses_in_words(pytestconfig: pytest.Config, tmp_path: Path) -> None:
    root = pytestconfig.rootpath
    good = run_twin(root, "--scenario", str(RECIPES / "single-pick.toml"))
    assert (good.returncode, good.stderr) == (0, "")
    assert "anna pick cola A-4-6\n" in good.stdout
    bad = run_twin(root, "--scenario", str(written(tmp_path, ANNA)))
    assert (bad.returncode, bad.stdout) == (2, "")
    assert bad.stderr.startswith(f"tillfree: {tmp_path / 'shop.toml'}:3: ")
    nowhere = subprocess.run(
        [sys.executable, "-m", "drivers.twin", str(tmp_path / "none"), "--scenario", "any.toml"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (nowhere.returncode, nowhere.stdout) == (2, "")
    assert "there is no such folder" in nowhere.stderr
    both = run_twin(root, "--scenario", str(RECIPES / "single-pick.toml"), "--seconds", "9")
    assert both.returncode == 2
    assert "drop --shoppers and --seconds" in both.stderr

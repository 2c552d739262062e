"""Mistakes in who comes, who waits for whom and who has what: told with file, line and remedy."""

import re
from pathlib import Path

import pytest

from drivers.twin.scenario import ScenarioError, rehearse
from engine.domain import Store
from tests.twin.scenario.mistakes import assert_told

ANNA = 'title = "t"\n\n[[shopper]]\nname = "anna"\n'  # 4 lines
BEN = '\n[[shopper]]\nname = "ben"\n'  # 3 lines


def action(**keys: object) -> str:
    """2 lines and one for each key."""
    names = {"with_": "with"}
    lines = [f"{names.get(key, key)} = {str(v).lower() if isinstance(v, bool) else repr(v)}" for key, v in keys.items()]
    return "\n".join(["\n[[shopper.action]]", *lines]) + "\n"


TAKE = action(do="take", sku="cola")  # 4 lines
PUT = action(do="put_back", sku="cola")
NOTHING = "action = []\n"

WRONG = {
    "no such body": (ANNA + 'body = "giant"\n' + NOTHING, 5, "no body 'giant'. Name one of 01-tall-blue, 02-"),
    "party of one": (ANNA + 'party = "smith"\n' + TAKE, 5, "anna is the only one of the party 'smith'. Give somebody"),
    "party of strangers": (
        ANNA + 'party = "smith"\n' + TAKE + BEN + 'party = "smith"\nenters_s = 9\n' + TAKE,
        14,
        "ben comes when the party 'smith' does. Leave enters_s to the party's first",
    ),
    "staff in a party": (
        ANNA + 'party = "smith"\n' + TAKE + BEN + 'party = "smith"\nstaff = true\n' + TAKE,
        13,
        "ben is staff and cannot be party as well. Drop staff or party",
    ),
    "staff outside": (ANNA + "staff = true\noutside = true\n" + NOTHING, 6, "Drop staff or outside"),
    "a party outside": (
        ANNA + 'party = "smith"\n' + TAKE + BEN + 'party = "smith"\noutside = true\n' + NOTHING,
        13,
        "comes in with no party. Drop outside or party",
    ),
    "a passer-by who takes": (ANNA + "outside = true\n" + TAKE, 7, "anna is outside and does nothing in the store"),
    "a shopper who restocks": (ANNA + action(do="restock", sku="cola"), 6, "no stockroom. Add staff = true"),
    "nothing restocked": (
        ANNA + "staff = true\n" + action(do="restock", sku="cola", count=0),
        10,
        "Bring at least one",
    ),
    "same label": (
        ANNA + action(do="wait", for_s=1, label="x") * 2,
        14,
        "'x' has been given before. Give every action",
    ),
    "unknown label": (
        ANNA + action(do="wait", for_s=1, label="x") + action(do="wait", for_s=1, after="y"),
        14,
        "no action has the label 'y'. Give that action the label, or name one of those there are: x",
    ),
    "no labels": (ANNA + action(do="wait", for_s=1, after="y"), 9, "those there are: none so far"),
    "after itself": (
        ANNA + action(do="wait", for_s=1, after="x", label="x"),
        9,
        "what comes only after this. Let after",
    ),
    "after what comes later": (
        ANNA + action(do="wait", for_s=1, after="x") + action(do="wait", for_s=1, label="x"),
        9,
        "anna waits here for what comes only after this. Let after name something that can be done before",
    ),
    "a circle of two": (
        ANNA
        + action(do="wait", for_s=1, after="b", label="a")
        + BEN
        + action(do="wait", for_s=1, after="a", label="b"),
        9,
        "waits here for what comes only after this",
    ),
    "together in two orders": (
        ANNA
        + action(do="touch", plate="A-1-1", label="a")
        + action(do="touch", plate="A-1-2", with_="b")
        + BEN
        + action(do="touch", plate="A-1-4", label="b")
        + action(do="touch", plate="A-1-3", with_="a"),
        14,
        "anna waits here for what comes only after this. Let with name",
    ),
    "together with oneself": (
        ANNA + action(do="touch", plate="A-1-1", label="a") + action(do="touch", plate="A-1-2", with_="a"),
        14,
        "together with themself. Name an action of another",
    ),
    "together with a wait": (
        ANNA + action(do="wait", for_s=1, label="a") + BEN + action(do="touch", plate="A-1-1", with_="a"),
        17,
        "reaches to no plate. Name an action at a plate",
    ),
    "together in a chain": (
        ANNA
        + action(do="touch", plate="A-1-1", label="a")
        + BEN
        + action(do="touch", plate="A-1-2", with_="a", label="b")
        + BEN.replace("ben", "cleo")
        + action(do="touch", plate="A-1-3", with_="b"),
        26,
        "Name 'a' here as well: all who reach together name one label",
    ),
    "with a wait": (ANNA + action(do="wait", for_s=1, with_="x"), 9, "no key 'with' here"),
    "hand over to nobody": (ANNA + TAKE + action(do="hand_over", sku="cola", to="bob"), 13, "no shopper 'bob'.* add a"),
    "hand over to oneself": (
        ANNA + TAKE + action(do="hand_over", sku="cola", to="anna") + BEN + NOTHING,
        13,
        "to themself. Name one of ben",
    ),
    "hand over through the glass": (
        ANNA + TAKE + action(do="hand_over", sku="cola", to="ben") + BEN + "outside = true\n" + NOTHING,
        13,
        "ben is outside",
    ),
    "drop of nothing": (ANNA + action(do="drop", sku="cola"), 6, "has no 'cola' here. Take it first, or let somebody"),
    "given twice": (
        ANNA
        + TAKE
        + action(do="hand_over", sku="cola", to="ben")
        + action(do="leave_at_gate", sku="cola")
        + BEN
        + NOTHING,
        15,
        "anna has no 'cola' here",
    ),
    "put more than was handed over": (
        ANNA + TAKE + action(do="hand_over", sku="cola", to="ben") + BEN + PUT * 2,
        22,
        "ben has no 'cola' here",
    ),
    "nothing on the floor": (
        ANNA + action(do="pick_up", sku="cola"),
        8,
        "nobody leaves 'cola' on the floor. Let somebody",
    ),
    "swapped with itself": (ANNA + action(do="swap", sku="cola", other="cola"), 9, "with itself. Name two SKUs"),
    "no such other": (ANNA + action(do="swap", sku="cola", other="caviar"), 9, "no facing holds 'caviar'"),
    "at once with one hand": (ANNA + action(do="take", sku="cola", count=2, at_once=True), 10, 'Give hand = "both"'),
    "stand nowhere": (ANNA + action(do="touch", plate="A-1-1", stand="Z"), 9, "no plate 'Z'"),
    "stand too far": (
        ANNA + action(do="touch", plate="A-1-1", stand="A-1-5"),
        9,
        "before A-1-5 reaches to A-1-1. Stand at",
    ),
    "stand at another gondola": (ANNA + action(do="take", sku="cola", stand="B-1-1"), 9, "reaches to A-4-6"),
    "lean on nothing": (ANNA + action(do="lean", plate="Z-1-1", for_s=2), 8, "no plate 'Z-1-1'"),
}


def written(folder: Path, text: str) -> Path:
    file = folder / "shop.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_told_with_file_line_and_remedy(demo: Store, tmp_path: Path, name: str) -> None:
    text, line, words = WRONG[name]
    assert_told(written(tmp_path, text), demo, line=line, words=words)


STANDSTILLS = {
    "handed over to who has left": (
        ANNA
        + TAKE
        + action(do="hand_over", sku="cola", to="ben", after="gone")
        + BEN
        + action(do="leave", label="gone"),
        10,
        "anna waits here for ever: ben is not in the store",
    ),
    "picked up before it is dropped": (
        ANNA
        + action(do="pick_up", sku="cola", label="got")
        + BEN
        + TAKE
        + action(do="wait", for_s=1, after="got")
        + action(do="drop", sku="cola"),
        6,
        "anna waits here for ever: the goods do not come",
    ),
    "restocked where there is no room": (
        ANNA + "staff = true\n" + action(do="restock", sku="cola", count=99),
        7,
        "anna waits here for ever: the goods do not come, or the place stays taken. Let what is waited",
    ),
}


@pytest.mark.parametrize("name", STANDSTILLS)
def test_who_would_wait_for_ever_is_told_with_what_keeps_them(demo: Store, tmp_path: Path, name: str) -> None:
    text, line, words = STANDSTILLS[name]
    file = written(tmp_path, text)
    with pytest.raises(ScenarioError, match=re.escape(words)) as error:
        rehearse(file, demo, seed=1)
    assert str(error.value).startswith(f"{file}:{line}: ")

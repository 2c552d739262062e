"""Scenario files as tests write them, and what a world that lived through one says."""

import json
from pathlib import Path

from drivers.twin.scenario import Programme, Shopper, Truth, World, rehearse
from engine.domain import Store

Keys = dict[str, object]


def act(do: str, **keys: object) -> Keys:
    """An action; ``with_`` becomes ``with``."""
    return {"do": do, **{key.rstrip("_"): value for key, value in keys.items()}}


def person(name: str, *actions: Keys, **keys: object) -> str:
    """A ``[[shopper]]``, a line for each key and action."""
    lines = [f"{key} = {_toml(value)}" for key, value in {"name": name, **keys}.items()]
    return "\n".join(["[[shopper]]", *lines, "action = [", *(f"  {_toml(each)}," for each in actions), "]\n"])


def written(folder: Path, *people: str) -> Path:
    """A file of these people: the first one's ``[[shopper]]`` is on line 2."""
    file = folder / "shop.toml"
    file.write_text('title = "t"\n' + "".join(people), encoding="utf-8")
    return file


def lived(folder: Path, store: Store, *people: str, seed: int = 1) -> World:
    """The world after all of it."""
    return rehearse(written(folder, *people), store, seed=seed).world


def begun(folder: Path, store: Store, *people: str, seed: int = 1) -> World:
    """The world before any of it."""
    return Programme(seed=seed, scenario=written(folder, *people)).world(store)


def deeds(world: World, *kinds: str) -> list[str]:
    """What was done, in order: who pays, by whom, what and where; of these kinds, else of all but coming and going."""
    return [
        _told(truth)
        for truth in world.truths
        if (truth.deed in kinds if kinds else truth.deed not in ("token", "enter", "leave"))
    ]


def the(world: World, number: int) -> Shopper:
    """The shopper with that number."""
    return next(shopper for shopper in world.shoppers if shopper.number == number)


def _told(truth: Truth) -> str:
    by = "" if truth.by is None else f"by {truth.by}"
    to = "" if truth.to is None else f"to {truth.to}"
    parts = (str(truth.shopper), by, truth.deed, truth.sku_id, truth.plate_id, to)
    return " ".join(part for part in parts if part)


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + "}"
    return json.dumps(value)

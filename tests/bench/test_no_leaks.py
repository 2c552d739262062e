"""The engine under test knows nothing of the twin, and nothing that reaches it says what is true."""

import ast
import subprocess
import sys
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec
import pytest

from drivers.twin.devices import TruthRecord
from drivers.twin.render import load_bodies
from engine.bench import paced
from engine.bench.scoring import Trial
from engine.bench.staging import Level, stage_demo_store
from engine.bench.trial import TrialPlan, play
from engine.domain import EntryAuthorised, InputFact, OutputFact
from engine.runtime.paced import DoorsSaid, Stimulus, write_message
from engine.store import open_store

ROOT = Path(__file__).resolve().parents[2]
# What only truth can say: who it was, and what it was. What an engine concludes may of course name a product.
OF_TRUTH = {field.name for field in msgspec.structs.fields(TruthRecord)} - {"t_ns", "plate_id"}


def _members(union: object) -> list[type[msgspec.Struct]]:
    return list(typing.get_args(union))


BY_SENSORS = [
    kind for kind in _members(InputFact) + _members(Stimulus) if kind.__name__ not in ("CommandGiven", "Commanded")
]

WITHOUT_THE_TWIN = """
import importlib, sys
sys.modules["drivers.twin"] = None  # importing it raises ImportError
for name in sys.argv[1:]:
    importlib.import_module(name)
print(*sorted(sys.modules))
"""


def outside_the_bench() -> list[Path]:
    """The engine's files but the bench's."""
    return [path for path in (ROOT / "engine").rglob("*.py") if not path.is_relative_to(ROOT / "engine" / "bench")]


def test_all_of_the_engine_but_the_bench_runs_where_there_is_no_twin() -> None:
    relative = [path.relative_to(ROOT).with_suffix("") for path in outside_the_bench() if path.stem != "__main__"]
    names = [".".join(path.parts).removesuffix(".__init__") for path in relative]
    program = [sys.executable, "-c", WITHOUT_THE_TWIN, *names]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert {"engine.app", "engine.cli", "engine.core", "engine.runtime.paced"} <= set(done.stdout.split())


def test_no_line_outside_the_bench_imports_a_driver_and_only_the_verbs_import_the_bench() -> None:
    importing = {
        (path.relative_to(ROOT).parts[1], name)
        for path in outside_the_bench()
        for name in _imported(path)
        if name.split(".")[0] == "drivers" or name.startswith("engine.bench")
    }
    assert {name for _, name in importing if name.startswith("drivers")} == set()
    assert {package for package, _ in importing} == {"cli"}


@pytest.mark.parametrize("kind", BY_SENSORS, ids=lambda kind: str(kind.__name__))
def test_nothing_that_a_sensor_says_has_a_field_for_truth(kind: type[msgspec.Struct]) -> None:
    assert not OF_TRUTH & set(_field_names(kind))


def test_a_persons_decision_is_the_one_thing_told_that_names_a_product() -> None:
    named = {kind.__name__ for kind in _members(InputFact) + _members(Stimulus) if OF_TRUTH & set(_field_names(kind))}
    assert named == {"CommandGiven", "Commanded"}


@pytest.mark.parametrize("kind", _members(OutputFact), ids=lambda kind: str(kind.__name__))
def test_no_conclusion_speaks_of_the_worlds_shoppers_and_deeds(kind: type[msgspec.Struct]) -> None:
    assert not {"shopper", "deed"} & set(_field_names(kind))


SCENARIO = """
title = "the title of the scenario"

[[shopper]]
name = "annabella"

[[shopper.action]]
do = "take"
sku = "iced-coffee"

[[shopper]]
name = "zacharias"
enters_s = 3

[[shopper.action]]
do = "touch"
plate = "B-3-1"
"""


@dataclass(frozen=True)
class Overheard:
    """A trial, and every byte that the engine was sent in it."""

    trial: Trial
    sent: bytes
    visits: set[str]


def overhear(scenario: Path, *, seed: int, monkeypatch: pytest.MonkeyPatch) -> Overheard:
    """Play a trial against an engine in a process of its own, and keep what goes down the pipe."""
    sent: list[bytes] = []

    def tapped(stream: IO[bytes], message: bytes) -> None:
        sent.append(message)
        write_message(stream, message)

    folder = stage_demo_store(scenario.parent / f"store-{seed}", level=Level.SIGNAL, review_deadline_s=5.0)
    monkeypatch.setattr(paced, "write_message", tapped)
    with paced.PacedProcess(folder) as engine:
        trial = play(TrialPlan(scenario=scenario, seed=seed), engine, folder, load_bodies())
    told = [stimulus for message in sent for stimulus in msgspec.msgpack.decode(message, type=list[Stimulus])]
    entries = [stimulus.fact for stimulus in told if isinstance(stimulus, DoorsSaid)]
    visits = {fact.visit_id for fact in entries if isinstance(fact, EntryAuthorised)}
    return Overheard(trial, b"".join(sent), set(visits))


def test_no_byte_of_a_trial_tells_the_engine_who_it_is_and_what_they_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = tmp_path / "the-name-of-the-file.toml"
    scenario.write_text(SCENARIO)
    one, other = (overhear(scenario, seed=seed, monkeypatch=monkeypatch) for seed in (1, 2))
    assert [record.deed for record in one.trial.truth].count("pick") == 1
    products = {product.sku_id for product in open_store(tmp_path / "store-1").store.products}
    written = {"the title", "the-name", "annabella", "zacharias", "deed", "shopper", "sku_id"}
    assert [word for word in sorted(written | products) if word.encode() in one.sent] == []
    assert b"a-low" in one.sent  # what the engine is told can be read
    # The codes of visits are drawn by each trial: they are nobody's number in the world.
    assert len(one.visits) == len(other.visits) == 2
    assert not one.visits & other.visits


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _field_names(kind: object) -> Iterator[str]:
    """The names of all fields of a type, and of all that they hold."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        for field in msgspec.structs.fields(kind):
            yield field.name
            yield from _field_names(field.type)
    for part in typing.get_args(kind):
        yield from _field_names(part)

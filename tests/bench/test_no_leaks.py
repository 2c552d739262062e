"""The engine under test knows nothing of the twin, and nothing that reaches it says what is true."""

import ast
import subprocess
import sys
import typing
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from drivers.twin.devices import TruthRecord
from engine.domain import InputFact, OutputFact
from engine.runtime.paced import Stimulus

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
    loaded = set(done.stdout.split())
    assert {"engine.app", "engine.cli", "engine.core", "engine.runtime.paced"} <= loaded
    assert not {name for name in loaded if name.startswith(("drivers.twin.", "engine.bench"))}


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

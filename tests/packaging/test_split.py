"""Each installation runs with its own extras only: an import of what it lacks fails here as it would there."""

import subprocess
import sys
from pathlib import Path

import pytest

QT = ("PySide6", "shiboken6", "pyqtgraph")
ENGINE_ONLY = ("cv2", "numba", "onnxruntime", "psutil", "pymodbus", "simplejpeg")
DEMO_ONLY = ("onnx",)
DEV_ONLY = ("av", "hypothesis", "pytest")

WITHOUT = "import sys; sys.modules.update(dict.fromkeys({absent!r}))\n"  # None: importing it raises ImportError
IMPORT_ALL = """
import importlib, pkgutil
def fail(name): raise
for top in {tops!r}:
    for module in pkgutil.walk_packages(importlib.import_module(top).__path__, top + ".", onerror=fail):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
print(*sorted(name for name in sys.modules if sys.modules[name] is not None))
"""
SHOW_HELP = """
from engine.cli import main
sys.argv = ["tillfree", *{arguments!r}, "--help"]
main()
"""


def run(root: Path, script: str, absent: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """Run a script in a new interpreter in which the absent packages cannot be imported."""
    program = [sys.executable, "-c", WITHOUT.format(absent=absent) + script]
    return subprocess.run(program, cwd=root, capture_output=True, text=True, timeout=120, check=False)


def test_the_console_loads_no_engine_machinery(root: Path) -> None:
    done = run(root, IMPORT_ALL.format(tops=["console"]), ENGINE_ONLY + DEMO_ONLY + DEV_ONLY)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert {"console.model", "console.qt", "PySide6", "engine.wire", "zmq"} <= loaded  # it did import the console
    assert not {"engine.runtime", "engine.core", "engine.vision", "drivers"} & loaded


def test_the_engine_and_the_drivers_load_no_qt(root: Path) -> None:
    done = run(root, IMPORT_ALL.format(tops=["engine", "drivers", "resources"]), QT + DEV_ONLY)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert {"engine.runtime", "engine.vision", "drivers.twin", "onnxruntime", "cv2"} <= loaded
    assert "console" not in loaded


@pytest.mark.parametrize(
    ("verb", "absent"),
    [
        ("console", ENGINE_ONLY + DEMO_ONLY + DEV_ONLY),
        ("engine", QT + DEMO_ONLY + DEV_ONLY),
        ("replay", QT + DEMO_ONLY + DEV_ONLY),
    ],
)
def test_a_verb_starts_with_its_extras_only(root: Path, verb: str, absent: tuple[str, ...]) -> None:
    done = run(root, SHOW_HELP.format(arguments=[verb]), absent)
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout

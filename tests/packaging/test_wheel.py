"""The wheel holds what it must, and runs where only it and its dependencies are."""

import subprocess
import tomllib
import zipfile
from email.parser import Parser
from importlib import metadata
from pathlib import Path

from .conftest import Installed

LOAD_DRIVERS = """
from importlib.metadata import entry_points
for entry in sorted(entry_points(group="tillfree.drivers"), key=lambda entry: entry.name):
    assert callable(entry.load()), entry
    print(entry.name)
"""


def names(wheel: Path) -> set[str]:
    """Return the paths inside a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def requirements(wheel: Path) -> list[str]:
    """Return the `Requires-Dist` lines of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        (path,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(path).decode()).get_all("Requires-Dist", [])


def test_holds_the_four_packages_and_nothing_else(installed: Installed) -> None:
    tops = {name.split("/")[0] for name in names(installed.wheel)}
    version = metadata.version("tillfree")
    assert tops == {"engine", "console", "drivers", "resources", f"tillfree-{version}.dist-info"}


def test_holds_every_resource_and_the_licence(installed: Installed, root: Path) -> None:
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "resources"]
    listed = subprocess.run(listing, cwd=root, capture_output=True, text=True, check=True).stdout.split("\n")
    data = {name for name in listed if name and not name.endswith(".py") and (root / name).exists()}
    inside = names(installed.wheel)
    assert any(name.endswith(".onnx") for name in data)
    assert data <= inside
    assert any(name.endswith("licenses/LICENSE") for name in inside)


def test_version_is_the_distributions(installed: Installed) -> None:
    shown = installed.run("tillfree", "--version")
    assert shown.returncode == 0, shown.stderr
    assert metadata.version("tillfree") in shown.stdout


def test_help_names_every_verb(installed: Installed) -> None:
    shown = installed.run("tillfree", "--help")
    assert shown.returncode == 0, shown.stderr
    for verb in ("demo", "engine", "check", "console", "twin", "replay", "bench", "models", "ledger"):
        assert f" {verb} " in shown.stdout, verb


def test_runs_from_the_wheel_not_from_the_checkout(installed: Installed) -> None:
    shown = installed.run("python", "-c", "import engine, resources; print(engine.__file__, resources.__file__)")
    assert shown.returncode == 0, shown.stderr
    assert [Path(path).parent.parent for path in shown.stdout.split()] == [installed.site_packages] * 2


def test_the_wheels_console_speaks_its_languages(installed: Installed) -> None:
    script = (
        "from console.language import catalogue, languages; print(*languages(), catalogue('de').gettext('Receipts'))"
    )
    said = installed.run("python", "-c", script)
    assert said.stdout.split() == ["en", "ar", "de", "zh_CN", "Bons"], said.stderr


def test_every_driver_entry_point_leads_somewhere(installed: Installed, root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    loaded = installed.run("python", "-c", LOAD_DRIVERS)
    assert loaded.returncode == 0, loaded.stderr
    assert loaded.stdout.split() == sorted(project["entry-points"]["tillfree.drivers"])
    assert len(loaded.stdout.split()) >= 3


def test_extras_keep_qt_and_onnxruntime_apart(installed: Installed) -> None:
    found = {
        name: {line.rpartition("extra == ")[2].strip("'\"") for line in requirements(installed.wheel) if name in line}
        for name in ("pyside6", "pyqtgraph", "onnxruntime>", "onnxruntime-gpu", "av>", "opencv")
    }
    assert found == {
        "pyside6": {"console"},
        "pyqtgraph": {"console"},
        "onnxruntime>": {"cpu"},
        "onnxruntime-gpu": {"gpu"},
        "av>": {"dev"},  # GPL codecs: never with what ships
        "opencv": {"engine"},
    }

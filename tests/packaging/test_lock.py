"""The lock files install anywhere: every package by hash, no index named, nothing of ours left out."""

import json
import re
import tomllib
from pathlib import Path


def canonical(name: str) -> str:
    """Return a distribution name as the lock writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_package_has_a_hash_and_no_index_is_named(root: Path) -> None:
    lock = (root / "requirements.lock").read_text()
    entries = re.split(r"\n(?=\S)", lock.strip())
    assert len(entries) > 50
    assert [
        entry for entry in entries if not re.match(r"[a-z0-9-]+==\S+.*\\\n    --hash=sha256:[0-9a-f]{64}", entry)
    ] == []
    assert "http" not in lock
    assert "index" not in lock


def test_every_dependency_is_locked(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    extras = {name: wanted for name, wanted in project["optional-dependencies"].items() if name != "gpu"}
    wanted = [*project["dependencies"], *(line for lines in extras.values() for line in lines)]
    locked = set(re.findall(r"^([a-z0-9-]+)==", (root / "requirements.lock").read_text(), re.MULTILINE))
    named = {canonical(match.group()) for line in wanted if (match := re.match(r"[\w.-]+", line))}
    assert len(named) > 25
    assert named <= locked
    assert "onnxruntime-gpu" not in locked  # it cannot be installed beside onnxruntime


def test_the_peers_of_the_tests_are_locked_by_hash_and_no_registry_is_named(root: Path) -> None:
    peers = root / "tests" / "drivers" / "shelf" / "peers"
    wanted = json.loads((peers / "package.json").read_text())["dependencies"]
    packages = json.loads((peers / "package-lock.json").read_text())["packages"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    locked = [package for place, package in packages.items() if place]
    assert all(package["integrity"].startswith("sha512-") for package in locked)
    assert not any("resolved" in package for package in locked)

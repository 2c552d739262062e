"""``grams``, against a core that runs: what is missing on a shelf, and who takes it as it lies."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.domain import PlateMass, ShelfBaseline, ShelfId
from engine.runtime.inbox import FactSender
from engine.store import StoreFolder, open_store
from tests.cli.conftest import Tillfree
from tests.runtime.folder import small_store


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[StoreFolder]:
    """A store whose core is running."""
    with core_of(small_store(tmp_path / "running")) as running:
        yield running


@contextmanager
def core_of(folder: StoreFolder) -> Iterator[StoreFolder]:
    """That folder, while its core runs."""
    process = subprocess.Popen([sys.executable, "-m", "engine.app", "core", str(folder.path)])
    try:
        yield folder
    finally:
        process.terminate()
        process.wait(timeout=10)


def test_what_is_missing_is_shown_until_somebody_accepts_it(tillfree: Tillfree, folder: StoreFolder) -> None:
    shelf_id = folder.store.shelves[0].shelf_id
    weigh(folder, shelf_id, (3_000_000, 2_550_000))
    figures = folder.path / "figures.json"
    shown = tillfree("grams", "--store", folder.path, "--json", figures)
    assert shown.returncode == 1, shown.stderr
    row = next(line.split() for line in shown.stdout.splitlines() if line.strip().startswith(shelf_id))
    assert row[-2:] == ["450", folder.store.shelves[0].plate_ids[0]]
    assert json.loads(figures.read_text(encoding="utf-8"))["shelves"][0]["missing_mg"] == 450_000
    shown = tillfree("grams", "--store", folder.path, "--accept", shelf_id, "--accept", "attic")
    assert shown.returncode == 0, shown.stderr
    assert f"{shelf_id}: taken as it lies\nattic: shelf attic is not known\n" in shown.stdout


def test_a_store_that_asks_people_who_they_are(tillfree: Tillfree, tmp_path: Path) -> None:
    path = small_store(tmp_path / "running").path
    for role in ("viewer", "technician"):
        assert tillfree("people", "add", role, "--role", role, "--store", path).returncode == 0
    with core_of(open_store(path)) as folder:
        shelf_id = folder.store.shelves[0].shelf_id
        weigh(folder, shelf_id, (3_000_000, 2_550_000))
        verb = ("grams", "--store", path, "--accept", shelf_id)
        assert "does it want no key" in tillfree(*verb).stderr
        looked = tillfree(*verb, "--key", tmp_path / "viewer.key.toml")
        assert f"{shelf_id}: viewer is a viewer, who may not do that" in looked.stdout
        assert looked.returncode == 1
        accepted = tillfree(*verb, "--key", tmp_path / "technician.key.toml")
        assert f"{shelf_id}: taken as it lies" in accepted.stdout
        assert accepted.returncode == 0


def weigh(folder: StoreFolder, shelf_id: ShelfId, masses_mg: tuple[int, ...]) -> None:
    """Baselines, one after another, of the shelf's first plate; the core has them when this returns."""
    sender = FactSender(folder.installation.network.inbox, "shelves", lossless=True)
    plate_id = folder.store.shelf_by_id[shelf_id].plate_ids[0]
    for mass_mg in masses_mg:
        plates = (PlateMass(plate_id=plate_id, mass_mg=mass_mg),)
        sender.send(ShelfBaseline(t_ns=time.monotonic_ns(), shelf_id=shelf_id, plates=plates))
    sender.close(patience_s=20)


def test_without_an_engine_it_says_so(tillfree: Tillfree, tmp_path: Path) -> None:
    shown = tillfree("grams", "--store", small_store(tmp_path / "closed").path)
    assert shown.returncode == 2
    assert shown.stderr.startswith("tillfree: ")
    assert "Traceback" not in shown.stderr

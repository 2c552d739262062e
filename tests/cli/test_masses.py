"""``masses``: what trade has taught of weights, and how it gets into the catalogue."""

import json
from pathlib import Path

import pytest

from engine.core import StoreCore
from engine.domain import SkuId
from engine.runtime.checkpoints import Checkpoint, Checkpoints
from engine.runtime.journal import JournalPosition
from engine.store import StoreFolder, open_store
from tests.cli.conftest import Tillfree

OATS, FLAKES = SkuId("rolled-oats"), SkuId("corn-flakes")


@pytest.fixture
def traded(demo_store: Path) -> StoreFolder:
    """A store in which oats are heavier than the catalogue says, and corn flakes are not."""
    folder = open_store(demo_store)
    core = StoreCore(folder.store)
    for number in range(20):
        core._world.state.masses.weigh(OATS, 540_000 + 1000 * (number % 3))
        core._world.state.masses.weigh(FLAKES, 398_000 + 1000 * (number % 3))
    checkpoint = Checkpoint(
        position=JournalPosition(segment=1, offset=0),
        out_seq=0,
        boot_epoch=1,
        journaled={},
        wall_offset_ns=0,
        core=core.checkpoint(),
    )
    Checkpoints(folder.checkpoint_dir).write(checkpoint)
    return folder


def test_what_does_not_weigh_what_the_catalogue_says_is_named(tillfree: Tillfree, traded: StoreFolder) -> None:
    figures = traded.path / "figures.json"
    shown = tillfree("masses", "--store", traded.path, "--json", figures)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout == "rolled-oats: catalogue 514.0 g, weighed 541.0 +- 0.9 g, 20 units\n"
    (proposal,) = json.loads(figures.read_text(encoding="utf-8"))["unit_masses"]
    assert (proposal["sku_id"], proposal["learned_mg"], proposal["units"]) == ("rolled-oats", 540_950, 20)


def test_accepting_it_mends_the_catalogue(tillfree: Tillfree, traded: StoreFolder) -> None:
    file = traded.path / "products.csv"
    file.chmod(0o640)
    before = file.read_text(encoding="utf-8").splitlines()
    shown = tillfree("masses", "--store", traded.path, "--accept", OATS)
    assert shown.returncode == 0, shown.stderr
    after = file.read_text(encoding="utf-8").splitlines()
    assert open_store(traded.path).store.product_by_sku[OATS].unit_mass_g == 541.0
    assert [new for old, new in zip(before, after, strict=True) if old != new] == [before[1].replace("514", "541")]
    assert file.stat().st_mode & 0o777 == 0o640
    assert "weighs what the catalogue says" in tillfree("masses", "--store", traded.path).stdout


def test_what_is_not_proposed_is_not_accepted(tillfree: Tillfree, traded: StoreFolder) -> None:
    before = (traded.path / "products.csv").read_bytes()
    shown = tillfree("masses", "--store", traded.path, "--accept", OATS, "--accept", FLAKES)
    assert shown.returncode == 2
    assert f"{traded.path / 'products.csv'}: corn-flakes: no other mass is proposed. " in shown.stderr
    assert (traded.path / "products.csv").read_bytes() == before


def test_a_store_that_never_ran_says_so(tillfree: Tillfree, demo_store: Path) -> None:
    shown = tillfree("masses", "--store", demo_store)
    assert shown.returncode == 2
    assert "checkpoint: there is none. Let `tillfree engine` run" in shown.stderr

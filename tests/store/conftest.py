"""A copy of the demo store, to be broken."""

import shutil
from pathlib import Path

import pytest

from engine.store import StoreFolder, open_store

DEMO = Path("resources/stores/demo")


@pytest.fixture
def folder(tmp_path: Path, demo_path: Path) -> Path:
    return Path(shutil.copytree(demo_path, tmp_path / "store"))


@pytest.fixture(scope="session")
def demo_path(pytestconfig: pytest.Config) -> Path:
    return pytestconfig.rootpath / DEMO


@pytest.fixture(scope="session")
def demo(demo_path: Path) -> StoreFolder:
    return open_store(demo_path)


def edit(folder: Path, old: str, new: str) -> None:
    """Replace what is once in the folder's ``store.toml``."""
    file = folder / "store.toml"
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))

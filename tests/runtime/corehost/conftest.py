"""A store folder of its own for each test."""

from pathlib import Path

import pytest

from engine.store import StoreFolder
from tests.runtime.folder import small_store


@pytest.fixture
def folder(tmp_path: Path) -> StoreFolder:
    return small_store(tmp_path / "store")

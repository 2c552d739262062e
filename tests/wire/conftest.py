"""The demo store, as what a snapshot carries."""

import pytest

from engine.store import StoreFolder, open_store


@pytest.fixture(scope="session")
def demo(pytestconfig: pytest.Config) -> StoreFolder:
    return open_store(pytestconfig.rootpath / "resources" / "stores" / "demo")

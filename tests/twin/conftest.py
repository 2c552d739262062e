"""The demo store, in which the twin's shoppers live."""

import pytest

from engine.domain import Store
from engine.store import open_store


@pytest.fixture(scope="session")
def demo(pytestconfig: pytest.Config) -> Store:
    return open_store(pytestconfig.rootpath / "resources" / "stores" / "demo").store

"""Where the measuring data lies. It is not part of the project: without it these tests say so, and in CI they fail."""

import os
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data."""
    if not DATA.is_dir():
        complain = pytest.fail if os.environ.get("CI") else pytest.skip
        complain(f"not measured: the recordings of a real store are not in {DATA}")
    return DATA

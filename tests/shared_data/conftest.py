"""Where the measuring data lies; without it these tests fail in one line, they are not skipped."""

from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data."""
    if not DATA.is_dir():
        pytest.fail(f"real measuring data is not there: {DATA}", pytrace=False)
    return DATA

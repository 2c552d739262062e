"""What every wrong scenario file must come to."""

from pathlib import Path

import pytest

from drivers.twin.scenario import ScenarioError, read_scenario
from engine.domain import Store


def assert_told(file: Path, demo: Store, *, line: int, words: str) -> None:
    """Reading the file is refused with these words, and with the file and the line in front."""
    with pytest.raises(ScenarioError, match=words) as error:
        read_scenario(file, demo)
    assert str(error.value).startswith(f"{file}:{line}: ")

"""The names of the bodies that a scenario may give its shoppers: those of the files baked into ``resources/bodies``."""

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[3] / "resources" / "bodies"


@cache
def body_names() -> tuple[str, ...]:
    """In the order in which the renderer loads them."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.npz")))

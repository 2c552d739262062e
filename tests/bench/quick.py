"""The shortest scenario there is: somebody comes for one thing."""

from pathlib import Path

SCENARIO = """
title = "one thing"

[[shopper]]
name = "ann"

[[shopper.action]]
do = "take"
sku = "honey"
"""


def write_quick(folder: Path, name: str = "quick", *, sku: str = "honey") -> Path:
    """Write it to a folder, which is made if it is not there, and give its file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.toml"
    file.write_text(SCENARIO.replace("honey", sku), encoding="utf-8")
    return file

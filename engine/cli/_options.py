"""Options that several verbs share."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

StoreOption = Annotated[Path, typer.Option("--store", help="The store's folder.", show_default=False)]
JsonOption = Annotated[Path | None, typer.Option("--json", help="Write the figures to this file.")]
KeyOption = Annotated[Path | None, typer.Option("--key", help="Your key file, for a store that asks for one.")]
SeedOption = Annotated[int, typer.Option(help="Chooses everything random.")]


def write_json(file: Path | None, figures: msgspec.Struct) -> None:
    """Write figures where ``--json`` asked for them."""
    if file is not None:
        file.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")

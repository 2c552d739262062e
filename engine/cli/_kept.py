"""``kept``: what a store has on disk of people, and until when."""

from datetime import UTC, datetime

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from engine.cli._options import JsonOption, StoreOption, write_json
from engine.domain import Kept


class KeptFigures(msgspec.Struct, frozen=True, kw_only=True):
    """All that is kept."""

    kept: tuple[Kept, ...]


def kept(store: StoreOption, json_file: JsonOption = None) -> None:
    """Say what is kept of people, how much of it, since when and for how long."""
    from engine.runtime.kept import kept as kept_in
    from engine.store import open_store

    figures = KeptFigures(kept=kept_in(open_store(store)))
    table = Table("what", "holds", "files", "MB", "oldest", "deleted", box=None)
    for one in figures.kept:
        oldest = "" if one.oldest_wall_ns is None else _minute(one.oldest_wall_ns)
        table.add_row(one.name, one.holds, str(one.files), f"{one.megabytes:.1f}", oldest, one.deleted)
    Console().print(table)
    typer.echo("Frames and pictures of people are nowhere on this disk.")
    write_json(json_file, figures)


def _minute(wall_ns: int) -> str:
    return f"{datetime.fromtimestamp(wall_ns / 1e9, UTC):%Y-%m-%d %H:%M} UTC"

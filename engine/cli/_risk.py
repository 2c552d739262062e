"""``risk``: what questions buy in this store, by what its journal says happened."""

from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

from engine.cli._journal import journal_of
from engine.cli._options import JsonOption, StoreOption, write_json

if TYPE_CHECKING:
    from engine.runtime.corehost import Risk

_WIDE = 18


def risk(store: StoreOption, json_file: JsonOption = None) -> None:
    """Draw how many movements would be charged wrong if only so many of the most doubtful were asked about."""
    from engine.core import StoreCore
    from engine.runtime.corehost import risk as risk_of
    from engine.runtime.corehost import said_again
    from engine.store import StoreFolderError, open_store

    folder = open_store(store)
    journal = journal_of(folder)
    try:
        found = risk_of(said_again(journal, folder.store, StoreCore), folder.store.policy)
    except ValueError as error:
        remedy = "Let the store trade for a while first"
        raise StoreFolderError(folder.journal_dir, key="journal", problem=str(error), remedy=remedy) from None
    _draw(found)
    write_json(json_file, found)


def _draw(found: "Risk") -> None:
    table = Table("asked of 1,000", "wrong", "cost of 1,000", "", box=None)
    most = max(point.wrong_share for point in found.points)
    for point in sorted({*found.points, found.by_costs}, key=lambda point: point.asked_per_1000):
        bar = "█" * round(_WIDE * point.wrong_share / most) if most else ""
        here = " ← by your costs" if point == found.by_costs else ""
        cells = (f"{point.asked_per_1000:g}", f"{100 * point.wrong_share:.2f} %", f"{point.cost_per_1000_minor:.0f}")
        table.add_row(*cells, bar + here)
    Console().print(table)
    typer.echo(f"{found.movements} movements, {found.asked} questions; costs in minor units")
    if found.answered:
        other, expected = found.answered_otherwise, found.expected_otherwise
        typer.echo(
            f"people answered {found.answered}, {other} otherwise than likeliest; {expected:g} were expected to be"
        )

"""``bench``: the benchmarks that ship."""

from pathlib import Path
from typing import Annotated

import typer

from engine.cli._options import JsonOption, write_json

app = typer.Typer(help="Measure the engine.", no_args_is_help=True)


@app.callback()
def options() -> None:
    """Measure the engine."""


@app.command("nanostore")
def nanostore(
    data: Annotated[Path, typer.Option(help="Folder with plate_data.json, products.json, planogram.json ...")],
    json_file: JsonOption = None,
) -> None:
    """Play a recording of a real store through Modbus, sensing, attribution and ledger."""
    from engine.bench.nanostore import play_nanostore

    report = play_nanostore(data, tell=typer.echo)
    for event in report.events:
        typer.echo(str(event))
    write_json(json_file, report)

"""``ledger``: what can be proven of a store's ledger."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Prove and read a store's ledger.", no_args_is_help=True)


@app.callback()
def options() -> None:
    """Prove and read a store's ledger."""


@app.command("verify")
def verify(file: Annotated[Path, typer.Argument(help="The ledger's database.")]) -> None:
    """Check every entry's hash and the chain; exit code 1 names the first bad entry."""
    from engine.runtime.ledger import verify as verify_ledger

    report = verify_ledger(file)
    if report.whole:
        typer.echo(f"{report.entries} entries, all as they were written")
        return
    typer.echo(f"{report.entries} entries are right; entry {report.first_bad}: {report.problem}")
    raise typer.Exit(1)

"""``ledger``: what can be proven of a store's ledger."""

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Prove and read a store's ledger.", no_args_is_help=True)


@app.callback()
def options() -> None:
    """Prove and read a store's ledger."""


LedgerFile = Annotated[Path, typer.Argument(help="The ledger's database: state/ledger.db in a store's folder.")]


@app.command("verify")
def verify(file: LedgerFile) -> None:
    """Check every entry's hash and the chain; exit code 1 names the first bad entry."""
    from engine.runtime.ledger import verify as verify_ledger

    report = verify_ledger(file)
    if report.whole:
        typer.echo(f"{report.entries} entries, all as they were written")
        return
    typer.echo(f"{report.entries} entries are right; entry {report.first_bad}: {report.problem}")
    raise typer.Exit(1)


@app.command("export")
def export(
    file: LedgerFile,
    entries: Annotated[bool, typer.Option("--entries", help="Every entry instead, its fact as JSON.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write here instead of to standard output.")] = None,
) -> None:
    """Write what was charged and adjusted as CSV: a row for each receipt line, amounts in the minor unit."""
    from engine.runtime.ledger import Sheet, export_csv

    sheet = Sheet.ENTRIES if entries else Sheet.RECEIPTS
    if out is None:
        export_csv(file, sheet, sys.stdout)
        return
    with out.open("w", encoding="utf-8", newline="") as written:
        rows = export_csv(file, sheet, written)
    typer.echo(f"{rows} rows in {out}")

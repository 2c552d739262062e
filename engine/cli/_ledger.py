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
    """Write what was charged, adjusted and refunded as CSV: a row for each line and tax, amounts in the minor unit."""
    from engine.runtime.ledger import Sheet, export_csv

    sheet = Sheet.ENTRIES if entries else Sheet.RECEIPTS
    if out is None:
        export_csv(file, sheet, sys.stdout)
        return
    with out.open("w", encoding="utf-8", newline="") as written:
        rows = export_csv(file, sheet, written)
    typer.echo(f"{rows} rows in {out}")


@app.command("receipt")
def receipt(file: LedgerFile, receipt_id: Annotated[str, typer.Argument(help="The receipt's number.")]) -> None:
    """Tell the story of one receipt: lines, taxes, adjustments, refunds, disputes; exit code 1 when it is unknown."""
    from engine.domain import ReceiptId, in_major
    from engine.runtime.ledger import receipt_story

    rows = receipt_story(file, ReceiptId(receipt_id))
    if not rows:
        typer.echo(f"{file}: no receipt {receipt_id}", err=True)
        raise typer.Exit(1)
    currency = rows[0].currency
    for row in rows:
        what = f"{row.quantity:+d} {row.sku_id}" if row.quantity is not None else row.tax_class or ""
        said = f"{row.reason} ({row.by})" if row.by else ""
        line = f"{row.at}  {row.kind:<10}  {what:<24}  {in_major(row.amount_minor, currency):>10}  {said}"
        typer.echo(line.rstrip())
    paid, tax = sum(row.amount_minor for row in rows), sum(row.tax_minor for row in rows)
    typer.echo(f"paid {in_major(paid, currency)} {currency}, of it tax {in_major(tax, currency)}")

"""``dossier`` and ``prove``: a visit's receipt with all that led to it, in one file that proves itself."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from engine.cli._options import StoreOption
from engine.domain import (
    AgeChecked,
    AgeCheckNeeded,
    DisputeOpened,
    DisputeSettled,
    LineRefunded,
    LineWithdrawn,
    OutputFact,
    Picked,
    PutBack,
    PutElsewhere,
    ReceiptAdjusted,
    ReceiptIssued,
    VisitId,
    in_major,
)

if TYPE_CHECKING:
    from engine.runtime.ledger import Dossier


def dossier(
    visit: Annotated[str, typer.Argument(help="The visit's id, as receipts and the console have it.")],
    store: StoreOption,
    out: Annotated[Path | None, typer.Option(help="Write the dossier to this file.")] = None,
) -> None:
    """Collect what the ledger says of a visit, tell it, and say whether that proves its receipt."""
    from engine.runtime.ledger import dossier_of
    from engine.store import open_store

    collected = dossier_of(open_store(store).ledger_path, VisitId(visit))
    if out is not None:
        out.write_bytes(msgspec.json.format(msgspec.json.encode(collected), indent=2) + b"\n")
    _tell(collected)
    _judge(collected, ())


def prove(
    file: Annotated[Path, typer.Argument(help="A dossier.")],
    store: Annotated[
        Path | None, typer.Option("--store", help="Compare with this store's ledger too.", show_default=False)
    ] = None,
) -> None:
    """Check a dossier from itself alone, or beside its store's ledger; exit code 1 when it proves nothing."""
    from engine.runtime.ledger import against_ledger, read_dossier
    from engine.store import open_store

    given = read_dossier(file)
    other = against_ledger(given, open_store(store).ledger_path) if store is not None else ()
    _judge(given, other)


def _judge(dossier: "Dossier", other: tuple[str, ...]) -> None:
    from engine.runtime.ledger import doubts

    found = (*doubts(dossier), *other)
    for doubt in found:
        typer.echo(f"visit {dossier.visit_id}: {doubt}")
    if found:
        raise typer.Exit(1)
    typer.echo(f"{len(dossier.entries)} entries as they were written; they lead to this receipt")


def _tell(dossier: "Dossier") -> None:
    currency = next((fact.currency for _, fact in dossier.facts() if isinstance(fact, ReceiptIssued)), "")
    for wall_ns, fact in dossier.facts():
        at = datetime.fromtimestamp(wall_ns / 1e9, UTC)
        typer.echo(f"{at:%Y-%m-%d %H:%M:%S} UTC  {_in_words(fact, currency)}")


def _in_words(fact: OutputFact, currency: str) -> str:
    match fact:
        case Picked() | PutBack() | PutElsewhere():
            verb = {Picked: "took", PutBack: "put back", PutElsewhere: "put elsewhere"}[type(fact)]
            weighed = f"{fact.reason.measured_mg / 1000:.0f} g for {fact.reason.expected_mg / 1000:.0f} g"
            hand_mm = fact.reason.hand_distance_mm
            hand = f", hand {hand_mm / 1000:.2f} m away" if hand_mm is not None else ""
            sure = f"{fact.probability_ppm / 10_000:.1f} %" + ("" if fact.settled else ", not settled")
            return f"{verb} {fact.quantity} {fact.sku_id} ({weighed}{hand}; {sure})"
        case AgeCheckNeeded():
            return f"papers of {fact.minimum_age} years asked for, because of {', '.join(fact.sku_ids)}"
        case AgeChecked():
            return f"{fact.minimum_age} years {'proved' if fact.old_enough else 'not proved'}; seen by {fact.by}"
        case LineWithdrawn():
            return f"line {fact.line_id} taken back: {fact.cause}"
        case ReceiptIssued():
            lines = ", ".join(f"{line.quantity} {line.sku_id}" for line in fact.lines) or "nothing"
            withheld = f"; not sold: {', '.join(fact.withheld)}" if fact.withheld else ""
            return f"receipt {fact.receipt_id}: {lines}; {in_major(fact.total_minor, currency)} {currency}{withheld}"
        case ReceiptAdjusted():
            changed = f"{fact.quantity:+d} {fact.sku_id}"
            return f"receipt adjusted: {changed}, {in_major(fact.delta_minor, currency)} {currency}"
        case LineRefunded():
            amount = in_major(fact.amount_minor, currency)
            return f"refunded {fact.quantity} {fact.sku_id}, {amount} {currency}, by {fact.by}: {fact.reason}"
        case DisputeOpened() | DisputeSettled():
            return f"{type(fact).__name__} by {fact.by}: {fact.reason}"
        case _:
            return type(fact).__name__

"""``engine``, ``check``, ``replay`` and ``masses``: the verbs that work on a store's folder."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from engine.cli._journal import journal_of
from engine.cli._options import JsonOption, StoreOption, write_json

if TYPE_CHECKING:
    from engine.domain import SkuId, UnitMassProposal
    from engine.runtime.journal import JournalReader
    from engine.store import StoreFolder


class ReplayFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What a replay said."""

    facts: int
    sha256: str
    seconds: float


def engine(store: StoreOption) -> None:
    """Run a store: perception, shelves, doors and the core, until SIGTERM or Ctrl-C."""
    from engine.app import run_engine
    from engine.store import open_store

    run_engine(open_store(store))


def check(store: StoreOption) -> None:
    """Say what is missing before the store can open; exit code 1 when something is."""
    from engine.runtime.readiness import problems
    from engine.store import open_store

    found = problems(open_store(store))
    for problem in found:
        typer.echo(problem)
    if found:
        raise typer.Exit(1)
    typer.echo("ready to open")


def replay(
    store: StoreOption,
    from_checkpoint: Annotated[Path | None, typer.Option(help="Begin at this checkpoint.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the facts here, one JSON document a line.")] = None,
    policy: Annotated[
        Path | None, typer.Option("--with", help="A TOML file with another [policy]: say what it would change.")
    ] = None,
    json_file: JsonOption = None,
) -> None:
    """Decide a journal again and print how many facts it gives and their hash: the same each time, to the byte.

    With another policy, say which carts, questions and receipts would differ.
    """
    from engine.core import StoreCore
    from engine.runtime.corehost import digest
    from engine.runtime.corehost import replay as replay_journal
    from engine.runtime.logs import log_as
    from engine.store import StoreFolderError, open_store

    log_as("replay")
    folder = open_store(store)
    started_s = time.monotonic()
    journal = journal_of(folder)
    if journal.empty:
        remedy = "Run `tillfree engine` on this store first, or name another"
        raise StoreFolderError(folder.journal_dir, key="journal", problem="nothing to replay", remedy=remedy)
    if policy is not None:
        return _what_if(journal, folder, policy, json_file)
    if from_checkpoint is None and not journal.complete:
        typer.echo("the journal's beginning is deleted: what was open then is missing from these facts", err=True)
    facts = list(replay_journal(journal, folder.store, StoreCore, from_checkpoint=from_checkpoint))
    if out is not None:
        out.write_bytes(b"".join(msgspec.json.encode(msgspec.msgpack.decode(fact)) + b"\n" for fact in facts))
    figures = ReplayFigures(facts=len(facts), sha256=digest(facts), seconds=round(time.monotonic() - started_s, 3))
    typer.echo(f"{figures.facts} facts, sha256 {figures.sha256}, {figures.seconds} s")
    return write_json(json_file, figures)


def _what_if(journal: "JournalReader", folder: "StoreFolder", policy: Path, json_file: Path | None) -> None:
    from engine.core import StoreCore
    from engine.runtime.corehost import what_if
    from engine.store import read_policy

    found = what_if(journal, folder.store, read_policy(policy, folder.store.policy), StoreCore)
    was, would = found.as_was, found.as_would_be
    table = Table("", "as it is", f"with {policy.name}", box=None)
    for name in was.__struct_fields__:
        table.add_row(name.replace("_", " "), str(getattr(was, name)), str(getattr(would, name)))
    Console().print(table)
    for change in found.carts:
        typer.echo(f"{change.visit_id}: {change.units} x {change.sku_id} would be {change.units_instead}")
    if found.unanswerable:
        typer.echo(f"{found.unanswerable} answers were given to questions that would not be asked")
    write_json(json_file, found)


def masses(
    store: StoreOption,
    accept: Annotated[
        list[str] | None, typer.Option(help="Write what this SKU weighed into products.csv; may be given again.")
    ] = None,
    json_file: JsonOption = None,
) -> None:
    """Say which products do not weigh what the catalogue says, by what left the shelves one by one."""
    from engine.core import StoreCore
    from engine.domain import SkuId
    from engine.runtime.corehost import stock_of
    from engine.store import open_store

    folder = open_store(store)
    view = stock_of(folder, StoreCore)
    proposed = {proposal.sku_id: proposal for proposal in view.unit_masses}
    for proposal in proposed.values():
        catalogue_g, weighed_g = proposal.catalogue_mg / 1000, proposal.learned_mg / 1000
        sigma_g = proposal.sigma_mg / 1000
        typer.echo(
            f"{proposal.sku_id}: catalogue {catalogue_g:.1f} g, weighed {weighed_g:.1f} +- {sigma_g:.1f} g,"
            f" {proposal.units} units"
        )
    if not proposed:
        typer.echo("every product that was sold often enough weighs what the catalogue says")
    for sku in accept or ():
        _must_be_proposed(folder.path / "products.csv", sku, proposed)
    for sku in accept or ():
        _accept(folder.path / "products.csv", proposed[SkuId(sku)])
    if accept:
        typer.echo("products.csv is written; the engine reads it when it starts")
    write_json(json_file, view)


def _must_be_proposed(file: Path, sku_id: str, proposed: "Mapping[SkuId, UnitMassProposal]") -> None:
    from engine.store import StoreFolderError

    if sku_id not in proposed:
        remedy = "Accept only what `tillfree masses` proposes, or edit the file"
        raise StoreFolderError(file, key=sku_id, problem="no other mass is proposed", remedy=remedy)


def _accept(file: Path, proposal: "UnitMassProposal") -> None:
    """Let the catalogue say what the scales say; the file is replaced whole, as readable as it was."""
    from engine.runtime.durable import write_durably
    from engine.store import with_unit_mass

    file = file.resolve()
    mode = file.stat().st_mode
    write_durably(file, with_unit_mass(file, proposal.sku_id, round(proposal.learned_mg / 1000, 1)))
    file.chmod(mode)

"""``engine``, ``check`` and ``replay``: the verbs that work on a store's folder."""

import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from engine.cli._options import JsonOption, StoreOption, write_json


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
    json_file: JsonOption = None,
) -> None:
    """Decide a journal again and print how many facts it gives and their hash: the same each time, to the byte."""
    from engine.core import StoreCore
    from engine.runtime.corehost import digest
    from engine.runtime.corehost import replay as replay_journal
    from engine.runtime.journal import JournalReader
    from engine.runtime.logs import log_as
    from engine.runtime.sealing import KeyRing
    from engine.store import StoreFolderError, open_store

    log_as("replay")
    folder = open_store(store)
    started_s = time.monotonic()
    journal = JournalReader(folder.journal_dir, KeyRing(folder.keys_dir / "journal"))
    if journal.empty:
        remedy = "Run `tillfree engine` on this store first, or name another"
        raise StoreFolderError(folder.journal_dir, key="journal", problem="nothing to replay", remedy=remedy)
    if from_checkpoint is None and not journal.complete:
        typer.echo("the journal's beginning is deleted: what was open then is missing from these facts", err=True)
    facts = list(replay_journal(journal, folder.store, StoreCore, from_checkpoint=from_checkpoint))
    if out is not None:
        out.write_bytes(b"".join(msgspec.json.encode(msgspec.msgpack.decode(fact)) + b"\n" for fact in facts))
    figures = ReplayFigures(facts=len(facts), sha256=digest(facts), seconds=round(time.monotonic() - started_s, 3))
    typer.echo(f"{figures.facts} facts, sha256 {figures.sha256}, {figures.seconds} s")
    write_json(json_file, figures)

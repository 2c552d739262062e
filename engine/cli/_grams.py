"""``grams``: where the grams of every shelf are, asked of the running engine; and taking a shelf as it lies."""

import time
from getpass import getuser
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer
from rich.console import Console
from rich.table import Table

from engine.cli._options import JsonOption, KeyOption, StoreOption, write_json

if TYPE_CHECKING:
    from engine.domain import GramsMismatch, ShelfId, StockView
    from engine.wire import EngineClient

_PATIENCE_S = 15.0
"""The engine tells of its stock every five seconds."""


def grams(
    store: StoreOption,
    accept: Annotated[
        list[str] | None, typer.Option(help="Take this shelf as it lies: you have looked. May be given again.")
    ] = None,
    key: KeyOption = None,
    json_file: JsonOption = None,
) -> None:
    """Say where the grams of every shelf are; exit code 1 when some are unaccounted for."""
    from engine.domain import GramsMismatch, ShelfId
    from engine.store import open_store
    from engine.wire import Address, EngineClient, read_client_key

    network = open_store(store).installation.network
    client_key = read_client_key(key) if key is not None else None
    with EngineClient(Address(state=network.state, door=network.door, key=client_key)) as engine:
        for shelf in accept or ():
            _accept(engine, ShelfId(shelf))
        view = _newest(engine)
        flags = {fact.shelf_id: fact for fact in engine.snapshot().facts if isinstance(fact, GramsMismatch)}
    Console().print(_table(view, flags))
    write_json(json_file, view)
    if flags:
        raise typer.Exit(1)


def _accept(engine: "EngineClient", shelf_id: "ShelfId") -> None:
    from engine.domain import AcceptShelf, CommandId, CommandRequest, Refused

    command = AcceptShelf(shelf_id=shelf_id)
    answer = engine.command(CommandRequest(command_id=CommandId(uuid4().hex), by=getuser(), command=command))
    typer.echo(f"{shelf_id}: {answer.reason}" if isinstance(answer, Refused) else f"{shelf_id}: taken as it lies")


def _newest(engine: "EngineClient") -> "StockView":
    """The next stock that the engine tells of. Raises ``EngineUnreachableError``."""
    from engine.domain import StockView
    from engine.wire import EngineUnreachableError, Published

    until_s = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until_s:
        for message in engine.receive(0.5):
            if isinstance(message, Published) and isinstance(message.body, StockView):
                return message.body
    raise EngineUnreachableError(
        f"the engine told nothing of its stock for {_PATIENCE_S:.0f} s; is it of this version?"
    )


def _table(view: "StockView", flags: "dict[ShelfId, GramsMismatch]") -> Table:
    columns = ("shelf", "at home g", "misplaced", "in carts", "written off", "asked", "missing", "where")
    table = Table(*columns, box=None)
    for shelf in view.shelves:
        flag = flags.get(shelf.shelf_id)
        amounts = (shelf.home_mg, shelf.misplaced_mg, shelf.carts_mg, shelf.lost_mg, shelf.open_mg, shelf.missing_mg)
        where = " ".join(plate.plate_id for plate in flag.plates) if flag is not None else ""
        table.add_row(shelf.shelf_id, *(f"{mass_mg / 1000:.0f}" for mass_mg in amounts), where)
    return table

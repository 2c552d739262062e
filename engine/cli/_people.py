"""``people``: who may speak with a store's engine, and what they are there for."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from engine.cli._options import StoreOption
from engine.domain import Role

if TYPE_CHECKING:
    from engine.domain import KeyPair
    from engine.store import Person

app = typer.Typer(help="Who may speak with a store's engine. With nobody named, nobody is asked.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="Letters, digits, - and _.")]
_RESTART = "the engine knows it when it starts again"


@app.command("add")
def add(
    name: NameArgument,
    store: StoreOption,
    role: Annotated[Role, typer.Option(help="What they may do; everybody may look.")] = Role.REVIEWER,
    out: Annotated[Path | None, typer.Option(help="Where to write their key file; else NAME.key.toml.")] = None,
) -> None:
    """Name a person and write the key file which their console shows: `tillfree console --key FILE`."""
    from engine.store import Person, StoreFolderError, people_file
    from engine.wire import ClientKey, new_pair, write_client_key

    keys_dir = _keys_dir(store)
    people = _people(keys_dir)
    name = _checked(name)
    if name in people:
        remedy = "Remove them first, or choose another name"
        raise StoreFolderError(people_file(keys_dir), key=name, problem="is there already", remedy=remedy)
    engine, pair = _engine_keys(keys_dir), new_pair()
    file = out or Path(f"{name}.key.toml")
    write_client_key(file, ClientKey(name=name, engine=engine.public, pair=pair))
    _write(keys_dir, people | {name: Person(role=role, key=pair.public)})
    typer.echo(f"{name} is a {role}; {file} is their key, for nobody else: `tillfree console --key {file}`; {_RESTART}")


@app.command("remove")
def remove(name: NameArgument, store: StoreOption) -> None:
    """Take a person's key back."""
    from engine.store import StoreFolderError, people_file

    keys_dir = _keys_dir(store)
    people = _people(keys_dir)
    if name not in people:
        remedy = "`tillfree people list` tells who is"
        raise StoreFolderError(people_file(keys_dir), key=name, problem="is not among the people", remedy=remedy)
    _write(keys_dir, {other: person for other, person in people.items() if other != name})
    typer.echo(f"{name} may no longer; {_RESTART}")


@app.command("list")
def show(store: StoreOption) -> None:
    """Say who may, and as what."""
    from engine.store import people_file

    keys_dir = _keys_dir(store)
    people = _people(keys_dir)
    for name, person in people.items():
        typer.echo(f"{name}: {person.role}")
    if not people:
        closed = people_file(keys_dir).exists()
        typer.echo("nobody may: name somebody" if closed else "nobody is named, so nobody is asked")


def _keys_dir(store: Path) -> Path:
    from engine.store import StoreFolderError

    if not (store / "store.toml").is_file():
        raise StoreFolderError(store, key="folder", problem="not a store's folder", remedy="Name one with a store.toml")
    keys_dir = store / "keys"
    keys_dir.mkdir(exist_ok=True, mode=0o700)
    return keys_dir


def _people(keys_dir: Path) -> "dict[str, Person]":
    from engine.store import people_file, read_access

    access = read_access(keys_dir) if people_file(keys_dir).exists() else None
    return dict(access.people) if access is not None else {}


def _checked(name: str) -> str:
    from engine.store import PersonName

    try:
        return msgspec.convert(name, PersonName)
    except msgspec.ValidationError:
        raise typer.BadParameter(
            f"{name!r} is no name here: at most 40 letters, digits, - and _, and not policy"
        ) from None


def _engine_keys(keys_dir: Path) -> "KeyPair":
    """The engine's pair; made with the first person."""
    from engine.store import engine_keys_file, read_engine_keys
    from engine.wire import new_pair, write_private

    if not engine_keys_file(keys_dir).exists():
        pair = new_pair()
        write_private(engine_keys_file(keys_dir), f'public = "{pair.public}"\nsecret = "{pair.secret}"\n')
    return read_engine_keys(keys_dir)


def _write(keys_dir: Path, people: "dict[str, Person]") -> None:
    from engine.runtime.durable import write_durably
    from engine.store import people_file

    text = "\n".join(f'[{name}]\nrole = "{person.role}"\nkey = "{person.key}"\n' for name, person in people.items())
    write_durably(people_file(keys_dir), text.encode())

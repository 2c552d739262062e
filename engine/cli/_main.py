"""The verbs, and what every verb's failure looks like: one line on standard error, exit code 2."""

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from engine.cli import (
    _bench,
    _cameras,
    _demo,
    _dossier,
    _grams,
    _kept,
    _ledger,
    _models,
    _people,
    _risk,
    _shelves,
    _store,
)

_OURS = ("engine", "drivers", "console", "resources")
_EXTRAS = "its extras [engine,cpu,console,twin,models]"

app = typer.Typer(
    name="tillfree",
    help="Stores without tills: the engine, the console and a simulated store.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("demo")(_demo.demo)
app.command("engine")(_store.engine)
app.command("check")(_store.check)
app.command("console")(_demo.console)
app.command("twin")(_demo.twin)
app.command("replay")(_store.replay)
app.add_typer(_people.app, name="people")
app.command("kept")(_kept.kept)
app.command("dossier")(_dossier.dossier)
app.command("prove")(_dossier.prove)
app.command("risk")(_risk.risk)
app.command("grams")(_grams.grams)
app.command("masses")(_store.masses)
app.add_typer(_bench.app, name="bench")
app.add_typer(_models.app, name="models")
app.add_typer(_ledger.app, name="ledger")
app.add_typer(_shelves.app, name="shelves")
app.add_typer(_cameras.app, name="cameras")


def main() -> None:
    """Run the command line; exits with 0 done, 1 the answer is no, 2 something needs you."""
    try:
        app()
    except Exception as error:
        message = _for_people(error)
        if message is None:
            raise
        sys.stderr.write(f"tillfree: {message}\n")
        raise SystemExit(2) from None


def _for_people(error: Exception) -> str | None:
    """What to tell whoever typed the command; None for a bug, which keeps its traceback."""
    if type(error).__module__.split(".")[0] in _OURS:
        return str(error)  # errors of ours say file, key and remedy
    if isinstance(error, ModuleNotFoundError) and error.name and error.name.split(".")[0] not in _OURS:
        return f"this verb needs the package {error.name}; install tillfree with {_EXTRAS} or those of them it needs"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return None


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tillfree {version('tillfree')}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Stores without tills: the engine, the console and a simulated store."""

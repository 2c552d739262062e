"""``shelves``: look at controllers, find out how an unknown one writes its weights, zero, tare and span channels."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table

from engine.cli._options import StoreOption

if TYPE_CHECKING:
    from engine.ports import ShelfCommand, ShelfProbe
    from engine.runtime.shelves import CellView, Technician
    from engine.store import ControllerSection, StoreFolder

app = typer.Typer(
    help="Shelf controllers: watch, zero, tare and span them; describe unknown ones.", no_args_is_help=True
)

ControllerArgument = Annotated[str, typer.Argument(help="A controller of store.toml.")]
ChannelArgument = Annotated[int, typer.Argument(min=0, help="Its channel, counted from 0.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask before it is done.")]
KnownWeightOption = Annotated[float, typer.Option("--known-weight-g", min=1, help="What the known weight weighs.")]

_MODBUS_PORT = 502
_REFRESH_S = 0.25
_MOVES_WITHIN_S = 120.0
_LIFTED_WITHIN_S = 30.0


@app.callback()
def options() -> None:
    """Shelf controllers: watch, zero, tare and span them; describe unknown ones."""


@app.command("watch")
def watch(
    store: StoreOption,
    controller: Annotated[list[str] | None, typer.Option(help="Only this controller; repeatable.")] = None,
    once: Annotated[bool, typer.Option("--once", help="Read every cell once, print and end.")] = False,
    seconds: Annotated[float, typer.Option(min=0, help="End after so long; 0 goes on until Ctrl-C.")] = 0.0,
) -> None:
    """Show the grams of every cell as its controller says them now."""
    from engine.store import open_store

    folder = open_store(store)
    sections = tuple(_section(folder, name) for name in controller) if controller else folder.installation.controller
    with suppress(KeyboardInterrupt):
        asyncio.run(_watch(folder, sections, once=once, seconds=seconds))


@app.command("zero")
def zero(controller: ControllerArgument, channel: ChannelArgument, store: StoreOption, yes: YesOption = False) -> None:
    """Let what a channel weighs now be nothing: for an empty plate that does not read 0."""
    _tell(store, controller, channel, "zero", yes=yes)


@app.command("tare")
def tare(controller: ControllerArgument, channel: ChannelArgument, store: StoreOption, yes: YesOption = False) -> None:
    """Take what lies on a channel now off its weight from now on."""
    _tell(store, controller, channel, "tare", yes=yes)


@app.command("span")
def span(
    controller: ControllerArgument,
    channel: ChannelArgument,
    store: StoreOption,
    known_weight_g: KnownWeightOption,
    yes: YesOption = False,
) -> None:
    """Calibrate a channel by a known weight that lies on it, and nothing else."""
    _tell(store, controller, channel, "span", known_g=known_weight_g, yes=yes)


@app.command("probe")
def probe(  # noqa: PLR0913 - a verb's options are its parameters
    host: Annotated[str, typer.Argument(help="HOST or HOST:PORT of the controller, or its bus: /dev/ttyUSB0.")],
    known_weight_g: KnownWeightOption,
    out: Annotated[Path, typer.Option(help="The profile to write: profiles/NAME.toml in a store's folder.")],
    channel: Annotated[int, typer.Option(min=0, help="The channel that the weight is put on first, from 0.")] = 0,
    channels: Annotated[int, typer.Option(min=1, help="On so many channels in turn; finds their order.")] = 1,
    unit: Annotated[int, typer.Option(min=0, max=255, help="The controller's unit number.")] = 1,
    baud: Annotated[int, typer.Option(help="Speed of a serial bus.")] = 19200,
    parity: Annotated[Literal["none", "even", "odd"], typer.Option(help="Parity of a serial bus.")] = "even",
    last_register: Annotated[int, typer.Option(min=1, max=65535, help="Look at registers 0 to this one.")] = 255,
    below_zero: Annotated[
        bool, typer.Option("--below-zero/--no-below-zero", help="Have a plate pulled up, to see a negative weight.")
    ] = True,
    unattended: Annotated[
        bool, typer.Option("--unattended", help="Ask nobody: go on when the registers change and rest again.")
    ] = False,
) -> None:
    """Find out how an unknown controller writes its weights, with a known weight, and write its device profile."""
    from engine.ports import SerialLine
    from engine.runtime.drivers import open_probe, open_serial_probe

    if host.startswith("/"):
        line = SerialLine(device=Path(host), baud=baud, parity=parity)
        asked = open_serial_probe(line, unit=unit, last_register=last_register)
    else:
        asked = open_probe(*_address(host), unit=unit, last_register=last_register)
    steps = _ProbeSteps(asked, known_weight_g, attended=sys.stdin.isatty() and not unattended)
    text = asyncio.run(steps.run(range(channel, channel + channels), below_zero=below_zero))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    typer.echo(text)
    typer.echo(f'written to {out}: compare it with the manual, then name it in store.toml as profile = "{out.stem}"')


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":") if ":" in text else (text, "", str(_MODBUS_PORT))
    if not port.isdecimal():
        raise typer.BadParameter(f"{port!r} is no port: write HOST or HOST:PORT")
    return host, int(port)


class _ProbeSteps:
    """What is asked for and looked at, one after the other."""

    def __init__(self, probe: "ShelfProbe", known_g: float, *, attended: bool) -> None:
        self._probe, self._known_g, self._attended = probe, known_g, attended

    async def run(self, channels: range, *, below_zero: bool) -> str:
        """The profile. Raises ``DeviceError``."""
        try:
            typer.echo("looking for registers ...")
            typer.echo(await self._probe.survey())
            if self._attended:
                await self._confirmed("Leave the known weight off, and hands off the plates")
            await self._probe.see_empty()
            for channel in channels:
                await self._asked(f"Put {self._known_g:g} g on channel {channel}, and on no other")
                await self._probe.see_loaded(channel)
            if below_zero:
                await self._see_below_zero(channels[0])
            return self._probe.conclude(self._known_g)
        finally:
            await self._probe.close()

    async def _see_below_zero(self, channel: int) -> None:
        text = f"Take the weight off, and pull up the plate of channel {channel} or take it off"
        if self._attended:
            await self._confirmed(text)
        else:
            typer.echo(f"{text}: waiting for {_LIFTED_WITHIN_S:g} s")
            if not await self._probe.moved(within_s=_LIFTED_WITHIN_S):
                typer.echo("nothing moved: how weights below zero are written stays an assumption")
                return
        await self._probe.see_below_zero()

    async def _asked(self, text: str) -> None:
        if self._attended:
            await self._confirmed(text)
            return
        from engine.ports import DeviceError

        typer.echo(f"{text}: waiting for it")
        if not await self._probe.moved(within_s=_MOVES_WITHIN_S):
            raise DeviceError(f"nothing changed within {_MOVES_WITHIN_S:g} s: {text.lower()}, then begin anew")

    async def _confirmed(self, text: str) -> None:
        await asyncio.to_thread(typer.prompt, f"{text}, then press Enter", default="", show_default=False)


def _tell(  # noqa: PLR0913 - a channel, a command and how
    store: Path, controller: str, channel: int, command: str, *, known_g: float | None = None, yes: bool
) -> None:
    from engine.ports import ShelfCommand
    from engine.runtime.shelves import Technician
    from engine.store import open_store

    folder = open_store(store)
    technician = Technician(folder, _section(folder, controller), channel)
    asyncio.run(_carry_out(technician, ShelfCommand(command), known_g, _asker(f"{controller} channel {channel}", yes)))


async def _carry_out(
    technician: "Technician", command: "ShelfCommand", known_g: float | None, ask: Callable[[str], None]
) -> None:
    try:
        by = f" by {known_g:g} g" if known_g is not None else ""
        ask(f"weighs {await technician.grams():.1f} g: {command.value} it{by}?")
        await technician.tell(command, known_g)
        typer.echo(f"done: it weighs {await technician.grams():.1f} g now")
    finally:
        await technician.close()


def _asker(what: str, yes: bool) -> Callable[[str], None]:
    def ask(question: str) -> None:
        if yes:
            typer.echo(f"{what} {question} yes")
        else:
            typer.confirm(f"{what} {question}", abort=True)

    return ask


def _section(folder: "StoreFolder", controller: str) -> "ControllerSection":
    from engine.store import StoreFolderError

    for section in folder.installation.controller:
        if section.id == controller:
            return section
    known = ", ".join(section.id for section in folder.installation.controller) or "none"
    problem, remedy = f"there is no controller {controller!r}", f"Name one of those that are there: {known}"
    raise StoreFolderError(folder.path / "store.toml", key="controller", problem=problem, remedy=remedy)


async def _watch(
    folder: "StoreFolder", sections: "tuple[ControllerSection, ...]", *, once: bool, seconds: float
) -> None:
    from engine.runtime.shelves import ShelfWatch

    shown = ShelfWatch(folder, sections)
    out = Console()
    try:
        if once:
            await shown.once()
            out.print(_table(shown.cells))
            return
        async with asyncio.timeout(seconds or None), asyncio.TaskGroup() as group:
            group.create_task(shown.run())
            with Live(console=out, auto_refresh=False) as live:
                while True:
                    await asyncio.sleep(_REFRESH_S)
                    live.update(_table(shown.cells), refresh=True)
    except TimeoutError:
        pass  # as long as was asked for
    finally:
        await shown.close()


def _table(cells: "tuple[CellView, ...]") -> Table:
    table = Table("controller", "channel", "plate", "grams", "")
    for cell in cells:
        grams = "" if cell.problem else f"{cell.grams:.1f}"
        said = cell.problem or ("moves" if cell.stable is False else "")
        table.add_row(cell.controller_id, str(cell.channel), cell.plate_id or "", grams, said)
    return table

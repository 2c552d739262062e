"""``demo``, ``twin`` and ``console``: the verbs that start programs of their own."""

import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from signal import SIGTERM
from signal import signal as on_signal
from types import FrameType
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from engine.cli._options import JsonOption, KeyOption, SeedOption, StoreOption, write_json
from engine.domain import in_major

if TYPE_CHECKING:
    from engine.bench.score import VisitAccount

ScenarioOption = Annotated[
    Path | None, typer.Option(help="File that says who comes and what they do; else a random trade.")
]
_ATTENDED_S = 3600.0
_HEADLESS_S = 180.0


def demo(  # noqa: PLR0913 - a verb's options are its parameters
    headless: Annotated[bool, typer.Option("--headless", help="No window, also where there is a display.")] = False,
    seed: SeedOption = 1,
    seconds: Annotated[
        float, typer.Option(min=0, help="Length of the shopping; 0: an hour in a window, else 3 min.")
    ] = 0.0,
    signal: Annotated[bool, typer.Option("--signal", help="Cameras send people instead of pixels: light.")] = False,
    scenario: ScenarioOption = None,
    every_look: Annotated[
        bool, typer.Option("--every-look", help="Headless: pictures in light and dark, every language, two scales.")
    ] = False,
    json_file: JsonOption = None,
) -> None:
    """Run the simulated store, the engine and the console together.

    Without a display it prints receipts beside what really happened and saves pictures of the console.
    """
    from engine.bench.demo import Demo, DemoPlan, has_display  # the twin is an extra: imported by its verb only
    from engine.bench.staging import Level

    if scenario is not None and seconds:
        raise typer.BadParameter("a scenario says itself how long it lasts: drop --seconds")
    unattended = headless or every_look or not has_display()
    plan = DemoPlan(
        work_dir=Path(tempfile.mkdtemp(prefix="tillfree-demo-")),
        headless=unattended,
        level=Level.SIGNAL if signal else Level.PIXELS,
        seed=seed,
        seconds=seconds or (_HEADLESS_S if unattended else _ATTENDED_S),
        scenario=scenario,
        every_look=every_look,
    )
    on_signal(SIGTERM, _end)
    out = Console()
    out.print(f"store, logs and pictures are in {plan.work_dir}")
    with out.status("opening the store ..."):
        result = Demo(plan, tell=out.print).run()
    out.print(_receipts(result.accounts))
    out.print(result.score)
    write_json(json_file, result.score)


def twin(  # noqa: PLR0913 - as above
    store: StoreOption,
    truth: Annotated[Path, typer.Option(help="File for what really happened.")] = Path("truth.jsonl"),
    seed: SeedOption = 1,
    shoppers: Annotated[int | None, typer.Option(min=1, help="How many shop at a time; else 3.")] = None,
    seconds: Annotated[float | None, typer.Option(min=0, help="Length of the shopping; else 3 min.")] = None,
    scenario: ScenarioOption = None,
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Check the scenario and tell what will happen, without devices.")
    ] = False,
) -> None:
    """Run the simulated store of a folder: its shelves, gate and cameras on real sockets."""
    arguments = [str(store), "--seed", str(seed)]
    arguments += ["--scenario", str(scenario)] if scenario else []
    arguments += ["--shoppers", str(shoppers)] if shoppers is not None else []
    arguments += ["--seconds", str(seconds)] if seconds is not None else []
    if not rehearse:
        _require_entry_key(store)
        arguments += ["--truth", str(truth)]
    raise typer.Exit(_run("drivers.twin", arguments, needs="numba"))


def _require_entry_key(store: Path) -> None:
    from engine.store import StoreFolderError, open_store

    key = open_store(store).keys_dir / "entry.key.pem"  # opened here so that what is wrong is said as by every verb
    if not key.is_file():
        remedy = "Make an Ed25519 key there, and its public half beside it as entry.pub.pem"
        raise StoreFolderError(key, key="file", problem="missing: shoppers sign their codes with it", remedy=remedy)


def console(  # noqa: PLR0913 - as above
    state: Annotated[str, typer.Option(help="The engine's state endpoint.")] = "tcp://127.0.0.1:5701",
    door: Annotated[str, typer.Option(help="The engine's endpoint for requests.")] = "tcp://127.0.0.1:5702",
    key: KeyOption = None,
    language: Annotated[str | None, typer.Option(help="en, de, zh_CN or ar; else the system's.")] = None,
    screenshots: Annotated[Path | None, typer.Option(help="Save a picture of every page to this folder.")] = None,
    seconds: Annotated[float, typer.Option(min=0, help="Close after so long; 0 stays open.")] = 0.0,
) -> None:
    """Open the operator's window on a running engine."""
    arguments = ["--state", state, "--door", door]
    arguments += ["--key", str(key)] if key else []
    arguments += ["--language", language] if language else []
    arguments += ["--screenshots", str(screenshots)] if screenshots else []
    arguments += ["--seconds", str(seconds)] if seconds else []
    raise typer.Exit(_run("console", arguments, needs="PySide6"))


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + SIGTERM)  # so that what was started is ended


def _run(module: str, arguments: list[str], *, needs: str) -> int:
    if find_spec(needs) is None:
        raise ModuleNotFoundError(name=needs)
    with subprocess.Popen([sys.executable, "-m", module, *arguments]) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue  # the terminal has told the child as well; it ends by itself


def _receipts(accounts: list["VisitAccount"]) -> Table:
    table = Table("shopper", "took", "was charged", "total", "")
    for entry in accounts:
        took = ", ".join(f"{count} x {sku_id}" for sku_id, count in sorted(entry.true_units.items())) or "nothing"
        charged, total = "no receipt", ""
        if entry.receipt is not None:
            pays = (f"{count} x {sku_id}" for sku_id, count in sorted(entry.billed_units.items()))
            charged = ", ".join(pays) or "nothing"
            total = f"{in_major(entry.paid_minor, entry.receipt.currency)} {entry.receipt.currency}"
        table.add_row(str(entry.shopper), took, charged, total, "right" if entry.exact else "WRONG")
    return table

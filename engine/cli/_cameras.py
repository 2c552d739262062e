"""``cameras``: find them, try an address, watch a store's cameras, and see which facings they see well enough."""

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table

from engine.cli._options import StoreOption

if TYPE_CHECKING:
    from engine.runtime.perception import LinkProbe, Probed
    from engine.vision import FacingCoverage

app = typer.Typer(help="Cameras: find, try, watch, and see what they cover.", no_args_is_help=True)

_REFRESH_S = 0.5
_LOOK_S = 0.01
_SCHEMES = {"http": "camera.mjpeg"}


@app.callback()
def options() -> None:
    """Cameras: find, try, watch, and see what they cover."""


@app.command("probe")
def probe(
    url: Annotated[
        str, typer.Argument(help="rtsp://, http:// or usb: address, with user:password@ where it wants one.")
    ],
    seconds: Annotated[float, typer.Option(min=1, help="Look for so long.")] = 5.0,
    transport: Annotated[str, typer.Option(help="RTSP over auto, tcp or udp.")] = "auto",
) -> None:
    """Try an address: what comes from it, how often and how evenly; or why nothing does."""
    from engine.runtime.drivers import open_address
    from engine.runtime.perception import probe as look_at

    driver = _SCHEMES.get(url.partition(":")[0], "camera.opencv")
    if transport not in ("auto", "tcp", "udp"):
        raise typer.BadParameter("auto, tcp or udp", param_hint="--transport")
    (found,) = look_at([open_address(driver, url, transport=transport)], seconds=seconds)
    if not found.width_px:
        typer.echo(found.fault)
        raise typer.Exit(1)
    typer.echo(f"driver     {driver}")
    typer.echo(f"picture    {found.width_px} x {found.height_px}, {found.codec}")
    typer.echo(f"pictures   {found.fps:g} a second, scattering by {found.jitter_ms:g} ms")
    typer.echo(f"first      after {found.first_picture_s:g} s")
    typer.echo(f"health     {found.trouble or found.fault or 'well'}")


@app.command("watch")
def watch(
    store: StoreOption,
    seconds: Annotated[float, typer.Option(min=0, help="End after so long; 0 goes on until Ctrl-C.")] = 0.0,
) -> None:
    """Show how every stream of a store comes now; exit code 1 when one does not at the end."""
    from engine.runtime.drivers import open_camera
    from engine.runtime.perception import LinkProbe
    from engine.store import open_store

    folder = open_store(store)
    probes: dict[str, LinkProbe] = {}
    for section in folder.installation.camera:
        if section.driver != "camera.smart":
            probes[section.id] = LinkProbe(open_camera(folder, section, section.url))
            if section.substream:
                probes[f"{section.id} (sub)"] = LinkProbe(open_camera(folder, section, section.substream))
    with suppress(KeyboardInterrupt):
        _show(probes, seconds)
    lost = [name for name, each in probes.items() if each.found().fault]
    for each in probes.values():
        each.close()
    if lost:
        raise typer.Exit(1)


def _show(probes: "dict[str, LinkProbe]", seconds: float) -> None:
    until_s = time.monotonic() + seconds
    shown_s = 0.0
    with Live(console=Console(), auto_refresh=False) as live:
        while not seconds or time.monotonic() < until_s:
            for each in probes.values():
                each.look()
            if time.monotonic() - shown_s > _REFRESH_S:
                shown_s = time.monotonic()
                live.update(_table({name: each.found() for name, each in probes.items()}), refresh=True)
            time.sleep(_LOOK_S)
        live.update(_table({name: each.found() for name, each in probes.items()}), refresh=True)


def _table(found: "dict[str, Probed]") -> Table:
    table = Table("camera", "picture", "a second", "scatter ms", "health")
    for name, each in found.items():
        size = f"{each.width_px} x {each.height_px} {each.codec}" if each.width_px else "-"
        table.add_row(name, size, f"{each.fps:g}", f"{each.jitter_ms:g}", each.fault or str(each.trouble or "well"))
    return table


@app.command("discover")
def discover(
    seconds: Annotated[float, typer.Option(min=0.1, help="Wait for answers so long.")] = 3.0,
    at: Annotated[str, typer.Option(help="Ask only this HOST:PORT, where multicast does not get to.")] = "",
) -> None:
    """Find the ONVIF cameras on this network; exit code 1 when none answers."""
    from engine.runtime.perception import discover as find

    host, _, port = at.rpartition(":")
    if at and not (host and port.isdigit()):
        raise typer.BadParameter("HOST:PORT", param_hint="--at")
    found = find(seconds=seconds, where=(host, int(port))) if at else find(seconds=seconds)
    for camera in found:
        typer.echo(" ".join(part for part in (camera.host, camera.hardware, camera.name, camera.service) if part))
    if not found:
        typer.echo("no camera answered: ONVIF may be switched off in them, or another network between")
        raise typer.Exit(1)


@app.command("coverage")
def coverage(
    store: StoreOption,
    png: Annotated[Path | None, typer.Option(help="Draw it here: floor and every face.")] = None,
) -> None:
    """Say how many cameras look into each facing, at what angle and how large; exit code 1 below two."""
    import cv2

    from engine.store import open_store
    from engine.vision import coverage_picture, facing_coverage, floor_coverage

    stored = open_store(store).store
    facings, floor = facing_coverage(stored), floor_coverage(stored)
    for each in facings:
        typer.echo(_line(each))
    typer.echo(f"floor: {100 * float((floor.cameras >= 2).mean()):.0f} % is seen whole by two cameras or more")
    if png is not None:
        png.write_bytes(cv2.imencode(".png", coverage_picture(stored, facings, floor))[1].tobytes())
    few = [each.facing_id for each in facings if not each.enough]
    if few:
        typer.echo(f"too few cameras look into {', '.join(few)}: add or turn one, 55 degrees below the horizon or less")
        raise typer.Exit(1)


def _line(each: "FacingCoverage") -> str:
    from engine.vision import ENOUGH_PX

    views = ", ".join(
        f"{view.camera_id} {view.below_deg:.0f} deg {view.px_per_m:.0f} px/m{'' if view.counts else ' (too steep)'}"
        for view in each.views
    )
    size = f"{each.product_px:.0f} px" + (", too small to be told from others" if each.product_px < ENOUGH_PX else "")
    return f"{each.facing_id}: {each.cameras} cameras; {each.sku_id} {size}; {views or 'none'}"

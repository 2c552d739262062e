"""BENCHMARKS.md: every set played and told in one file, with where the figures come from."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from engine.bench.modbus import ModbusReport, measure_modbus
from engine.bench.report import (
    modbus_markdown,
    shelves_markdown,
    sweep_markdown,
    take_provenance,
    write_benchmarks,
    write_report,
)
from engine.bench.scoring import SetReport
from engine.bench.sets import SetPlan, play_set
from engine.bench.shelf import ShelfPlan, ShelfReport, bench_shelf
from engine.bench.staging import Level
from engine.bench.sweep import SweepPlan, SweepReport, sweep

Tell = Callable[[str], None]
R = TypeVar("R", SweepReport, ShelfReport, ModbusReport)

PIXEL_RECIPES = (
    "single-pick",
    "two-hands",
    "put-back",
    "misplaced-same-weight",
    "exchange-at-the-shelf",
    "simultaneous-same-sku",
    "crowd-at-one-shelf",
    "occluded-by-a-body",
    "lookalikes",
    "hold-long-then-leave",
)
"""The recipes that are rendered and looked at, to see that the signal level is as hard."""

_SEEDS = {"recipes": 10, "adversarial": 4, "day": 1, "peak": 1, "lighting": 3, "faults": 3}
SWEEP = SweepPlan(seeds=(1, 2))
SHELF = ShelfPlan()
POLLED_S = 20.0


@dataclass(frozen=True, kw_only=True)
class Publication:
    """Where the reports are kept and the page goes; with ``again``, what is kept is played anew."""

    folder: Path
    page: Path
    root: Path
    command: str
    again: bool = True


def publish(publication: Publication, tell: Tell) -> None:
    """Play what is missing, or everything, and write the page. Raises what ``play_set`` raises, and ``OSError``."""
    reports = [_report(publication, plan, tell) for plan in plans()]
    swept = _kept(publication, "sweep", SweepReport, lambda: sweep(SWEEP, tell), tell)
    felt = _kept(publication, "shelf", ShelfReport, lambda: bench_shelf(SHELF, tell), tell)
    polled = _kept(publication, "modbus", ModbusReport, lambda: measure_modbus(seconds=POLLED_S, tell=tell), tell)
    provenance = take_provenance(command=publication.command, root=publication.root)
    sections = sweep_markdown(swept), shelves_markdown(felt), modbus_markdown(polled)
    write_benchmarks(publication.page, reports, provenance, sections=sections)


def plans() -> list[SetPlan]:
    """What is published, in this order."""
    signal = [
        SetPlan(
            name=name,
            seeds=tuple(range(1, seeds + 1)),
            latency="minute" if name == "recipes" else "moment",
            ablations=name == "recipes",
        )
        for name, seeds in _SEEDS.items()
    ]
    pixels = SetPlan(name="recipes", seeds=(1,), level=Level.PIXELS, only=PIXEL_RECIPES, ablations=False)
    return [signal[0], pixels, *signal[1:]]


def _report(publication: Publication, plan: SetPlan, tell: Tell) -> SetReport:
    kept = publication.folder / f"{Path(plan.name).name}-{plan.level.value}.json"
    if publication.again or not kept.is_file():
        tell(f"{plan.name}, {plan.level.value} level")
        write_report(publication.folder, play_set(plan, tell))
    return msgspec.json.decode(kept.read_bytes(), type=SetReport)


def _kept(publication: Publication, name: str, kind: type[R], make: Callable[[], R], tell: Tell) -> R:
    """What a bench found, from the folder or anew."""
    kept = publication.folder / f"{name}.json"
    if publication.again or not kept.is_file():
        tell(name)
        kept.write_bytes(msgspec.json.encode(make()))
    return msgspec.json.decode(kept.read_bytes(), type=kind)

"""Keep a fit as the data that the twin reads, with where it comes from."""

import json
from datetime import date
from pathlib import Path

import msgspec

from drivers.twin.physics import FittedPlates, Provenance
from engine.bench.noise._fit import LEAST_RING_SHARE, NoiseReport

_HEAD = "# Noise of the twin's load cells. Written by the command named below; fit again rather than edit.\n"


def write_plates(file: Path, report: NoiseReport, *, recording: str) -> None:
    """Write what ``plates.toml`` holds. Raises ``OSError``."""
    event = report.ringing
    fitted = FittedPlates(
        provenance=Provenance(
            command="tillfree bench fit-noise --data DIR --out resources/physics/plates.toml",
            on=date.today().isoformat(),
            recording=recording,
            fitted=f"level_g, freedom, step_g: {report.plates} plates in {report.calm_seconds} calm seconds of "
            f"gondolas ({report.silent} plates that never change left out); "
            f"shaken: {report.seconds} seconds of gondolas; "
            f"ring_hz, ring_decay_s, leak_share: one movement of {event.moved_g:.0f} g, "
            f"{event.explained:.0%} of the variance after it explained",
            assumed=f"ring_share: {LEAST_RING_SHARE} at least, where that movement shows {event.ring_share:.3f}",
        ),
        noise=report.noise,
    )
    tables = msgspec.to_builtins(fitted)
    lines = [_HEAD]
    for name, table in tables.items():
        lines += [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items()), ""]
    file.write_text("\n".join(lines), encoding="utf-8")

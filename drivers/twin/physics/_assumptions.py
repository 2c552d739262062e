"""What no short recording can tell about cells, clocks and cameras: assumed values, each with its source.

``resources/physics/cells.toml`` keeps them. A benchmark sweeps those that ``SWEPT`` names.
"""

import math
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import msgspec
import numpy as np

from drivers.twin.scenario import MassSpread
from engine.domain import CameraId

SWEPT: tuple[str, ...] = (
    "capacity_g",
    "creep_share",
    "hysteresis_share",
    "zero_walk_g",
    "zero_g_per_k",
    "step_ratio",
    "catalogue_share",
    "unit_share",
    "stamp_jitter_s",
    "stamp_back_share",
    "poll_jitter_s",
    "camera_lag_s",
    "camera_lag_spread_s",
)
"""The assumptions that a sweep scales, one at a time."""

_FILE = Path(str(files("resources"))) / "physics" / "cells.toml"
_LAG_S = (0.0, 0.4)  # what the project reckons with; no sweep goes beyond


class Assumptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sizes of what is assumed. ``cells.toml`` says what each means and where it comes from."""

    capacity_g: float
    creep_share: float
    creep_s: float
    hysteresis_share: float
    zero_walk_g: float
    zero_g_per_k: float
    temperature_k: float
    temperature_s: float
    step_ratio: float
    catalogue_share: float
    unit_share: float
    stamp_jitter_s: float
    stamp_back_share: float
    stamp_back_s: float
    poll_jitter_s: float
    camera_lag_s: float
    camera_lag_spread_s: float

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for what cannot be."""
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if not 0 <= value < math.inf:
                raise ValueError(f"{name}: {value}, but 0 or more")
        for name in ("capacity_g", "creep_s", "temperature_s", "step_ratio"):
            if getattr(self, name) == 0:
                raise ValueError(f"{name}: more than 0")
        if self.stamp_back_share > 1:
            raise ValueError(f"stamp_back_share: {self.stamp_back_share}, but a share is 1 at most")

    def scaled(self, name: str, factor: float) -> "Assumptions":
        """The same with one of them ``factor`` times as large. Raises ``ValueError``."""
        if name not in self.__struct_fields__:
            raise ValueError(f"{name!r} is not assumed. Name one of {', '.join(SWEPT)}")
        return msgspec.structs.replace(self, **{name: factor * getattr(self, name)})

    @property
    def masses(self) -> MassSpread:
        """The part of it that makes goods."""
        return MassSpread(catalogue=self.catalogue_share, unit=self.unit_share)


class Assumption(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of the file."""

    value: float
    source: str


def cited() -> Mapping[str, Assumption]:
    """Every assumption with its source, by name. Raises ``msgspec.ValidationError`` for a file that is none."""
    return msgspec.convert(tomllib.loads(_FILE.read_text(encoding="utf-8")), dict[str, Assumption])


def assumed() -> Assumptions:
    """What the twin assumes. Raises ``msgspec.ValidationError`` for a file that is none."""
    return msgspec.convert({name: one.value for name, one in cited().items()}, Assumptions)


def camera_lags_s(cameras: Sequence[CameraId], assumptions: Assumptions, *, seed: int) -> dict[CameraId, float]:
    """How far each camera lags behind the light; the same for a seed whatever else is drawn."""
    spread_s = np.random.default_rng([seed, 8]).uniform(-1, 1, len(cameras)) * assumptions.camera_lag_spread_s
    lags_s = np.clip(assumptions.camera_lag_s + spread_s, *_LAG_S)
    return dict(zip(cameras, lags_s.tolist(), strict=True))

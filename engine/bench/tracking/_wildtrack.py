"""WILDTRACK as the measuring data keep it: seven calibrated cameras and people annotated twice a second.

T. Chavdarova et al., "WILDTRACK: A multi-camera HD dataset for dense unscripted pedestrian detection", 2018. The
folder holds its calibration (``calibration.json``) and the first 280 annotated frames (``annotations.csv.gz``).
"""

import csv
import gzip
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from engine.domain import Floats

_WHERE = Path("data") / "wildtrack"
UNSEEN = -1.0
"""A box of nothing but this: the camera does not show the person."""


class Grid(msgspec.Struct, frozen=True):
    """The annotated floor: ``nx`` by ``ny`` steps from a corner."""

    nx: int
    ny: int
    step_m: float
    origin_m: tuple[float, float]

    @property
    def bounds_m(self) -> tuple[float, float, float, float]:
        """Least and greatest x, least and greatest y."""
        x, y = self.origin_m
        return x, x + self.nx * self.step_m, y, y + self.ny * self.step_m


class SurveyedCamera(msgspec.Struct, frozen=True):
    """A camera as OpenCV's calibration gives it: intrinsics, and the store frame turned and moved into the camera's."""

    name: str
    width: int
    height: int
    K: tuple[tuple[float, float, float], ...]
    rvec: tuple[float, float, float]
    tvec_cm: tuple[float, float, float]

    @property
    def rotation(self) -> Floats:
        """Camera from store, (3, 3)."""
        return np.asarray(Rotation.from_rotvec(self.rvec).as_matrix(), dtype=np.float64)

    @property
    def shift_m(self) -> Floats:
        """The store's origin in the camera's frame, (3,)."""
        return np.array(self.tvec_cm) / 100


class _Calibration(msgspec.Struct, frozen=True):
    grid: Grid
    fps: float
    cameras: tuple[SurveyedCamera, ...]


@dataclass(frozen=True)
class Instant:
    """Who is where: ids (N,), places (N, 2) in metres, boxes (N, cameras, 4) in pixels, ``UNSEEN`` where not shown."""

    people: NDArray[np.intp]
    places_m: Floats
    boxes_px: Floats


@dataclass(frozen=True)
class Wildtrack:
    """The whole recording; ``step_s`` lies between two instants."""

    cameras: tuple[SurveyedCamera, ...]
    grid: Grid
    step_s: float
    instants: tuple[Instant, ...]


def read_wildtrack(folder: Path) -> Wildtrack:
    """The recording in ``folder/data/wildtrack`` or in the folder itself.

    Raises ``FileNotFoundError`` where there is none, and ``ValueError`` naming the file that cannot be read.
    """
    where = folder / _WHERE if (folder / _WHERE).is_dir() else folder
    calibration_file = where / "calibration.json"
    if not calibration_file.is_file():
        raise FileNotFoundError(f"{calibration_file}: no such file; --wildtrack names the folder with {_WHERE} in it")
    try:
        calibration = msgspec.json.decode(calibration_file.read_bytes(), type=_Calibration)
    except msgspec.DecodeError as error:
        raise ValueError(f"{calibration_file}: {error}") from error
    instants = _instants(where / "annotations.csv.gz", calibration)
    return Wildtrack(calibration.cameras, calibration.grid, 1 / calibration.fps, instants)


def _instants(file: Path, calibration: _Calibration) -> tuple[Instant, ...]:
    """Rows of frame, person, cell of the grid, and four pixels for each camera; rows of a frame stand together."""
    columns = 3 + 4 * len(calibration.cameras)
    try:
        with gzip.open(file, "rt", newline="") as lines:
            rows = [[int(cell) for cell in row] for row in list(csv.reader(lines))[1:]]
    except (OSError, ValueError) as error:
        raise ValueError(f"{file}: {error}") from error
    for number, row in enumerate(rows, start=2):
        if len(row) != columns:
            raise ValueError(f"{file}, line {number}: {len(row)} columns, expected {columns}")
    rows.sort(key=itemgetter(0))
    return tuple(_instant(list(those), calibration) for _, those in groupby(rows, key=itemgetter(0)))


def _instant(rows: list[list[int]], calibration: _Calibration) -> Instant:
    table, grid = np.array(rows), calibration.grid
    cell = np.stack([table[:, 2] % grid.nx, table[:, 2] // grid.nx], axis=1)
    boxes = table[:, 3:].reshape(len(table), len(calibration.cameras), 4).astype(np.float64)
    return Instant(table[:, 1], np.array(grid.origin_m) + grid.step_m * cell, boxes)

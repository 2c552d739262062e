"""Model packages: what ships is whole, and what is not whole says so."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.vision import Model, ModelError, default_models_dir, load_model
from engine.vision._manifest import MANIFEST_FILE

NAMES = ("nanodet-320x544-int8", "movenet-lightning", "movenet-thunder-int8", "efficientnet-lite0")


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    shutil.copytree(default_models_dir() / "efficientnet-lite0", tmp_path / "efficientnet-lite0")
    return tmp_path


@pytest.mark.parametrize("name", NAMES)
def test_shipped_packages_load_and_carry_their_licence(name: str) -> None:
    model = load_model(name)
    assert model.manifest.licence == "Apache-2.0"
    assert model.provider == "CPUExecutionProvider"
    notice = (default_models_dir() / name / "NOTICE").read_text("utf-8")
    assert model.manifest.source.package in notice
    assert model.manifest.source.version in notice


def test_a_missing_package_names_the_file_and_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nanodet.*manifest\.toml.*tillfree models build"):
        load_model("nanodet-320x544-int8", models_dir=tmp_path)


def test_a_missing_model_file_names_the_file_and_the_remedy(models_dir: Path) -> None:
    (models_dir / "efficientnet-lite0" / "model.onnx").unlink()
    with pytest.raises(ModelError, match=r"model\.onnx.*tillfree models build"):
        load_model("efficientnet-lite0", models_dir=models_dir)


def test_one_changed_byte_is_refused(models_dir: Path) -> None:
    path = models_dir / "efficientnet-lite0" / "model.onnx"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.onnx: sha256 is .*tillfree models build"):
        load_model("efficientnet-lite0", models_dir=models_dir)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('task = "appearance-embedding"', 'task = "faces"', "task"),
        ('file = "model.onnx"', 'file = "model.onnx"\nfiel = 1', "fiel"),
        ('name = "efficientnet-lite0"', 'name = "efficientnet-lite1"', "efficientnet-lite1"),
        ("shape = [0, 1280]", "shape = [0, 1000]", "embedding"),
    ],
)
def test_a_wrong_manifest_names_what_is_wrong(models_dir: Path, old: str, new: str, complaint: str) -> None:
    path = models_dir / "efficientnet-lite0" / MANIFEST_FILE
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ModelError, match=complaint):
        load_model("efficientnet-lite0", models_dir=models_dir)


def test_a_provider_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(ModelError, match=r"NoSuchExecutionProvider.*CPUExecutionProvider"):
        load_model("efficientnet-lite0", providers=("NoSuchExecutionProvider",))


def test_no_provider_at_all_is_refused() -> None:
    with pytest.raises(ModelError, match="CPUExecutionProvider"):
        load_model("efficientnet-lite0", providers=())


def test_a_model_runs_in_the_order_of_its_manifest(nanodet: Model) -> None:
    outputs = nanodet.run(np.zeros(nanodet.manifest.inputs[0].shape, np.float32))
    assert [item.shape for item in outputs] == [item.shape for item in nanodet.manifest.outputs]


def test_a_running_engine_never_loads_the_model_build() -> None:
    code = "import sys, engine.vision, engine.vision.build; sys.exit('onnx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

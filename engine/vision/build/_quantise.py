"""Static int8 quantisation, split so that a rebuild needs no pictures.

Measuring how far each activation reaches needs pictures and floating-point inference, which differs in the last digit
from one processor to the next. So the measured ranges are rounded and kept beside the model, and a build only reads
them: the same bytes everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto
from onnxruntime.quantization import CalibrationMethod, QuantType
from onnxruntime.quantization.calibrate import TensorsData
from onnxruntime.quantization.qdq_quantizer import QDQQuantizer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    Ranges = Mapping[str, tuple[float, float]]

QUANTISED_OPS = ("Add", "Clip", "Concat", "Conv", "GlobalAveragePool", "LeakyRelu", "MaxPool", "Resize")
SIGNIFICANT_DIGITS = 4


def measure_ranges(model: onnx.ModelProto, images: Iterable[NDArray[np.float32]]) -> dict[str, tuple[float, float]]:
    """Smallest and largest value of every floating-point tensor over `images`, each shaped as the model's input."""
    probed = onnx.ModelProto()
    probed.CopyFrom(model)
    inferred = onnx.shape_inference.infer_shapes(model).graph
    wanted = _floating(model) - {item.name for item in model.graph.output}
    probed.graph.output.extend(item for item in inferred.value_info if item.name in wanted)
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL  # or fused tensors would vanish
    session = ort.InferenceSession(probed.SerializeToString(), options, providers=["CPUExecutionProvider"])
    (source,) = (item.name for item in session.get_inputs())
    names = [item.name for item in session.get_outputs()]
    ranges: dict[str, tuple[float, float]] = {}
    for image in images:
        for name, value in zip((source, *names), (image, *session.run(names, {source: image})), strict=True):
            low, high = ranges.get(name, (0.0, 0.0))
            ranges[name] = (min(low, float(value.min())), max(high, float(value.max())))
    return {name: (_rounded(low), _rounded(high)) for name, (low, high) in ranges.items()}


def quantise(model: onnx.ModelProto, ranges: Ranges, float_convolutions: int) -> onnx.ModelProto:
    """int8 weights per output channel, uint8 activations over `ranges`; sigmoid and reshaping stay in float.

    So do the first `float_convolutions`, where a network reads fine contrasts. Weights use seven bits: without VNNI,
    x86 adds pairs of products in 16 bits and saturates. Raises ValueError when `ranges` are those of another graph.
    """
    convolutions = [node.name for node in model.graph.node if node.op_type == "Conv"]
    wanted = {name for node in model.graph.node if node.op_type in QUANTISED_OPS for name in node.output}
    wanted &= _floating(model)
    if not wanted <= set(ranges):
        raise ValueError(f"no activation range for {sorted(wanted - set(ranges))[:3]}")
    measured: dict[str, Any] = {
        name: (np.array(low, np.float32), np.array(high, np.float32)) for name, (low, high) in ranges.items()
    }
    quantizer = QDQQuantizer(
        model,
        per_channel=True,
        reduce_range=True,
        weight_qType=QuantType.QInt8,
        activation_qType=QuantType.QUInt8,
        tensors_range=TensorsData(CalibrationMethod.MinMax, measured),
        nodes_to_quantize=[],
        nodes_to_exclude=convolutions[:float_convolutions],
        op_types_to_quantize=list(QUANTISED_OPS),
        extra_options={},
    )
    quantizer.quantize_model()
    quantised: onnx.ModelProto = quantizer.model.model
    quantised.producer_name, quantised.producer_version = "tillfree", ""
    return quantised


def _floating(model: onnx.ModelProto) -> set[str]:
    """The tensors in floating point; networks that look up their own places have others."""
    graph = onnx.shape_inference.infer_shapes(model).graph
    tensors = (*graph.value_info, *graph.output)
    return {item.name for item in tensors if item.type.tensor_type.elem_type == TensorProto.FLOAT}


def _rounded(value: float) -> float:
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")

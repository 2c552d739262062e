"""EfficientNet-Lite0 without its classifier: pictures in, 1280 numbers that say how each looks out.

The structure is that of Tan and Le (2019) in the Lite variant: no squeeze-and-excitation, ReLU6 throughout, and
stem and head of fixed width. Batch normalisation is folded into the convolutions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ._onnx_graph import OnnxGraph

if TYPE_CHECKING:
    from collections.abc import Mapping

    import onnx
    from numpy.typing import NDArray

    State = Mapping[str, NDArray[np.float32]]

BATCH_NORM_EPSILON = 1e-3


class _Stage(NamedTuple):
    repeats: int
    kernel: int
    stride: int  # of the first block; the others keep the size
    expanded: bool


_STAGES = (
    _Stage(1, 3, 1, False),
    _Stage(2, 3, 2, True),
    _Stage(2, 5, 2, True),
    _Stage(3, 3, 2, True),
    _Stage(3, 5, 1, True),
    _Stage(4, 5, 2, True),
    _Stage(1, 3, 1, True),
)


def build_efficientnet_lite0(state: State, height_px: int, width_px: int) -> onnx.ModelProto:
    """The embedding network `image (n, 3, height, width) -> embedding (n, 1280)`; sides must divide by 32."""
    if height_px % 32 or width_px % 32:
        raise ValueError("height and width must divide by 32")
    graph = OnnxGraph()
    image = graph.add_input("image", np.dtype(np.float32), ["n", 3, height_px, width_px])
    convolve = _Convolutions(graph, state)
    features = convolve(image, "_conv_stem", "_bn0", stride=2)
    index = 0
    for stage in _STAGES:
        for repeat in range(stage.repeats):
            features = _block(graph, convolve, features, f"_blocks.{index}", stage._replace(repeats=repeat))
            index += 1
    features = convolve(features, "_conv_head", "_bn1")
    pooled = graph.emit("Flatten", graph.emit("GlobalAveragePool", features))
    return graph.finish({pooled: "embedding"})


def _block(graph: OnnxGraph, convolve: _Convolutions, features: str, prefix: str, stage: _Stage) -> str:
    """An inverted residual; `stage.repeats` is here the number of blocks before this one."""
    inner = features
    if stage.expanded:
        inner = convolve(inner, f"{prefix}._expand_conv", f"{prefix}._bn0")
    stride = 1 if stage.repeats else stage.stride
    inner = convolve(inner, f"{prefix}._depthwise_conv", f"{prefix}._bn1", stride=stride)
    inner = convolve(inner, f"{prefix}._project_conv", f"{prefix}._bn2", activated=False)
    return graph.emit("Add", inner, features) if stage.repeats else inner


class _Convolutions:
    """Emits convolution, folded batch normalisation and ReLU6."""

    def __init__(self, graph: OnnxGraph, state: State) -> None:
        self._graph = graph
        self._state = state
        self._limits = [graph.constant(np.array(limit, np.float32)) for limit in (0.0, 6.0)]

    def __call__(self, features: str, conv: str, norm: str, *, stride: int = 1, activated: bool = True) -> str:
        weight = self._state[f"{conv}.weight"]
        gain, bias, mean, variance = (
            self._state[f"{norm}.{name}"].astype(np.float64)
            for name in ("weight", "bias", "running_mean", "running_var")
        )
        scale = gain / np.sqrt(variance + BATCH_NORM_EPSILON)
        kernel = weight.shape[2]
        total = kernel - stride  # of TensorFlow's SAME padding, for sides that divide by the stride
        output = self._graph.emit(
            "Conv",
            features,
            self._graph.constant((weight * scale[:, None, None, None]).astype(np.float32)),
            self._graph.constant((bias - mean * scale).astype(np.float32)),
            kernel_shape=[kernel, kernel],
            strides=[stride, stride],
            pads=[total // 2] * 2 + [total - total // 2] * 2,
            group=weight.shape[0] if weight.shape[1] == 1 else 1,
        )
        return self._graph.emit("Clip", output, *self._limits) if activated else output

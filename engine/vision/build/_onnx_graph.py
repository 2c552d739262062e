"""A small ONNX graph writer: named nodes and constants in, a checked model without dead code out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

Attribute = str | int | float | list[int]

OPSET = 13
IR_VERSION = 8  # what opset 13 was released with: any ONNX Runtime of the last years reads it


class OnnxGraph:
    """Collects nodes in the order they are emitted; names count up, so equal input gives equal bytes."""

    def __init__(self) -> None:
        self._nodes: dict[str, onnx.NodeProto] = {}  # by first output
        self._constants: list[onnx.TensorProto] = []
        self._inputs: list[onnx.ValueInfoProto] = []

    def add_input(self, name: str, dtype: np.dtype[Any], shape: Sequence[int | str]) -> str:
        """Declare an input; a string is a dimension left open."""
        element = helper.np_dtype_to_tensor_dtype(dtype)
        self._inputs.append(helper.make_tensor_value_info(name, element, shape))
        return name

    def constant(self, value: NDArray[Any]) -> str:
        """Store a constant and give its name."""
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def int64s(self, *values: int) -> str:
        """Store a vector of integers, the form ONNX wants shapes and axes in."""
        return self.constant(np.array(values, np.int64))

    def emit(self, op: str, *inputs: str, **attributes: Attribute) -> str:
        """Append a node with one output and give the output's name."""
        return self.emit_many(op, 1, *inputs, **attributes)[0]

    def emit_many(self, op: str, n_outputs: int, *inputs: str, **attributes: Attribute) -> list[str]:
        """Append a node and give the names of its outputs."""
        stem = f"{op.lower()}_{len(self._nodes)}"
        outputs = [stem if index == 0 else f"{stem}_{index}" for index in range(n_outputs)]
        self._nodes[stem] = helper.make_node(op, list(inputs), outputs, stem, None, None, None, **attributes)
        return outputs

    def with_bias(self, output: str, bias: NDArray[Any]) -> str | None:
        """A copy of the convolution behind `output` that adds `bias` itself; None if it is not one.

        The original node stays and is dropped as dead code unless something else reads it.
        """
        node = self._nodes.get(output)
        if node is None or node.op_type != "Conv" or len(node.input) != 2:
            return None
        attributes = {item.name: helper.get_attribute_value(item) for item in node.attribute}
        return self.emit("Conv", *node.input, self.constant(bias), **attributes)

    def shape_of(self, name: str) -> list[int]:
        """The static shape of a tensor emitted so far."""
        model = self._model(helper.make_graph(list(self._nodes.values()), "probe", self._inputs, [], self._constants))
        graph = onnx.shape_inference.infer_shapes(model, data_prop=True).graph
        info = next(item for item in (*graph.value_info, *graph.input) if item.name == name)
        return [item.dim_value for item in info.type.tensor_type.shape.dim]

    def resize_input(self, shape: Sequence[int]) -> None:
        """Give the only input of a fully convolutional graph another shape."""
        (declared,) = self._inputs
        for dimension, size in zip(declared.type.tensor_type.shape.dim, shape, strict=True):
            dimension.dim_value = size

    def finish(self, outputs: Mapping[str, str]) -> onnx.ModelProto:
        """The checked model; `outputs` gives each output tensor the name it has outside."""
        for inner, public in outputs.items():
            self._nodes[public] = helper.make_node("Identity", [inner], [public], name=public)
        nodes = self._live_nodes(outputs.values())
        read = {name for node in nodes for name in node.input}
        constants = [item for item in self._constants if item.name in read]
        declared = [helper.make_empty_tensor_value_info(name) for name in outputs.values()]
        model = self._model(helper.make_graph(nodes, "model", self._inputs, declared, constants))
        inferred = onnx.shape_inference.infer_shapes(model, data_prop=True)
        del model.graph.output[:]
        model.graph.output.extend(inferred.graph.output)
        onnx.checker.check_model(model)
        return model

    def _live_nodes(self, outputs: Iterable[str]) -> list[onnx.NodeProto]:
        live, kept = set(outputs), []
        for node in reversed(self._nodes.values()):
            if live.intersection(node.output):
                kept.append(node)
                live.update(node.input)
        return kept[::-1]

    @staticmethod
    def _model(graph: onnx.GraphProto) -> onnx.ModelProto:
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="tillfree")
        model.ir_version = IR_VERSION
        return model

"""Converts the TensorFlow.js graphs we use (NanoDet, MoveNet) to ONNX, operation by operation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from onnx import helper

from ._layout import TO_NCHW, TO_NHWC, LayoutWriter, Padding, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import onnx

    from ._tfjs import Node, TfjsGraph

    Operation = Callable[[LayoutWriter, Node, list[Value]], Value | list[Value]]


def convert_tfjs(
    source: TfjsGraph, outputs: Sequence[str], input_shape: Sequence[int] | None = None
) -> onnx.ModelProto:
    """Convert a graph and call its outputs, in the source's sorted order, `outputs`.

    `input_shape` gives a fully convolutional network another height and width. Raises NotImplementedError for an
    operation none of our models has.
    """
    writer, values = LayoutWriter(), dict[str, Value]()
    for node in source.in_order():
        operands = [values[name if ":" in name else f"{name}:0"] for name in node.inputs]
        if node.op == "Const":
            results: Value | list[Value] = Value(constant=source.constants[node.name])
        elif node.op in _OPERATIONS:
            results = _OPERATIONS[node.op](writer, node, operands)
        else:
            raise NotImplementedError(f"operation {node.op} of node {node.name}")
        for index, value in enumerate(results if isinstance(results, list) else [results]):
            values[f"{node.name}:{index}"] = value
    if input_shape is not None:
        writer.graph.resize_input(input_shape)
    names = [writer.plain(values[f"{name}:0"]) for name in source.outputs]
    return writer.graph.finish(dict(zip(names, outputs, strict=True)))


def _placeholder(writer: LayoutWriter, node: Node, _: list[Value]) -> Value:
    attributes = node.attributes
    return Value(plain=writer.graph.add_input("image", attributes.dtype("dtype"), attributes.shape("shape")))


def _identity(_: LayoutWriter, __: Node, operands: list[Value]) -> Value:
    return operands[0]


# -- convolution and pooling


def _convolution(writer: LayoutWriter, node: Node, operands: list[Value], *, depthwise: bool) -> Value:
    kernel, attributes = operands[1].array, node.attributes  # kernel: (height, width, in, out or multiplier)
    weights = (
        kernel.transpose(2, 3, 0, 1).reshape(-1, 1, *kernel.shape[:2]) if depthwise else kernel.transpose(3, 2, 0, 1)
    )
    fused = attributes.texts("fused_ops")
    inputs = [writer.graph.constant(weights)]
    if "BiasAdd" in fused:
        inputs.append(writer.graph.constant(operands[2].array))
    source, pads = _padded_source(writer, node, operands[0], fill=0.0)
    output = writer.graph.emit(
        "Conv",
        source,
        *inputs,
        kernel_shape=list(kernel.shape[:2]),
        strides=attributes.integers("strides")[1:3],
        dilations=attributes.integers("dilations")[1:3] or [1, 1],
        group=kernel.shape[2] if depthwise else 1,
        **pads,
    )
    return Value(nchw=_activated(writer, output, [name for name in fused if name != "BiasAdd"]))


def _activated(writer: LayoutWriter, output: str, activations: list[str]) -> str:
    for name in activations:
        if name == "Relu":
            output = writer.graph.emit("Relu", output)
        elif name == "Relu6":
            limits = [writer.graph.constant(np.array(limit, np.float32)) for limit in (0.0, 6.0)]
            output = writer.graph.emit("Clip", output, *limits)
        else:
            raise NotImplementedError(f"fused operation {name}")
    return output


def _max_pool(writer: LayoutWriter, node: Node, operands: list[Value]) -> Value:
    source, pads = _padded_source(writer, node, operands[0], fill=-np.inf)
    kernel_shape, strides = (node.attributes.integers(key)[1:3] for key in ("ksize", "strides"))
    return Value(nchw=writer.graph.emit("MaxPool", source, kernel_shape=kernel_shape, strides=strides, **pads))


def _padded_source(
    writer: LayoutWriter, node: Node, value: Value, *, fill: float
) -> tuple[str, dict[str, str | list[int]]]:
    if node.attributes.text("padding") == "SAME":
        return writer.nchw(value), {"auto_pad": "SAME_UPPER"}
    if value.padding is not None and value.padding.fill == fill:
        return value.padding.source, {"pads": value.padding.pads}
    return writer.nchw(value), {"pads": [0, 0, 0, 0]}


def _pad(writer: LayoutWriter, _: Node, operands: list[Value]) -> Value:
    before, after = operands[1].array.T.tolist()
    fill = np.array(operands[2].array if len(operands) > 2 else 0.0, np.float32)
    source = writer.plain(operands[0])
    output = writer.graph.emit("Pad", source, writer.graph.int64s(*before, *after), writer.graph.constant(fill))
    if len(before) != 4 or any((*before[:2], *after[:2])):
        return Value(plain=output)
    return Value(plain=output, padding=Padding(source, [*before[2:], *after[2:]], float(fill)))


def _resize(writer: LayoutWriter, node: Node, operands: list[Value]) -> Value:
    if not node.attributes.flag("half_pixel_centers"):
        raise NotImplementedError("bilinear resize without half pixel centres")
    source = writer.nchw(operands[0])
    height, width = writer.graph.shape_of(source)[2:]
    # Scales, not sizes: the graph then serves another input size too.
    scales = np.array([1.0, 1.0, *(operands[1].array / (height, width))], np.float32)
    mode = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
    return Value(nchw=writer.graph.emit("Resize", source, "", writer.graph.constant(scales), **mode))


# -- arithmetic


def _unary(writer: LayoutWriter, _: Node, operands: list[Value], *, op: str) -> Value:
    return writer.unary(op, operands[0])


def _leaky_relu(writer: LayoutWriter, node: Node, operands: list[Value]) -> Value:
    return writer.unary("LeakyRelu", operands[0], alpha=node.attributes.number("alpha"))


def _cast(writer: LayoutWriter, node: Node, operands: list[Value]) -> Value:
    return writer.unary("Cast", operands[0], to=helper.np_dtype_to_tensor_dtype(node.attributes.dtype("DstT")))


def _binary(writer: LayoutWriter, _: Node, operands: list[Value], *, op: str) -> Value:
    left, right = operands
    if left.nchw is not None or right.nchw is not None:
        names = [writer.broadcast_nchw(value) for value in (left, right)]
        if names[0] is not None and names[1] is not None:
            return Value(nchw=writer.graph.emit(op, names[0], names[1]))
    return Value(plain=writer.graph.emit(op, writer.plain(left), writer.plain(right)))


def _add(writer: LayoutWriter, node: Node, operands: list[Value]) -> Value:
    left, right = operands
    if left.constant is not None and right.constant is not None:
        return Value(constant=left.constant + right.constant)
    if left.nchw is not None and right.constant is not None and right.constant.ndim == 1:
        merged = writer.graph.with_bias(left.nchw, right.constant)
        if merged is not None:
            return Value(nchw=merged)
    return _binary(writer, node, operands, op="Add")


def _squared_difference(writer: LayoutWriter, node: Node, operands: list[Value]) -> Value:
    difference = _binary(writer, node, operands, op="Sub")
    return _binary(writer, node, [difference, difference], op="Mul")


# -- shapes


def _transpose(writer: LayoutWriter, _: Node, operands: list[Value]) -> Value:
    value, order = operands[0], operands[1].array.tolist()
    if order == TO_NHWC:
        return Value(nchw=writer.plain(value), padding=value.padding)
    if order == TO_NCHW:
        return Value(plain=writer.nchw(value))
    return Value(plain=writer.graph.emit("Transpose", writer.plain(value), perm=order))


def _reshape(writer: LayoutWriter, _: Node, operands: list[Value]) -> Value:
    shape = writer.graph.int64s(*operands[1].array.tolist())
    return Value(plain=writer.graph.emit("Reshape", writer.plain(operands[0]), shape))


def _expand_dims(writer: LayoutWriter, _: Node, operands: list[Value]) -> Value:
    axis = writer.graph.int64s(int(operands[1].array))
    return Value(plain=writer.graph.emit("Unsqueeze", writer.plain(operands[0]), axis))


def _squeeze(writer: LayoutWriter, node: Node, operands: list[Value]) -> Value:
    axes = writer.graph.int64s(*node.attributes.integers("squeeze_dims"))
    return Value(plain=writer.graph.emit("Squeeze", writer.plain(operands[0]), axes))


def _concat(writer: LayoutWriter, _: Node, operands: list[Value]) -> Value:
    *parts, axis = operands
    names = [writer.plain(value) for value in parts]
    return Value(plain=writer.graph.emit("Concat", *names, axis=int(axis.array)))


def _split(writer: LayoutWriter, _: Node, operands: list[Value]) -> list[Value]:
    value, sizes, axis = operands
    names = writer.graph.emit_many(
        "Split", len(sizes.array), writer.plain(value), writer.graph.int64s(*sizes.array.tolist()), axis=int(axis.array)
    )
    return [Value(plain=name) for name in names]


def _pack(writer: LayoutWriter, node: Node, operands: list[Value]) -> Value:
    axis = node.attributes.integer("axis")
    where = writer.graph.int64s(axis)
    parts = [writer.graph.emit("Unsqueeze", writer.plain(value), where) for value in operands]
    return Value(plain=writer.graph.emit("Concat", *parts, axis=axis))


def _unpack(writer: LayoutWriter, node: Node, operands: list[Value]) -> list[Value]:
    axis, count = node.attributes.integer("axis"), node.attributes.integer("num")
    parts = [writer.plain(operands[0])]
    if count > 1:
        sizes = writer.graph.int64s(*[1] * count)
        parts = writer.graph.emit_many("Split", count, parts[0], sizes, axis=axis)
    where = writer.graph.int64s(axis)
    return [Value(plain=writer.graph.emit("Squeeze", name, where)) for name in parts]


def _arg_max(writer: LayoutWriter, node: Node, operands: list[Value]) -> Value:
    index = writer.graph.emit("ArgMax", writer.plain(operands[0]), axis=int(operands[1].array), keepdims=0)
    to = helper.np_dtype_to_tensor_dtype(node.attributes.dtype("output_type"))
    return Value(plain=writer.graph.emit("Cast", index, to=to))


def _gather_nd(writer: LayoutWriter, _: Node, operands: list[Value]) -> Value:
    indices = writer.graph.emit(
        "Cast", writer.plain(operands[1]), to=helper.np_dtype_to_tensor_dtype(np.dtype(np.int64))
    )
    return Value(plain=writer.graph.emit("GatherND", writer.plain(operands[0]), indices))


def _sparse_to_dense(_: LayoutWriter, __: Node, operands: list[Value]) -> Value:
    indices, shape, values, default = (value.array for value in operands)
    if indices.size:
        raise NotImplementedError("a sparse constant that is not empty")
    return Value(constant=np.full(shape.tolist(), default, values.dtype))


_OPERATIONS: Mapping[str, Operation] = {
    "Add": _add,
    "AddV2": _add,
    "ArgMax": _arg_max,
    "Cast": _cast,
    "ConcatV2": _concat,
    "Conv2D": partial(_convolution, depthwise=False),
    "DepthwiseConv2dNative": partial(_convolution, depthwise=True),
    "ExpandDims": _expand_dims,
    "FloorDiv": partial(_binary, op="Div"),  # of indices, which are never negative
    "FusedConv2D": partial(_convolution, depthwise=False),
    "FusedDepthwiseConv2dNative": partial(_convolution, depthwise=True),
    "GatherNd": _gather_nd,
    "Identity": _identity,
    "LeakyRelu": _leaky_relu,
    "MaxPool": _max_pool,
    "Mul": partial(_binary, op="Mul"),
    "Pack": _pack,
    "Pad": _pad,
    "PadV2": _pad,
    "Placeholder": _placeholder,
    "RealDiv": partial(_binary, op="Div"),
    "Reshape": _reshape,
    "ResizeBilinear": _resize,
    "Sigmoid": partial(_unary, op="Sigmoid"),
    "SparseToDense": _sparse_to_dense,
    "SplitV": _split,
    "Sqrt": partial(_unary, op="Sqrt"),
    "SquaredDifference": _squared_difference,
    "Squeeze": _squeeze,
    "Sub": partial(_binary, op="Sub"),
    "Transpose": _transpose,
    "Unpack": _unpack,
}

"""Bridges TensorFlow's picture layout (NHWC) to the one ONNX convolutions want (NCHW).

Every value may be known under two names, and a transpose is written only when an operation needs the layout that is
not there yet. NanoDet, which was NCHW before it came to TensorFlow, loses nearly all of its 83 transposes this way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._onnx_graph import Attribute, OnnxGraph

if TYPE_CHECKING:
    from numpy.typing import NDArray

TO_NCHW, TO_NHWC = [0, 3, 1, 2], [0, 2, 3, 1]


@dataclass(frozen=True)
class Padding:
    """A padded NCHW tensor as (source, pads, fill), so that a convolution can do the padding itself."""

    source: str
    pads: list[int]  # ONNX order for the two spatial axes: top, left, bottom, right
    fill: float


@dataclass
class Value:
    """A tensor of the source graph: a constant, or the names of what was emitted for it."""

    plain: str | None = None  # in the source graph's own layout
    nchw: str | None = None  # of a four-dimensional NHWC tensor: its NCHW form
    constant: NDArray[Any] | None = None
    padding: Padding | None = None

    @property
    def array(self) -> NDArray[Any]:
        """The value of an operand that must be constant."""
        if self.constant is None:
            raise NotImplementedError("an operand that should be constant is computed")
        return self.constant


class LayoutWriter:
    """Writes into `graph`, giving each value in the layout asked for."""

    def __init__(self) -> None:
        self.graph = OnnxGraph()

    def plain(self, value: Value) -> str:
        """Name of the tensor in the source graph's layout."""
        if value.plain is None:
            if value.nchw is not None:
                value.plain = self.graph.emit("Transpose", value.nchw, perm=TO_NHWC)
            else:
                value.plain = self.graph.constant(value.array)
        return value.plain

    def nchw(self, value: Value) -> str:
        """Name of the NCHW form of a computed four-dimensional NHWC tensor."""
        if value.nchw is None:
            value.nchw = self.graph.emit("Transpose", self.plain(value), perm=TO_NCHW)
        return value.nchw

    def broadcast_nchw(self, value: Value) -> str | None:
        """The operand in a form that broadcasts against an NCHW tensor; None if it has none ready."""
        if value.constant is None:
            return value.nchw
        by_rank = {0: value.constant, 1: value.constant.reshape(-1, 1, 1)}
        fitting = by_rank.get(value.constant.ndim)
        return None if fitting is None else self.graph.constant(fitting)

    def unary(self, op: str, value: Value, **attributes: Attribute) -> Value:
        """An element-wise operation, in whichever layout the operand already has."""
        if value.nchw is not None:
            return Value(nchw=self.graph.emit(op, value.nchw, **attributes))
        return Value(plain=self.graph.emit(op, self.plain(value), **attributes))

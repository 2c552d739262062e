"""Reads a TensorFlow.js graph model (JSON topology and binary weight shards) without TensorFlow."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

DTYPES: Mapping[str, np.dtype[Any]] = {
    "DT_FLOAT": np.dtype(np.float32),
    "DT_INT32": np.dtype(np.int32),
    "DT_INT64": np.dtype(np.int64),
}
_STORED: Mapping[str, np.dtype[Any]] = {
    "float32": np.dtype("<f4"),
    "float16": np.dtype("<f2"),
    "int32": np.dtype("<i4"),
}


@dataclass(frozen=True)
class Attributes:
    """The attributes of one node, still in protobuf's JSON form."""

    raw: Mapping[str, Any]

    def integer(self, key: str) -> int:
        """An attribute that must be there."""
        return int(self.raw[key]["i"])

    def integers(self, key: str) -> list[int]:
        """Empty when the attribute is missing."""
        return [int(item) for item in self.raw.get(key, {}).get("list", {}).get("i", [])]

    def number(self, key: str) -> float:
        """An attribute that must be there."""
        return float(self.raw[key]["f"])

    def flag(self, key: str) -> bool:
        """False when the attribute is missing."""
        return bool(self.raw.get(key, {}).get("b", False))

    def text(self, key: str) -> str:
        """An attribute that must be there; byte strings are base64 in this format."""
        return base64.b64decode(self.raw[key]["s"]).decode()

    def texts(self, key: str) -> list[str]:
        """Empty when the attribute is missing."""
        return [base64.b64decode(item).decode() for item in self.raw.get(key, {}).get("list", {}).get("s", [])]

    def dtype(self, key: str) -> np.dtype[Any]:
        """An attribute that names an element type."""
        return DTYPES[self.raw[key]["type"]]

    def shape(self, key: str) -> list[int]:
        """A declared tensor shape; unknown dimensions are -1."""
        return [int(item["size"]) for item in self.raw[key]["shape"].get("dim", [])]


@dataclass(frozen=True)
class Node:
    """One operation; inputs are `name` or `name:output`."""

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: Attributes


@dataclass(frozen=True)
class TfjsGraph:
    """A whole graph, with its constants already dequantised."""

    nodes: Mapping[str, Node]
    constants: Mapping[str, NDArray[Any]]
    outputs: tuple[str, ...]

    def in_order(self) -> Iterator[Node]:
        """Every node the outputs depend on, inputs before users, always in the same order."""
        done: set[str] = set()
        stack = [(name, False) for name in reversed(self.outputs)]
        while stack:
            name, ready = stack.pop()
            if ready:
                yield self.nodes[name]
            elif name not in done:
                done.add(name)
                stack.append((name, True))
                stack.extend((item.split(":")[0], False) for item in reversed(self.nodes[name].inputs))


def read_tfjs(model_json: Path) -> TfjsGraph:
    """Read the topology and the weight shards that lie beside it."""
    document = json.loads(model_json.read_text("utf-8"))
    nodes = {
        item["name"]: Node(
            item["name"],
            item["op"].lstrip("_"),
            tuple(name for name in item.get("input", []) if not name.startswith("^")),
            Attributes(item.get("attr", {})),
        )
        for item in document["modelTopology"]["node"]
    }
    outputs = sorted(name.split(":")[0] for name in document["signature"]["outputs"])
    return TfjsGraph(nodes, dict(_read_weights(model_json.parent, document["weightsManifest"])), tuple(outputs))


def _read_weights(folder: Path, manifest: list[dict[str, Any]]) -> Iterator[tuple[str, NDArray[Any]]]:
    for group in manifest:
        shard = b"".join((folder / path).read_bytes() for path in group["paths"])
        offset = 0
        for weight in group["weights"]:
            stored = _STORED[weight.get("quantization", weight)["dtype"]]
            count = int(np.prod(weight["shape"], dtype=np.int64))
            values = np.frombuffer(shard, stored, count, offset).astype(_STORED[weight["dtype"]])
            offset += count * stored.itemsize
            yield weight["name"], values.reshape(weight["shape"])

"""Reads the tensors of a PyTorch state file (the format before 1.6) without PyTorch and without running its pickles."""

from __future__ import annotations

import io
import pickle
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray

MAGIC = 0x1950A86A20F9469CFC6C
_STORAGES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


def read_torch_state(path: Path) -> Mapping[str, NDArray[Any]]:
    """Every tensor by name.

    The file holds five pickles (magic, protocol, system, tensors, storage keys) and then each storage as a count and
    raw little-endian numbers. Raises ValueError for another format or for anything in it that is not a plain tensor.
    """
    with io.BytesIO(path.read_bytes()) as file:
        if _unpickle(file) != MAGIC:
            raise ValueError(f"{path.name}: not a PyTorch state file of the format before 1.6")
        _unpickle(file), _unpickle(file)
        references: dict[str, _TensorReference] = _unpickle(file)
        dtypes = {item.storage.key: item.storage.dtype for item in references.values()}
        storages = {key: _read_storage(file, dtypes[key]) for key in _unpickle(file)}
    return {name: item.read(storages[item.storage.key]) for name, item in references.items()}


@dataclass(frozen=True)
class _Storage:
    key: str
    dtype: np.dtype[Any]


@dataclass(frozen=True)
class _TensorReference:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def read(self, numbers: NDArray[Any]) -> NDArray[Any]:
        reach = sum((size - 1) * stride for size, stride in zip(self.shape, self.strides, strict=True))
        if min((self.offset, *self.strides)) < 0 or self.offset + reach >= len(numbers):
            raise ValueError("a tensor that reaches outside its storage")
        strides = [stride * numbers.itemsize for stride in self.strides]
        return np.ascontiguousarray(as_strided(numbers[self.offset :], self.shape, strides))


def _tensor(
    storage: _Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object
) -> _TensorReference:
    return _TensorReference(storage, offset, shape, strides)


class _TensorUnpickler(pickle.Unpickler):
    """Knows four names; any other import in the file is refused."""

    def find_class(self, module: str, name: str) -> object:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict  # a plain dict could not take the attributes the file sets on it
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch" and name in _STORAGES:
            return _STORAGES[name]
        raise ValueError(f"refused to load {module}.{name} from a model file")

    def persistent_load(self, pid: tuple[str, np.dtype[Any], str, str, int, object]) -> _Storage:
        _, dtype, key, *_ = pid
        return _Storage(str(key), dtype)


def _unpickle(file: BinaryIO) -> Any:  # noqa: ANN401  (the caller knows which of the five pickles it is)
    return _TensorUnpickler(file).load()


def _read_storage(file: BinaryIO, dtype: np.dtype[Any]) -> NDArray[Any]:
    count = int.from_bytes(file.read(8), "little")
    return np.frombuffer(file.read(count * dtype.itemsize), dtype)

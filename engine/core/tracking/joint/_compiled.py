"""Kernels that call kernels of other files: what is kept of them is of use only while all those files stay."""

import hashlib
from collections.abc import Callable
from importlib.resources import files
from typing import Any

from engine.core.tracking._kernels import kernel


def _stamp() -> tuple[str, int]:
    """What tells one state of all these kernels from another."""
    sources = sorted(file.read_bytes() for file in files(__package__).iterdir() if file.name.endswith(".py"))
    return hashlib.sha256(b"".join(sources)).hexdigest(), len(sources)


_STAMP = _stamp()


def compiled(function: Callable[..., Any]) -> Any:  # noqa: ANN401 - what numba makes of a function has no type
    """The function as machine code, typed by its first call."""
    made: Any = kernel()(function)
    kept = getattr(made._cache, "_cache_file", None)  # none where nothing may be kept
    if kept is not None:
        # Left alone, numba keeps a kernel for as long as its own file stays, whatever becomes of those it calls.
        kept._source_stamp = _STAMP
    return made

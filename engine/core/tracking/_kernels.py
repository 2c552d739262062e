"""How numba compiles the tracker's kernels: before they are needed, kept on disk where that may be."""

from collections.abc import Callable
from typing import Any

import numba


def kernel(signature: str | None = None) -> Callable[[Any], Any]:
    """Compile a function: at once when it says what it takes, else when a kernel that calls it is compiled.

    What is compiled is kept beside its file, or in the user's cache. An engine that may write to neither compiles at
    each start, for some seconds. Nothing is fused or summed in another order than written: replay agrees to the byte.
    """

    def compiled(function: Any) -> Any:  # noqa: ANN401 - what numba makes of a function has no type
        try:
            return numba.njit(signature, cache=True, error_model="numpy")(function)
        except RuntimeError as error:
            if "locator" not in str(error):  # nowhere to keep it
                raise
            return numba.njit(signature, error_model="numpy")(function)

    return compiled

"""Kernels are compiled before they are called, and also where nothing may be kept."""

import numba
import pytest
from numba.core import caching

from engine.core.tracking import _arms
from engine.core.tracking._kernels import kernel


def doubled(number: float) -> float:
    return 2 * number


def test_the_arms_are_compiled_when_they_are_imported() -> None:
    assert len(_arms._place.signatures) == 1


def test_a_kernel_is_compiled_where_nothing_may_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching.CompileResultCacheImpl, "_locator_classes", [])
    with pytest.raises(RuntimeError, match="locator"):
        numba.njit(cache=True)(doubled)
    compiled = kernel("f8(f8)")(doubled)
    assert compiled.signatures
    assert compiled(1.5) == 3.0


def test_what_numba_cannot_compile_is_said() -> None:
    with pytest.raises(numba.TypingError):
        kernel("f8(f8)")(lambda number: number.no_such_thing)

"""Kernels are compiled before they are called, also where nothing may be kept, and give what they should."""

from typing import Any

import numba
import numpy as np
import pytest
from numba.core import caching

from engine.core.tracking import _arms, _joints, _misfit
from engine.core.tracking._kernels import kernel


def doubled(number: float) -> float:
    return 2 * number


@pytest.mark.parametrize("function", [_arms._place, _joints._look, _joints._meet, _misfit._compare])
def test_what_a_frame_needs_is_compiled_when_it_is_imported(function: Any) -> None:  # noqa: ANN401 - numba's
    assert len(function.signatures) == 1


def test_a_joint_lies_where_the_weighted_squares_of_its_lines_and_the_axis_are_least() -> None:
    rng = np.random.default_rng(5)
    rays = rng.normal(size=(3, 3))
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    origin, foot, weight = rng.uniform(0, 5, (3, 3)), np.array((2.0, 3.0)), np.array((900.0, 0.0, 400.0))
    point, off = np.empty(3), np.empty(3)
    variance = _joints._solve(rays, origin, weight, foot, 25.0, point, off)
    across = np.eye(3) - rays[:, :, None] * rays[:, None, :]
    information = np.einsum("v,vab->ab", weight, across) + np.diag((25.0, 25.0, 1 / 9))
    target = np.einsum("v,vab,vb->a", weight, across, origin) + np.array((50.0, 75.0, 1 / 9))
    assert point == pytest.approx(np.linalg.solve(information, target))
    assert variance == pytest.approx(np.linalg.inv(information).trace() / 3)
    apart = np.einsum("vab,vb->va", across, point - origin)
    assert off == pytest.approx(weight * (apart**2).sum(axis=1))


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

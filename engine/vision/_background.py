"""The picture of a camera's scene without people, which is all a console preview ever shows of the scene."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from ._cells import COLUMNS, grid_rows, to_cells

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.ports import Image

UNKNOWN_GREY = 114
STILL_LEVELS = 6.0  # grey levels a cell may wander and still count as still
BOX_MARGIN = 0.15  # of the box, on each side: boxes leave out raised arms and shadows
NS_PER_S = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class PlatePolicy:
    """When a part of the scene may enter the plate, in seconds."""

    hold_s: float = 5.0  # nothing enters where a person was detected this long ago
    # And only what has been still for a while: who is missed by the detector is missed again while standing still.
    settle_s: float = 2.0  # where the scene looks as the plate has it
    first_s: float = 6.0  # where nothing is known yet
    change_s: float = 60.0  # where it looks different from the plate
    memory_s: float = 60.0  # time constant with which what is known follows the light
    period_s: float = 0.5  # between two updates; boxes are heeded on every frame


class BackgroundPlate:
    """Slowly adapting background; what was never seen free of people stays plain grey."""

    def __init__(self, policy: PlatePolicy | None = None) -> None:
        self._policy = policy or PlatePolicy()
        self._state: _State | None = None

    @property
    def image_bgr(self) -> Image | None:
        """A copy (H, W, 3) of the plate; None before the first frame."""
        return None if self._state is None else np.asarray(cv2.convertScaleAbs(self._state.plate), np.uint8)

    @property
    def cells(self) -> NDArray[np.float32] | None:
        """Grey level of each cell (rows, 80), NaN where nothing is known yet; None before the first frame."""
        return None if self._state is None else self._state.cells

    @property
    def known_share(self) -> float:
        """Share of the picture seen free of people so far."""
        return 0.0 if self._state is None else 1.0 - float(np.isnan(self._state.cells).mean())

    def observe(self, image_bgr: Image, person_xyxy_px: NDArray[np.floating[Any]], t_ns: int) -> None:
        """Take in a frame (H, W, 3) with the boxes (N, 4) of the people in it; frames come in order of `t_ns`.

        A frame of another size starts a new plate: the camera has been set differently.
        """
        if self._state is None or self._state.plate.shape != image_bgr.shape:
            self._state = _State.unknown(image_bgr, t_ns)
        state = self._state
        self._block(state, person_xyxy_px, t_ns)
        if t_ns - state.updated_ns >= self._policy.period_s * NS_PER_S:
            self._update(state, image_bgr, t_ns)

    def _block(self, state: _State, person_xyxy_px: NDArray[np.floating[Any]], t_ns: int) -> None:
        until_ns = t_ns + int(self._policy.hold_s * NS_PER_S)
        per_px = COLUMNS / state.plate.shape[1]
        for box in np.asarray(person_xyxy_px, np.float64).reshape(-1, 4):
            margin = BOX_MARGIN * (box[2:] - box[:2])
            x0, y0 = np.floor((box[:2] - margin) * per_px).astype(int).clip(min=0)
            x1, y1 = np.ceil((box[2:] + margin) * per_px).astype(int).clip(min=0)
            state.blocked_until_ns[y0:y1, x0:x1] = until_ns

    def _update(self, state: _State, image_bgr: Image, t_ns: int) -> None:
        now = to_cells(image_bgr)
        blocked = state.blocked_until_ns > t_ns
        restless = blocked | (np.abs(now - state.reference) > STILL_LEVELS)
        state.reference[restless] = now[restless]
        state.still_since_ns[restless] = t_ns
        fresh = np.isnan(state.cells)
        settled = t_ns - state.still_since_ns >= self._wait_ns(np.abs(now - state.cells), fresh)
        # One cell off everything that moves: the rim of a person reaches into the cells beside.
        entering = cv2.erode(settled.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
        share = 1.0 - float(np.exp(-(t_ns - state.updated_ns) / (self._policy.memory_s * NS_PER_S)))
        for cells, weight in ((entering & fresh, 1.0), (entering & ~fresh, share)):
            mask = cv2.resize(cells.astype(np.uint8), image_bgr.shape[1::-1], interpolation=cv2.INTER_NEAREST)
            cv2.accumulateWeighted(image_bgr, state.plate, weight, mask)
        state.cells = np.where(entering, np.where(fresh, now, state.cells + share * (now - state.cells)), state.cells)
        state.updated_ns = t_ns

    def _wait_ns(self, change_levels: NDArray[np.float32], fresh: NDArray[np.bool_]) -> NDArray[np.float64]:
        policy = self._policy
        known_s = np.where(change_levels > STILL_LEVELS, policy.change_s, policy.settle_s)
        return np.asarray(np.where(fresh, policy.first_s, known_s) * NS_PER_S, np.float64)


@dataclass
class _State:
    plate: NDArray[np.float32]  # (H, W, 3) BGR
    cells: NDArray[np.float32]  # (rows, 80), NaN where unknown
    reference: NDArray[np.float32]  # what each cell has looked like since it came to rest
    still_since_ns: NDArray[np.int64]
    blocked_until_ns: NDArray[np.int64]
    updated_ns: int

    @classmethod
    def unknown(cls, image_bgr: Image, t_ns: int) -> _State:
        grid = (grid_rows(image_bgr), COLUMNS)
        return cls(
            plate=np.full(image_bgr.shape, UNKNOWN_GREY, np.float32),
            cells=np.full(grid, np.nan, np.float32),
            reference=to_cells(image_bgr),
            still_since_ns=np.full(grid, t_ns, np.int64),
            blocked_until_ns=np.full(grid, t_ns, np.int64),
            updated_ns=t_ns,
        )

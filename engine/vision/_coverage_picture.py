"""The coverage of a store as a picture: the floor from above, and every gondola's face from the front."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ._coverage import ENOUGH_PX, FacingCoverage, FloorCoverage

if TYPE_CHECKING:
    from engine.domain import FacingId, Gondola, Plate, Point2, Store
    from engine.ports import Image

_PX_PER_M = 110
_MARGIN_PX = 60
_INK, _PAPER, _QUIET = (40, 40, 40), (255, 255, 255), (150, 150, 150)
# By how many cameras see it: none, one, enough, more. BGR, from red to blue, which colour-blind people tell apart.
_SHADES = ((28, 25, 215), (97, 174, 253), (233, 217, 171), (209, 150, 90))
_FONT = cv2.FONT_HERSHEY_SIMPLEX


def coverage_picture(store: Store, facings: tuple[FacingCoverage, ...], floor: FloorCoverage) -> Image:
    """Heat-map (H, W, 3): shades say how many cameras see a place or facing."""
    plan = _plan(store, floor)
    faces = [_face(store, gondola, {each.facing_id: each for each in facings}) for gondola in store.gondolas]
    tall_px = max(plan.shape[0], sum(face.shape[0] for face in faces))
    wide_px = max((face.shape[1] for face in faces), default=0)
    sheet = np.full((tall_px + _MARGIN_PX, plan.shape[1] + wide_px, 3), 255, np.uint8)
    sheet[: plan.shape[0], : plan.shape[1]] = plan
    top_px = 0
    for face in faces:
        sheet[top_px : top_px + face.shape[0], plan.shape[1] : plan.shape[1] + face.shape[1]] = face
        top_px += face.shape[0]
    _legend(sheet, tall_px)
    return sheet


def _legend(sheet: Image, top_px: int) -> None:
    for number, words in enumerate(("no camera", "one: too few", "two", "three or more")):
        left_px = _MARGIN_PX + 190 * number
        cv2.rectangle(sheet, (left_px, top_px), (left_px + 22, top_px + 22), _SHADES[number], -1)
        _write(sheet, words, (left_px + 30, top_px + 17))


def _write(sheet: Image, text: str, at_px: tuple[int, int], *, size: float = 0.5) -> None:
    cv2.putText(sheet, text, at_px, _FONT, size, _INK, 1, cv2.LINE_AA)


def _shade(cameras: int) -> tuple[int, int, int]:
    return _SHADES[min(cameras, len(_SHADES) - 1)]


class _Plan:
    """Store metres into pixels, north up."""

    def __init__(self, store: Store) -> None:
        corners = np.array(store.floor_m)
        self._low, self._high = corners.min(axis=0), corners.max(axis=0)

    @property
    def size_px(self) -> tuple[int, int]:
        wide_m, tall_m = self._high - self._low
        return round(wide_m * _PX_PER_M) + 2 * _MARGIN_PX, round(tall_m * _PX_PER_M) + 2 * _MARGIN_PX

    def px(self, x_m: float, y_m: float) -> tuple[int, int]:
        across, up = (x_m - self._low[0]) * _PX_PER_M, (self._high[1] - y_m) * _PX_PER_M
        return round(across) + _MARGIN_PX, round(up) + _MARGIN_PX


def _plan(store: Store, floor: FloorCoverage) -> Image:
    plan = _Plan(store)
    wide_px, tall_px = plan.size_px
    sheet = np.full((tall_px, wide_px, 3), 255, np.uint8)
    half_m = floor.step_m / 2
    for (x_m, y_m), cameras in zip(floor.cells_m.tolist(), floor.cameras.tolist(), strict=True):
        cv2.rectangle(
            sheet, plan.px(x_m - half_m, y_m + half_m), plan.px(x_m + half_m, y_m - half_m), _shade(cameras), -1
        )
    for gondola in store.gondolas:
        corners = np.array([plan.px(*corner) for corner in _footprint(gondola)], np.int32)
        cv2.fillPoly(sheet, [corners], _QUIET)
        _write(sheet, gondola.gondola_id, plan.px(*np.mean(_footprint(gondola), axis=0)))
    for gate in store.gates:
        cv2.line(sheet, plan.px(*gate.left_m), plan.px(*gate.right_m), _INK, 4)
    for camera in store.cameras:
        (x_m, y_m, _), look_at_m = camera.calibration.position_m, camera.calibration.look_at_m
        toward = math.atan2(look_at_m[1] - y_m, look_at_m[0] - x_m)
        cv2.arrowedLine(
            sheet, plan.px(x_m, y_m), plan.px(x_m + 0.5 * math.cos(toward), y_m + 0.5 * math.sin(toward)), _INK, 2
        )
        across_px, down_px = plan.px(x_m, y_m)
        _write(sheet, camera.camera_id, (max(4, min(across_px - 30, wide_px - 100)), down_px - 8))
    _write(sheet, "whole bodies, by cameras that watch the floor", (_MARGIN_PX, 24))
    return sheet


def _footprint(gondola: Gondola) -> list[Point2]:
    out_x, out_y = math.cos(gondola.yaw_rad), math.sin(gondola.yaw_rad)
    half_m, deep_m = gondola.width_m / 2, gondola.depth_m
    x_m, y_m = gondola.origin_m
    ends = ((-half_m, 0.0), (half_m, 0.0), (half_m, deep_m), (-half_m, deep_m))
    return [(x_m - out_y * aside - out_x * inward, y_m + out_x * aside - out_y * inward) for aside, inward in ends]


def _face(store: Store, gondola: Gondola, coverage: dict[FacingId, FacingCoverage]) -> Image:
    """One gondola's front, as a shopper sees it."""
    wide_px, tall_px = round(gondola.width_m * 3 * _PX_PER_M), round(gondola.height_m * 1.6 * _PX_PER_M)
    sheet = np.full((tall_px + 60, wide_px + 2 * _MARGIN_PX, 3), 255, np.uint8)
    _write(sheet, f"{gondola.gondola_id}: cameras, flattest angle, largest product", (_MARGIN_PX, 28))
    shelves = {shelf.shelf_id for shelf in store.shelves if shelf.gondola_id == gondola.gondola_id}
    for facing in store.facings:
        plates = [store.plate_by_id[plate] for plate in facing.plate_ids]
        if plates[0].shelf_id not in shelves:
            continue
        left, top, right, bottom = _front_px(gondola, plates, tall_px)
        found = coverage[facing.facing_id]
        cv2.rectangle(sheet, (left, top), (right, bottom), _shade(found.cameras), -1)
        cv2.rectangle(sheet, (left, top), (right, bottom), _PAPER, 2)
        _write(sheet, facing.facing_id, (left + 5, top + 16), size=0.42)
        angle = f"{min(view.below_deg for view in found.views):.0f} deg" if found.views else "-"
        small = " small" if found.product_px < ENOUGH_PX else ""
        _write(sheet, f"{found.cameras}, {angle}", (left + 5, top + 30), size=0.36)
        _write(sheet, f"{found.product_px:.0f} px{small}", (left + 5, top + 43), size=0.36)
    return sheet


def _front_px(gondola: Gondola, plates: list[Plate], tall_px: int) -> tuple[int, int, int, int]:
    aside = np.array([-math.sin(gondola.yaw_rad), math.cos(gondola.yaw_rad)])
    along_m = [float((np.array(plate.centre_m[:2]) - gondola.origin_m) @ aside) for plate in plates]
    half_m = plates[0].width_m / 2
    per_m, per_height_m = 3 * _PX_PER_M, 1.6 * _PX_PER_M
    left = _MARGIN_PX + round((min(along_m) - half_m + gondola.width_m / 2) * per_m)
    right = _MARGIN_PX + round((max(along_m) + half_m + gondola.width_m / 2) * per_m)
    bottom = 40 + tall_px - round(plates[0].centre_m[2] * per_height_m)
    return left, bottom - round(plates[0].clearance_m * per_height_m), right, bottom

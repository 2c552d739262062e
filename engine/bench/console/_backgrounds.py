"""What a hall's cameras see behind its people: the floor's tiles and the gondolas' faces in plain colours."""

from collections.abc import Iterator

import cv2
import numpy as np
import simplejpeg

from engine.domain import BackgroundPlate, Camera, CameraCalibration, Floats, Gondola, Store

_TILE_M = 0.6


def background(store: Store, camera: Camera) -> BackgroundPlate:
    """The floor's tiles and the gondolas' faces in plain colours, as JPEG."""
    lens = camera.calibration
    picture = np.full((lens.height_px, lens.width_px, 3), 120, np.uint8)
    for near_m, tone in _tiles(store):
        _fill(picture, lens, near_m, (tone, tone, tone - 6))
    for gondola in sorted(store.gondolas, key=lambda one: -_away_m(one, lens)):
        for face_m in _faces(gondola):
            _fill(picture, lens, face_m, (88, 104, 112))
    jpeg = simplejpeg.encode_jpeg(picture, quality=80, colorspace="BGR")
    return BackgroundPlate(t_ns=1, camera_id=camera.camera_id, jpeg=jpeg)


def _tiles(store: Store) -> Iterator[tuple[Floats, int]]:
    (width_m, depth_m) = np.max(store.floor_m, axis=0)
    for row in range(int(depth_m / _TILE_M)):
        for column in range(int(width_m / _TILE_M)):
            x, y = column * _TILE_M, row * _TILE_M
            corners = [(x, y), (x + _TILE_M, y), (x + _TILE_M, y + _TILE_M), (x, y + _TILE_M)]
            yield np.array([(*corner, 0.0) for corner in corners]), 168 + 10 * ((row + column) % 2)


def _faces(gondola: Gondola) -> Iterator[Floats]:
    """Back, sides and front, upright."""
    front = np.array([np.cos(gondola.yaw_rad), np.sin(gondola.yaw_rad), 0.0])
    side = np.array([-front[1], front[0], 0.0]) * gondola.width_m / 2
    origin, up = np.array([*gondola.origin_m, 0.0]), np.array([0.0, 0.0, gondola.height_m])
    back = origin - front * gondola.depth_m
    for start, end in ((back - side, back + side), (back - side, origin - side), (back + side, origin + side)):
        yield np.array([start, end, end + up, start + up])


def _fill(picture: np.ndarray, lens: CameraCalibration, corners_m: Floats, colour: tuple[int, int, int]) -> None:
    pixels = lens.project(corners_m)
    if np.isfinite(pixels).all() and np.abs(pixels).max() < 4 * lens.width_px:
        cv2.fillConvexPoly(picture, np.round(pixels).astype(np.int32), colour)


def _away_m(gondola: Gondola, lens: CameraCalibration) -> float:
    return float(np.hypot(*(np.array(gondola.origin_m) - lens.position_m[:2])))

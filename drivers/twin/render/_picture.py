"""A clean enrolment picture of one SKU, as a shop would take it on a table before a light wall."""

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.twin.render import _raster
from drivers.twin.render._scene import StoreScene
from engine.domain import CameraCalibration, SkuId

_SUPERSAMPLING = 2
_BACKDROP_BGR = (226, 229, 230)


def render_product_picture(
    scene: StoreScene, sku_id: SkuId, *, yaw_rad: float = 0.35, side_px: int = 256
) -> NDArray[np.uint8]:
    """The product from slightly above (side_px, side_px, 3) BGR, turned by ``yaw_rad``; KeyError for an unknown SKU."""
    mesh = scene.product_model(sku_id).mesh.placed(0, 0, 0, turn_rad=yaw_rad)
    size = float(np.linalg.norm(mesh.points_m.max(axis=0) - mesh.points_m.min(axis=0)))
    middle_z = float(mesh.points_m[:, 2].max()) / 2
    big = side_px * _SUPERSAMPLING
    calibration = CameraCalibration(
        width_px=big, height_px=big, focal_px=3.1 * big,
        position_m=(0.0, -3.0 * size, middle_z + 0.9 * size), look_at_m=(0.0, 0.0, middle_z),
    )  # fmt: skip
    camera = (calibration.K_cam @ calibration.cam_from_floor[:3]).astype(np.float32)
    # The shading knows one light scale, that of a room: the product is lit as if it stood in one.
    lamps = np.array([(-1.2, -1.6, 2.2, 2.6), (1.4, -1.2, 2.0, 2.0)], np.float32)
    nearness, face_at = np.zeros((big, big), np.float32), np.full((big, big), -1, np.int32)
    bary, colour = np.zeros((big, big, 2), np.float32), np.empty((big, big, 3), np.uint8)
    colour[:] = _BACKDROP_BGR
    arrays, rect = mesh.arrays(), (0, 0, big, big)
    pixels = _raster.project(arrays.points, camera)
    _raster.rasterise(pixels, arrays.faces, 0, rect, False, nearness, face_at, bary)
    _raster.shade_textured(
        rect, 0, nearness, face_at, bary, arrays, scene.textures, lamps,
        np.array(calibration.position_m), calibration.focal_px, colour,
    )  # fmt: skip
    return np.asarray(cv2.resize(colour, (side_px, side_px), interpolation=cv2.INTER_AREA), np.uint8)

"""A small annotated recording in the form of the large one: three people walk before three cameras."""

import gzip
import json
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from engine.domain import CameraCalibration

STEP_M, SIDE = 0.025, 400
_EYES = ((-1.0, -1.0, 3.2), (11.0, -1.0, 3.2), (5.0, 11.5, 3.2))


def write_recording(folder: Path, *, instants: int = 12) -> Path:
    """Write calibration and annotations below ``folder`` and give it back."""
    where = folder / "data" / "wildtrack"
    where.mkdir(parents=True)
    eyes = [
        CameraCalibration(width_px=1920, height_px=1080, focal_px=1100.0, position_m=eye, look_at_m=(5.0, 5.0, 0.8))
        for eye in _EYES
    ]
    cameras = [
        {
            "name": f"c{number}",
            "width": 1920,
            "height": 1080,
            "K": eye.K_cam.tolist(),
            "rvec": Rotation.from_matrix(eye.cam_from_floor[:3, :3]).as_rotvec().tolist(),
            "tvec_cm": (100 * eye.cam_from_floor[:3, 3]).tolist(),
        }
        for number, eye in enumerate(eyes)
    ]
    grid = {"nx": SIDE, "ny": SIDE, "step_m": STEP_M, "origin_m": [0.0, 0.0]}
    (where / "calibration.json").write_text(json.dumps({"grid": grid, "fps": 2.0, "cameras": cameras}))
    lines = ["frame,person,position" + ",box" * 12]
    for frame in range(instants):
        for person in range(3):
            cell = (120 + 80 * person) + SIDE * (80 + 60 * person + 12 * frame)
            place = STEP_M * np.array([cell % SIDE, cell // SIDE])
            boxes = [pixel for eye in eyes for pixel in _box(eye, place)]
            lines.append(",".join(str(number) for number in (5 * frame, person, cell, *boxes)))
    with gzip.open(where / "annotations.csv.gz", "wt") as file:
        file.write("\n".join(lines) + "\n")
    return folder


def _box(eye: CameraCalibration, place: np.ndarray) -> list[int]:
    foot, top = eye.project(np.array([[*place, 0.0], [*place, 1.8]]))
    half_px = 0.11 * (foot[1] - top[1])
    return [round(px) for px in (foot[0] - half_px, top[1], foot[0] + half_px, foot[1])]

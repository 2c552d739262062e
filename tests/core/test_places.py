"""Plates and points: many at once are what they are one by one."""

import msgspec
import numpy as np
import pytest

from engine.core._places import PlateSpaces, plate_distance_m
from engine.domain import Plate, Vector3
from tests.build import small_store


def near_one_by_one(plate: Plate, points_m: list[Vector3], within_m: float) -> bool:
    return any(plate_distance_m(plate, point_m) <= within_m for point_m in points_m)


@pytest.mark.parametrize("seed", range(20))
def test_plates_touched_by_many_points_are_those_that_one_of_them_touches(seed: int) -> None:
    placed = small_store().plates
    plates = [msgspec.structs.replace(plate, yaw_rad=0.7 * number) for number, plate in enumerate(placed)]
    points_m = np.random.default_rng(seed).uniform((-0.8, -0.8, 0.7), (0.8, 0.8, 1.6), (12, 3))
    spaces = PlateSpaces(plates)
    rows = spaces.within((0.2, 0.0), 0.45)
    assert [plates[row].plate_id for row in rows] == ["s1p3", "s1p4", "s1p5", "s1p6", "s2p3", "s2p4", "s2p5", "s2p6"]
    points: list[Vector3] = [(x, y, z) for x, y, z in points_m.tolist()]
    expected = [plates[row] for row in rows if near_one_by_one(plates[row], points, 0.08)]
    assert spaces.touched(rows, points_m, 0.08) == expected
    assert 0 < sum(len(PlateSpaces([plate]).touched(np.array([0]), points_m, 0.08)) for plate in plates) < len(plates)

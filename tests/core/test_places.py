"""Distances from plates: many at once are what they are one by one."""

import math

import msgspec
import numpy as np

from engine.core._places import plate_distance_m, plate_distances_m
from engine.domain import Vector3
from tests.build import small_store


def test_distances_of_many_plates_and_points_are_those_of_each() -> None:
    placed = small_store().plates
    plates = [msgspec.structs.replace(plate, yaw_rad=0.7 * number) for number, plate in enumerate(placed)]
    points_m = np.random.default_rng(1).uniform((-1, -1, 0), (1, 1, 2), (40, 3))
    points_m[0] = plates[1].centre_m
    distances_m = plate_distances_m(plates, points_m)
    assert distances_m.shape == (len(plates), 40)
    assert distances_m[1, 0] == 0
    for row, plate in enumerate(plates):
        for column, (x, y, z) in enumerate(points_m.tolist()):
            point_m: Vector3 = (x, y, z)
            assert math.isclose(distances_m[row, column], plate_distance_m(plate, point_m), abs_tol=1e-12)

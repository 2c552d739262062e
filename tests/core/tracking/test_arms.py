"""Arms from views that contradict each other: lengths are kept, guesses are doubted, and doubt is told."""

import math

import numpy as np
import pytest

from engine.core.tracking._eye import Eyes
from engine.core.tracking._motion import Motion
from engine.core.tracking._skeleton import build_skeletons
from engine.core.tracking._state import Skeleton, TrackMemory, View
from engine.domain import Floats, TrackId
from tests.core.tracking.crowd import body_at, ceiling_room, standing

STORE = ceiling_room()
EYES = Eyes(STORE.cameras)
AT_M = (3.0, 2.5)
ELBOW, WRIST = 8, 10


def reaching() -> Floats:
    """Somebody with the right forearm stretched forward, level."""
    body = body_at(standing(at_m=AT_M), 0.0)
    body[WRIST] = body[ELBOW] + (0.24, 0.0, 0.0)
    return body


def hanging() -> Floats:
    """The same with the forearm down: what a model guesses that does not see it."""
    body = reaching()
    body[WRIST] = body[ELBOW] + (0.03, 0.0, -0.24)
    return body


def skeleton_of(*views: tuple[Floats, float]) -> Skeleton:
    """What is made of a body as each camera shows it, with the score of its right wrist there."""
    track = TrackMemory(
        track_id=TrackId(1),
        name="",
        motion=Motion.start(0, AT_M, (0.01, 0.0, 0.01)),
        born_ns=0,
        born_at_m=AT_M,
        last_seen_ns=0,
    )
    for camera, (body, score) in zip(STORE.cameras, views, strict=False):
        eye = EYES.by_id[camera.camera_id]
        marks = np.full(17, 0.8)
        marks[WRIST] = score
        pixels = [eye.project(*joint)[:2] for joint in body.tolist()]
        joints = [number for (x, y), mark in zip(pixels, marks.tolist(), strict=True) for number in (x, y, mark)]
        range_m = math.dist(eye.position_m, (*AT_M, 1.1))
        track.views[camera.camera_id] = View(t_ns=0, joint_px=tuple(joints), range_m=range_m)
    (skeleton,) = build_skeletons([track], EYES, t_ns=0)
    return skeleton


def error_m(skeleton: Skeleton) -> float:
    return math.dist(skeleton.joint(WRIST), reaching()[WRIST])


def test_two_who_see_a_wrist_outweigh_two_who_guess_it() -> None:
    sure, guess = (reaching(), 0.8), (hanging(), 0.15)
    assert error_m(skeleton_of(sure, guess, sure, guess)) < 0.03


@pytest.mark.parametrize("score", [0.2, 0.8])
def test_rays_that_contradict_each_other_do_not_shorten_a_forearm(score: float) -> None:
    mixed = [(reaching(), score), (hanging(), score), (reaching(), score), (hanging(), score)]
    joints = skeleton_of(*mixed).joints
    assert 0.19 < np.linalg.norm(joints[WRIST] - joints[ELBOW]) < 0.29


def test_where_views_contradict_each_other_the_wrist_is_less_sure() -> None:
    agreed = skeleton_of(*[(reaching(), 0.5)] * 4)
    mixed = skeleton_of((reaching(), 0.5), (reaching(), 0.5), (hanging(), 0.5), (hanging(), 0.5))
    assert agreed.sigma_m[WRIST] < 0.08
    assert mixed.sigma_m[WRIST] > 1.3 * agreed.sigma_m[WRIST]


def test_a_low_score_makes_a_wrist_less_sure() -> None:
    assert (
        skeleton_of(*[(reaching(), 0.15)] * 4).sigma_m[WRIST] > 2 * skeleton_of(*[(reaching(), 0.6)] * 4).sigma_m[WRIST]
    )


def test_a_wrist_that_nobody_saw_stays_unknown() -> None:
    skeleton = skeleton_of(*[(reaching(), 0.0)] * 3)
    assert skeleton.sigma_m[WRIST] == 0
    assert math.dist(skeleton.joint(ELBOW), reaching()[ELBOW]) < 0.03


def test_one_view_places_a_wrist_at_arm_s_length() -> None:
    skeleton = skeleton_of((reaching(), 0.8))
    assert error_m(skeleton) < 3 * skeleton.sigma_m[WRIST]
    assert 0.1 < skeleton.sigma_m[WRIST] < 0.6

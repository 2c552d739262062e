"""From keypoints in four cameras to the right cart: tracking, gate binding and attribution together."""

import math

import msgspec
import numpy as np

from engine.core import StoreCore
from engine.domain import (
    Camera,
    CameraCalibration,
    CameraId,
    Floats,
    InputFact,
    NeedsReview,
    Passage,
    PersonsSeen,
    Picked,
    ReceiptIssued,
    ShopperBound,
    Store,
)
from tests.build import authorised, carts, hand_in, in_time, ns, passed, play, provisional, settled, small_store, tick
from tests.core.tracking.crowd import Walk, body_at, seen

EYES_M = ((-3.8, 3.8), (3.0, 3.8), (-3.8, 0.4), (3.0, 0.4))
REACH_S = 8.0


def watched_store() -> Store:
    """The small store under four ceiling cameras."""
    cameras = tuple(
        Camera(
            camera_id=CameraId(f"cam-{i}"),
            calibration=CameraCalibration(
                width_px=640, height_px=360, focal_px=300.0, position_m=(x, y, 2.8), look_at_m=(-0.8, 1.4, 0.8)
            ),
        )
        for i, (x, y) in enumerate(EYES_M)
    )
    return msgspec.structs.replace(small_store(), cameras=cameras, gondolas=())


def to_the_shelf(start_s: float, x: float, y: float) -> Walk:
    """From outside the gate to a place, in five seconds, then facing the shelf; out again after eleven."""

    def walk(t_s: float) -> tuple[float, float, float]:
        share = min(1.0, max(0.0, (t_s - start_s) / 5)) - min(1.0, max(0.0, (t_s - start_s - 10) / 5))
        return -3.7 + share * (x + 3.7), 2.0 + share * (y - 2.0), -math.pi / 2

    return walk


def joints(store: Store, walk: Walk, t_s: float, *, plate_id: str = "") -> Floats:
    """A body (17, 3) whose arms hang, or whose right hand is over a plate around the reach."""
    body = body_at(walk, 5.0 * round(t_s / 5.0))  # the instant at which the arms of the crowd hang
    body[:, :2] += np.array(walk(t_s)[:2]) - np.array(walk(5.0 * round(t_s / 5.0))[:2])
    if plate_id and abs(t_s - REACH_S) < 0.45:
        hand = np.array(hand_in(store, plate_id))
        body[10] = hand + np.array((0.0, 0.06, 0.03))
        body[8] = hand + np.array((0.0, 0.3, 0.15))
    return body


def frames(store: Store, seconds: float) -> list[InputFact]:
    """Two shoppers, the first of whom reaches into the beans."""
    rng = np.random.default_rng(5)
    facts: list[InputFact] = []
    walks = (to_the_shelf(0, -0.5, 0.65), to_the_shelf(1.5, 0.6, 0.8))
    for seq in range(round(seconds * 10)):
        for number, camera in enumerate(store.cameras):
            t_s = seq / 10 + number * 0.02
            people = (joints(store, walks[0], t_s, plate_id="s1p1"), joints(store, walks[1], t_s))
            persons = [seen(camera, body, rng, noise_px=2.0, hidden=np.zeros(17, bool)) for body in people]
            facts.append(
                PersonsSeen(
                    t_ns=ns(t_s),
                    camera_id=camera.camera_id,
                    frame_seq=seq,
                    persons=tuple(person for person in persons if person is not None),
                )
            )
    return facts


def test_two_shoppers_seen_by_four_cameras_get_their_own_carts() -> None:
    store = watched_store()
    core = StoreCore(store)
    gate: list[InputFact] = [authorised(0.1, "v1"), authorised(1.6, "v2")]
    gate += [passed(1.1, Passage.IN), passed(2.3, Passage.IN), passed(14.0, Passage.OUT), passed(15.7, Passage.OUT)]
    scales: list[InputFact] = [provisional("s1", REACH_S, {"s1p1": -410}), settled("s1", REACH_S, {"s1p1": -421})]
    said = play(core, in_time(frames(store, 18), gate, scales, [tick(18.5)]))
    assert {f.visit_id for f in said if isinstance(f, ShopperBound)} == {"v1", "v2"}
    assert carts(said) == {"v1": {"beans": 1}}
    assert not any(isinstance(f, NeedsReview) for f in said)
    first = next(f for f in said if isinstance(f, Picked))
    assert first.t_ns - ns(REACH_S) <= 300_000_000
    receipts = {f.visit_id: f.total_minor for f in said if isinstance(f, ReceiptIssued)}
    assert receipts == {"v1": 100, "v2": 0}

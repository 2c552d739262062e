"""A camera goes blind in the middle of visits: whom another camera sees keeps their identity."""

import argparse
from itertools import pairwise

import numpy as np
import pytest

from drivers.twin.devices import true_bodies
from drivers.twin.render import load_bodies
from drivers.twin.scenario import Programme
from drivers.twin.sight import Sight
from engine.core.tracking import FloorTracker
from engine.domain import TrackId
from engine.store import open_store
from tests.runtime.perception.store_pictures import DEMO

HZ = 10
BLIND_S, AGAIN_S, END_S = 14.0, 26.0, 32.0
FEET = [15, 16]
NEAR_M = 0.6


def identities(blind: str) -> dict[int, list[TrackId]]:
    """The tracks of each shopper inside, twice a second; ``blind`` sends nothing for twelve seconds."""
    parser = argparse.ArgumentParser()
    Programme.declare(parser)
    programme = Programme.of(parser, parser.parse_args(["--seed", "5"]))
    store = open_store(DEMO).store
    world, bodies = programme.world(store), load_bodies()
    sight, tracker = Sight(store, seed=3), FloorTracker(store)
    found: dict[int, list[TrackId]] = {}
    for step in range(1, round(END_S * HZ)):
        world.advance(step / HZ)
        places_m = true_bodies(world, bodies)
        numbers = [shopper.number for shopper in world.people]
        t_ns = 10**12 + step * 10**9 // HZ
        for seen in sight.look(numbers, places_m, t_ns=t_ns):
            if seen.camera_id != blind or not BLIND_S <= step / HZ < AGAIN_S:
                tracker.observe(seen)
        if step % 5 == 0:
            for number, body_m in zip(numbers, places_m, strict=True):
                foot_m = body_m[FEET, :2].mean(axis=0)
                near = [
                    (float(np.hypot(*(foot_m - track.foot_m))), track.track_id)
                    for track in tracker.tracks
                    if track.confirmed and np.hypot(*(foot_m - track.foot_m)) < NEAR_M
                ]
                if near and foot_m[0] < 5.5:
                    found.setdefault(number, []).append(min(near)[1])
    return found


@pytest.mark.parametrize("blind", ["", "ceiling-sw", "ceiling-ne", "face-a"])
def test_nobody_loses_their_identity_while_a_camera_is_blind(blind: str) -> None:
    found = identities(blind)
    lasting = {number: ids for number, ids in found.items() if len(ids) > (AGAIN_S - BLIND_S)}
    assert len(lasting) >= 2  # at least so many were inside meanwhile
    switches = {number: sum(one != two for one, two in pairwise(ids)) for number, ids in lasting.items()}
    assert set(switches.values()) == {0}, switches

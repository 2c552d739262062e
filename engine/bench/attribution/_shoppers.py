"""Shoppers without end who come in, take and put back, and leave: facts for a core, and what their carts should hold.

They walk as fast as their next reach needs: this is a load, and says nothing of how well people are followed.
"""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from engine.domain import (
    BodiesTracked,
    BodyTracked,
    EntryAuthorised,
    Facing,
    Gate,
    GatePassed,
    InputFact,
    Passage,
    Plate,
    PlateMass,
    Point2,
    SkuId,
    StepId,
    Store,
    Tick,
    Vector3,
    VisitId,
    WeightProvisional,
    WeightSettled,
)

NS_PER_S = 1_000_000_000
BODIES_HZ = 10
_STAY_S = 60.0
_THROUGH_S, _INSIDE_S = 1.0, 3.0  # from the first sight to the gate's line, and to the shelves
_REACH_S = 0.4  # either side of a movement the hand is at the plate
_PROVISIONAL_S, _SETTLED_S = 0.2, 0.6  # after a movement
_PUT_BACK = 0.25  # of movements by somebody who holds something
_SIGMA_G, _SPREAD = 1.5, 0.005  # of a step's mass, and of a unit's
_BEFORE_SHELF_M, _HIP_M, _HEAD_M = 0.35, 0.8, 1.7


@dataclass(frozen=True)
class _Move:
    """A unit taken, or put back, at ``t_s``."""

    t_s: float
    facing: Facing
    plate: Plate
    taken: bool


@dataclass
class Shopper:
    """One visit from ``begin_s`` on, through one gate; ``cart`` is what is paid for in the end."""

    visit_id: VisitId
    begin_s: float
    gate: Gate
    moves: list[_Move]
    cart: Counter[SkuId] = field(default_factory=Counter)

    @property
    def end_s(self) -> float:
        """When they are out of sight."""
        return self.begin_s + _STAY_S

    def body(self, t_s: float) -> BodyTracked:
        """Where head and hands are."""
        x, y = self._foot_m(t_s)
        hands: list[Vector3] = [(x, y, _HIP_M), (x, y, _HIP_M)]
        for move in self.moves:
            if abs(move.t_s - t_s) <= _REACH_S:
                px, py, pz = move.plate.centre_m
                hands[0] = (px, py, pz + 0.05)
        return BodyTracked(name=self.visit_id, head_m=(x, y, _HEAD_M), hands_m=tuple(hands))

    def _foot_m(self, t_s: float) -> Point2:
        places = [(self.begin_s, _by_gate(self.gate, -0.6)), (self.begin_s + _INSIDE_S, _by_gate(self.gate, 1.2))]
        for move in self.moves:
            there = _before(move.plate)
            places += [(move.t_s - _REACH_S, there), (move.t_s + _REACH_S, there)]
        places += [(self.end_s - _INSIDE_S, _by_gate(self.gate, 1.2)), (self.end_s, _by_gate(self.gate, -0.6))]
        at_s = [each for each, _ in places]
        x, y = (float(np.interp(t_s, at_s, [place[axis] for _, place in places])) for axis in range(2))
        return x, y


class Shoppers:
    """So many in a store at a time, who make so many movements a second together."""

    def __init__(self, store: Store, *, inside: int, movements_hz: float, seed: int = 1) -> None:
        self._store = store
        self._rng = np.random.default_rng([seed, inside])
        self._every_s = _STAY_S / inside
        self._moves = max(1, round(movements_hz * _STAY_S / inside))
        self._count = 0
        self._inside: list[Shopper] = []
        self._due: list[InputFact] = []
        self.gone: list[Shopper] = []

    def second(self, number: int) -> Iterator[InputFact]:
        """The facts of one second, in order."""
        while self._count * self._every_s < number + 1:
            self._come(self._count * self._every_s)
        facts = [fact for fact in self._due if fact.t_ns < (number + 1) * NS_PER_S]
        self._due = [fact for fact in self._due if fact.t_ns >= (number + 1) * NS_PER_S]
        for frame in range(BODIES_HZ):
            t_s = number + frame / BODIES_HZ
            bodies = tuple(one.body(t_s) for one in self._inside if one.begin_s <= t_s <= one.end_s)
            facts += [BodiesTracked(t_ns=_ns(t_s), bodies=bodies), Tick(t_ns=_ns(t_s))]
        self.gone += [one for one in self._inside if one.end_s <= number]
        self._inside = [one for one in self._inside if one.end_s > number]
        yield from sorted(facts, key=lambda fact: fact.t_ns)

    def _come(self, begin_s: float) -> None:
        gates, visit_id = self._store.gates, VisitId(f"v{self._count:06}")
        block = self._count % len(gates)
        shopper = Shopper(visit_id, begin_s, gates[block], [])
        self._count += 1
        self._inside.append(shopper)
        facings = self._store.facings[block * len(self._store.facings) // len(gates) :]
        facings = facings[: len(self._store.facings) // len(gates)]
        busy_s = _STAY_S - 2 * _INSIDE_S
        for number in range(self._moves):
            t_s = begin_s + _INSIDE_S + (number + 0.5) * busy_s / self._moves
            self._move(shopper, facings[self._rng.integers(len(facings))], t_s)
        self._due += self._at_gate(shopper)

    def _move(self, shopper: Shopper, facing: Facing, t_s: float) -> None:
        held = [move.facing for move in shopper.moves if move.taken and shopper.cart[move.facing.sku_id]]
        taken = not held or self._rng.random() > _PUT_BACK
        facing = facing if taken else held[self._rng.integers(len(held))]
        plate = self._store.plate_by_id[facing.plate_ids[0]]
        shopper.cart[facing.sku_id] += 1 if taken else -1
        move = _Move(t_s, facing, plate, taken)
        shopper.moves.append(move)
        self._due += self._weighed(move)

    def _weighed(self, move: _Move) -> Iterator[InputFact]:
        unit_g = self._store.product_by_sku[move.facing.sku_id].unit_mass_g
        grams = unit_g * (1 + _SPREAD * self._rng.normal()) + _SIGMA_G * self._rng.normal()
        mass_mg = round(-1000 * grams if move.taken else 1000 * grams)
        plates = (PlateMass(plate_id=move.plate.plate_id, mass_mg=mass_mg),)
        start_ns, sigma_mg = _ns(move.t_s), round(1000 * _SIGMA_G)
        step_id = StepId(f"{move.plate.plate_id}@{start_ns}")
        yield WeightProvisional(
            t_ns=_ns(move.t_s + _PROVISIONAL_S),
            step_id=step_id,
            shelf_id=move.plate.shelf_id,
            start_ns=start_ns,
            mass_mg=mass_mg,
            sigma_mg=sigma_mg,
            plates=plates,
        )
        yield WeightSettled(
            t_ns=_ns(move.t_s + _SETTLED_S),
            step_id=step_id,
            shelf_id=move.plate.shelf_id,
            start_ns=start_ns,
            end_ns=start_ns + NS_PER_S // 10,
            mass_mg=mass_mg,
            sigma_mg=sigma_mg,
            plates=plates,
        )

    def _at_gate(self, shopper: Shopper) -> Iterator[InputFact]:
        gate_id = shopper.gate.gate_id
        in_ns, out_ns = _ns(shopper.begin_s + _THROUGH_S), _ns(shopper.end_s - _THROUGH_S)
        yield EntryAuthorised(t_ns=_ns(shopper.begin_s), gate_id=gate_id, visit_id=shopper.visit_id, staff=False)
        yield GatePassed(t_ns=in_ns, gate_id=gate_id, passage=Passage.IN)
        yield GatePassed(t_ns=out_ns, gate_id=gate_id, passage=Passage.OUT)


def _ns(t_s: float) -> int:
    return round(t_s * NS_PER_S)


def _by_gate(gate: Gate, inside_m: float) -> Point2:
    """A place before the middle of a gate's line; left and right are those of somebody who walks in."""
    (lx, ly), (rx, ry) = gate.left_m, gate.right_m
    wide_m = math.dist(gate.left_m, gate.right_m)
    inward = (ly - ry) / wide_m, (rx - lx) / wide_m
    return (lx + rx) / 2 + inside_m * inward[0], (ly + ry) / 2 + inside_m * inward[1]


def _before(plate: Plate) -> Point2:
    x, y, _ = plate.centre_m
    away_m = plate.depth_m / 2 + _BEFORE_SHELF_M
    return x + away_m * math.cos(plate.yaw_rad), y + away_m * math.sin(plate.yaw_rad)

"""What a scorer is given: one scenario played once with one seed, what was true in it and what the engine said.

Every instant of a trial is on one clock, in nanoseconds; where the run is paced that clock is the simulated one.
"""

from dataclasses import dataclass
from typing import Literal

from drivers.twin.devices import TruthRecord
from engine.bench.staging import Level
from engine.bench.witness import Heard
from engine.domain import FloorView, SkuId

Evidence = Literal["fused", "weight", "vision"]


@dataclass(frozen=True, slots=True)
class TruePlace:
    """Where one person stood, in the store or before it, in metres on the floor, at the instant of a ``FloorView``."""

    t_ns: int
    shopper: int
    x_m: float
    y_m: float


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """Units that the reference method credits to the account of a shopper, who took them or put them."""

    t_ns: int
    shopper: int
    sku_id: SkuId
    quantity: int
    taken: bool


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One scenario and one seed, played to its end: what ``judge`` is given.

    ``opened_ns`` is the instant that the scenario calls 0 s. ``heard`` is in the order in which it was said;
    ``arrived_ns`` is when a client had it. ``true_places`` has a row for everybody in the store, also at its gate, at
    the instant of each of ``floors``; the scorer leaves out who stands off the floor. ``cpu_s`` is the processor time
    of all processes together.
    """

    scenario: str
    seed: int
    level: Level
    evidence: Evidence
    truth: tuple[TruthRecord, ...]
    heard: tuple[Heard, ...]
    floors: tuple[FloorView, ...]
    true_places: tuple[TruePlace, ...]
    reference: tuple[ReferenceLine, ...]
    simulated_s: float
    cpu_s: float
    opened_ns: int = 0

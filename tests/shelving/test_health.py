"""From outside, samples in and facts out: every trouble of a cell is named, acts on the steps as it must, and ends."""

from collections.abc import Callable

import numpy as np
import pytest

from engine.domain import PlateId, SensorFault, SensorRecovered, ShelfBaseline, WeightProvisional, WeightSettled
from engine.shelving import ShelfFact, ShelvesEstimator
from tests.shelving.traces import START_NS, S, Trace, of_type, sense, shelf_of

PLATE = 6
FROM_S, TO_S = 12.0, 30.0
Harm = Callable[[Trace, slice], None]


def silent(trace: Trace, rows: slice) -> None:
    """The cable is out."""
    trace.grams[rows, PLATE] = np.nan


def unsupplied(trace: Trace, rows: slice) -> None:
    """The cell has no supply."""
    trace.grams[rows, PLATE] = 0.0


def torn(trace: Trace, rows: slice) -> None:
    """A wire of the bridge is broken: full scale downwards."""
    trace.grams[rows, PLATE] = -50_000.0


def stuck(trace: Trace, rows: slice) -> None:
    """The plate is wedged, or its transmitter is."""
    trace.grams[rows, PLATE] = trace.grams[rows.start, PLATE]


def overloaded(trace: Trace, rows: slice) -> None:
    """Somebody sits on it; it still trembles."""
    trace.grams[rows, PLATE] += 60_000.0


def noisy(trace: Trace, rows: slice) -> None:
    """Its shield is loose."""
    trace.grams[rows, PLATE] += np.random.default_rng(3).normal(0, 40, len(trace.grams[rows]))


def repeated(trace: Trace, rows: slice) -> None:
    """The controller says the same again and again."""
    trace.grams[rows] = trace.grams[rows.start]


def harmed(harm: Harm, *, seconds: float = 40.0, to_s: float = TO_S) -> Trace:
    """A shelf of live cells that say whole quarters of a gram, and one that comes to harm."""
    trace = Trace(seconds)
    trace.grams = np.round(4 * trace.grams) / 4
    harm(trace, slice(round(FROM_S * trace.hz), round(to_s * trace.hz)))
    return trace


def alarms(facts: list[ShelfFact]) -> list[tuple[str, str, float]]:
    """Device, kind and the second at which each alarm was raised."""
    return [(fact.device_id, fact.kind, (fact.t_ns - START_NS) / S) for fact in of_type(facts, SensorFault)]


def ends(facts: list[ShelfFact]) -> list[tuple[str, str, float]]:
    """Device, kind and the second at which each alarm was taken back."""
    return [(fact.device_id, fact.kind, (fact.t_ns - START_NS) / S) for fact in of_type(facts, SensorRecovered)]


@pytest.mark.parametrize(
    ("harm", "device_id", "kind", "within_s", "over_within_s"),
    [
        (silent, "p6", "dead", 0.6, 0.1),
        (unsupplied, "p6", "dead", 0.6, 0.1),
        (torn, "p6", "dead", 0.6, 0.1),
        (stuck, "p6", "stuck", 2.5, 0.5),
        (overloaded, "p6", "overloaded", 0.6, 0.1),
        (repeated, "s", "stale", 1.2, 0.1),
    ],
)
def test_what_is_wrong_is_named_soon_makes_no_step_and_ends(
    harm: Harm, device_id: str, kind: str, within_s: float, over_within_s: float
) -> None:
    facts = sense(harmed(harm))
    [(device, said, at_s)], [(other, over, over_s)] = alarms(facts), ends(facts)
    assert (device, said, other, over) == (device_id, kind, device_id, kind)
    assert 0 <= at_s - FROM_S <= within_s
    assert 0 <= over_s - TO_S <= over_within_s
    assert of_type(facts, WeightProvisional) == []
    assert of_type(facts, ShelfBaseline)[-1].resumed
    (fault,) = of_type(facts, SensorFault)
    assert all((fault.cause, fault.consequence, fault.remedy))


@pytest.mark.parametrize("harm", [silent, unsupplied, torn, stuck, overloaded])
def test_the_plates_beside_it_are_weighed_as_before(harm: Harm) -> None:
    facts = sense(harmed(harm).move(PLATE - 1, 20.0, -300).move(PLATE + 2, 21.0, 250))
    steps = of_type(facts, WeightSettled)
    assert [(step.plates[0].plate_id, round(step.mass_mg / 1000, -1)) for step in steps] == [("p5", -300), ("p8", 250)]


@pytest.mark.parametrize("harm", [silent, stuck])
def test_what_left_meanwhile_shows_in_the_baseline_afterwards(harm: Harm) -> None:
    trace = harmed(harm)
    trace.grams[round(TO_S * trace.hz) :, PLATE] -= 352.0
    first, *_, last = of_type(sense(trace), ShelfBaseline)
    assert last.resumed
    assert last.plates[PLATE].mass_mg - first.plates[PLATE].mass_mg == pytest.approx(-352_000, abs=2_000)


def test_noise_is_named_once_it_lasts_and_ends() -> None:
    facts = sense(harmed(noisy, seconds=90, to_s=60))
    [(device, kind, at_s)], [(_, _, over_s)] = alarms(facts), ends(facts)
    assert (device, kind) == ("p6", "noisy")
    assert 20 < at_s - FROM_S < 40
    assert 60 < over_s < 90


def test_hands_and_a_shaken_shelf_are_no_trouble_of_cells() -> None:
    trace = harmed(lambda trace, rows: None, seconds=60).lean(3, 5.0, 14.0, 2500).lean(8, 20.0, 28.0, 600)
    for at_s in range(15, 55, 2):
        trace.ring(range(12), at_s, 50)
    assert alarms(sense(trace)) == []


def test_a_plate_that_is_emptied_and_reads_about_zero_is_well() -> None:
    trace = harmed(lambda trace, rows: None, seconds=30)
    trace.grams[:, PLATE] -= np.round(trace.grams[:, PLATE].mean())
    trace.move(PLATE, 0.0, 350).move(PLATE, 10.0, -350)
    facts = sense(trace)
    assert alarms(facts) == []
    assert [round(step.mass_mg / 1000) for step in of_type(facts, WeightSettled)] == [-350]


def crept(grams: float) -> Trace:
    """A plate's zero creeps by so much in two minutes."""
    trace = Trace(130, hz=20)
    trace.grams[:, PLATE] += np.clip(trace.t_s - 5, 0, 120) / 120 * grams
    return trace


def test_drift_since_the_last_zero_is_kept_over_restarts_and_ends_when_the_plate_is_zeroed() -> None:
    shelf = shelf_of(12)  # that carries 50 kg: 250 g are too far
    before = ShelvesEstimator((shelf,), drifted_g={PlateId("p6"): 170.0})
    (fault,) = of_type(sense(crept(100.0), estimator=before), SensorFault)
    assert (fault.device_id, fault.kind) == ("p6", "drifted")
    assert "+2" in fault.cause
    assert before.drifted_g[PlateId("p6")] == pytest.approx(270, abs=8)
    assert max(abs(grams) for plate_id, grams in before.drifted_g.items() if plate_id != "p6") < 20

    again, zeroed = ShelvesEstimator((shelf,), drifted_g=before.drifted_g), Trace(30, hz=20)
    assert [kind for _, kind, _ in alarms(sense(zeroed, estimator=again))] == ["drifted"]
    zeroed.grams[:, PLATE] -= zeroed.grams[:, PLATE].mean()
    facts = sense(zeroed, estimator=again, start_ns=START_NS + 300 * S)
    assert [(device, kind) for device, kind, _ in ends(facts)] == [("p6", "drifted")]
    assert again.drifted_g[PlateId("p6")] == pytest.approx(0, abs=3)


def test_steps_are_no_drift() -> None:
    estimator, trace = ShelvesEstimator((shelf_of(12),)), Trace(120, hz=20)
    for at_s in range(5, 115, 5):
        trace.move(PLATE, at_s, -300 if at_s % 2 else 300)
    sense(trace, estimator=estimator)
    assert max(map(abs, estimator.drifted_g.values())) < 25

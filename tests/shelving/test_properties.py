"""What holds for every trace: grams are conserved, every answer is settled, and no reading breaks the estimator."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain import PlateMass, ShelfBaseline, WeightProvisional, WeightSettled
from engine.shelving import ShelvesEstimator
from tests.shelving.traces import START_NS, S, Trace, of_type, sense, shelf_of

PLATES = 8
MOVES = st.lists(
    st.tuples(
        st.integers(0, PLATES - 1),
        st.floats(1.5, 6.0),
        st.floats(30, 1500).flatmap(lambda grams: st.sampled_from([grams, -grams])),
        st.floats(0.02, 0.2),
    ),
    max_size=5,
)


def total_mg(plates: tuple[PlateMass, ...]) -> int:
    """Grams of all plates together."""
    return sum(part.mass_mg for part in plates)


@settings(max_examples=40, deadline=None)
@given(MOVES, st.sampled_from([20.0, 50.0, 60.0]))
def test_what_the_steps_say_is_what_the_levels_changed_by(
    moves: list[tuple[int, float, float, float]], hz: float
) -> None:
    trace = Trace(8.5, plates=PLATES, hz=hz)
    for plate, at_s, grams, over_s in moves:
        trace.grams[:, plate] += np.clip((trace.t_s - at_s) / over_s, 0, 1) * grams
    facts = sense(trace)
    baselines, settled = of_type(facts, ShelfBaseline), of_type(facts, WeightSettled)
    told_mg = sum(fact.mass_mg for fact in settled)
    leaked_mg = 30 * sum(abs(grams) for _, _, grams, _ in moves)  # products touch: so much beside a change is its own
    untold_mg = abs(total_mg(baselines[-1].plates) - total_mg(baselines[0].plates) - told_mg)
    assert untold_mg <= 8_000 * (1 + len(moves)) + leaked_mg
    ids = [fact.step_id for fact in settled]
    assert len(set(ids)) == len(ids)
    assert {fact.step_id for fact in of_type(facts, WeightProvisional)} <= set(ids)
    assert all(fact.start_ns <= fact.end_ns <= fact.t_ns for fact in settled)
    assert all(total_mg(fact.plates) == fact.mass_mg for fact in settled)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 700_000_000),
            st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=3, max_size=3),
            st.integers(1, 60),
        ),
        max_size=20,
    )
)
def test_no_reading_breaks_it(spans: list[tuple[int, list[float], int]]) -> None:
    estimator = ShelvesEstimator((shelf_of(3),))
    t_ns = START_NS
    for gap_ns, grams, rows in spans:
        t_ns += gap_ns
        for row in range(rows):
            t_ns += S // 60
            for fact in estimator.observe(t_ns, np.array(grams) + row % 3):
                assert fact.t_ns <= t_ns

"""Samples that are only glanced at lose nothing: the same facts as when every sample is looked at."""

import numpy as np
import pytest

from engine.domain import Floats, GondolaId, PlateId, Shelf, ShelfBaseline, ShelfId, WeightProvisional, WeightSettled
from engine.shelving import ShelfFact, ShelvesEstimator
from tests.shelving.traces import START_NS, S, Trace, of_type, sense

PLATES = 6


class Thorough(ShelvesEstimator):
    """Looks at every sample."""

    def observe(self, t_ns: int, grams: Floats) -> tuple[ShelfFact, ...]:
        """Take one sample."""
        return tuple(self._look(t_ns, grams))


class Glances(ShelvesEstimator):
    """Counts how often it looks."""

    looks = 0

    def _look(self, t_ns: int, grams: Floats) -> list[ShelfFact]:
        self.looks += 1
        return super()._look(t_ns, grams)


def shelves(count: int) -> tuple[Shelf, ...]:
    """So many shelves of six plates."""
    return tuple(
        Shelf(
            shelf_id=ShelfId(f"s{shelf}"),
            gondola_id=GondolaId("g"),
            plate_ids=tuple(PlateId(f"s{shelf}p{plate}") for plate in range(PLATES)),
        )
        for shelf in range(count)
    )


def a_day(seed: int, *, hz: float, sigma_g: float = 1.2, least_g: float = 30) -> Trace:
    """Three shelves where things are taken and put back, a hand leans, a shelf is shaken and the cells drift."""
    random = np.random.default_rng(seed)
    trace = Trace(40, plates=3 * PLATES, hz=hz, sigma_g=sigma_g, seed=seed)
    trace.grams += np.outer(trace.t_s, random.uniform(-0.3, 0.3, 3 * PLATES))
    for at_s in np.cumsum(random.exponential(1.5, 20)) + 2:
        grams = random.choice([-1, 1]) * random.uniform(least_g, 900)
        plate, over_s = int(random.integers(3 * PLATES)), random.uniform(0.02, 0.3)
        trace.grams[:, plate] += np.clip((trace.t_s - at_s) / over_s, 0, 1) * grams
    trace.lean(int(random.integers(3 * PLATES)), 8.0, 9.5, random.uniform(60, 2500))
    trace.ring(range(PLATES, 2 * PLATES), 15.0, 40).ring([2], 20.0, 18)
    trace.grams[int(25 * hz) : int(25.1 * hz), 4] = np.nan
    return trace


@pytest.mark.parametrize(("hz", "sigma_g"), [(60.0, 1.2), (60.0, 0.5), (60.0, 5.0), (50.0, 2.0), (33.0, 1.2)])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_glance_loses_nothing(seed: int, hz: float, sigma_g: float) -> None:
    trace = a_day(seed, hz=hz, sigma_g=sigma_g, least_g=max(30, 8 * sigma_g))
    glances, thorough = Glances(shelves(3)), Thorough(shelves(3))
    told, all_told = sense(trace, estimator=glances), sense(trace, estimator=thorough)
    for kind in (WeightProvisional, WeightSettled):
        assert of_type(told, kind) == of_type(all_told, kind)
    assert len(of_type(told, WeightSettled)) >= 10
    # A baseline that nothing but the clock asks for waits for the next look.
    assert len(of_type(told, ShelfBaseline)) == len(of_type(all_told, ShelfBaseline))
    assert glances.looks < 0.75 * len(trace.t_s)


def test_most_samples_of_a_quiet_shelf_are_only_glanced_at() -> None:
    glances, trace = Glances(shelves(3)), Trace(60, plates=3 * PLATES)
    sense(trace, estimator=glances)
    assert glances.looks < 0.35 * len(trace.t_s)


@pytest.mark.parametrize("grams", [-9.0, 14.0])
def test_a_small_change_waits_for_the_next_look_at_most(grams: float) -> None:
    for at_s in np.arange(4.0, 4.07, 0.017):
        trace = Trace(8, plates=PLATES, sigma_g=0.5).move(2, at_s, grams)
        told, all_told = sense(trace, estimator=Glances(shelves(1))), sense(trace, estimator=Thorough(shelves(1)))
        (late,), (early,) = of_type(told, WeightProvisional), of_type(all_told, WeightProvisional)
        assert 0 <= late.t_ns - early.t_ns < 50_000_000
        (step,), (other) = of_type(told, WeightSettled), of_type(all_told, WeightSettled)[0]
        assert abs(step.mass_mg - other.mass_mg) <= 500
        assert abs(step.start_ns - other.start_ns) <= S // 20


def test_shelves_that_are_sampled_together_say_what_each_says_alone() -> None:
    trace = a_day(3, hz=60)
    together = ShelvesEstimator(shelves(3))
    alone = [Thorough((shelf,)) for shelf in shelves(3)]
    for t_s, grams in zip(trace.t_s, trace.grams, strict=True):
        t_ns = START_NS + round(t_s * S)
        told = [fact for fact in together.observe(t_ns, grams) if not isinstance(fact, ShelfBaseline)]
        apart = [
            fact for one, part in zip(alone, grams.reshape(3, PLATES), strict=True) for fact in one.observe(t_ns, part)
        ]
        assert told == [fact for fact in apart if not isinstance(fact, ShelfBaseline)]


def test_one_shelf_that_repeats_itself_does_not_silence_the_others() -> None:
    trace = Trace(12, plates=2 * PLATES)
    trace.grams[300:480, :PLATES] = trace.grams[300, :PLATES]
    trace.grams[480:, 3] -= 400
    trace.move(8, 6.5, -300)
    facts = sense(trace, estimator=ShelvesEstimator(shelves(2)))
    assert [(fact.shelf_id, round(fact.mass_mg / 1000, -1)) for fact in of_type(facts, WeightSettled)] == [("s1", -300)]
    assert [fact.shelf_id for fact in of_type(facts, ShelfBaseline)] == ["s0", "s1", "s1", "s0"]

"""A small set of trials to report on: one scenario without a mistake, one with a wrong product in every seed."""

from engine.bench.scoring import SetReport, TrialScore, judge, pool
from tests.bench.scoring.story import STORE, Story


def mixed() -> list[TrialScore]:
    """Two scenarios of two seeds each, judged; the reference sees half of the second."""
    single = Story().comes(0).picks(10.0, "tea").says(9.9, "tea").refers(10.0, "tea").leaves(0).bills(62.0, "v0", tea=1)
    two = (
        Story()
        .comes(0)
        .picks(10.0, "tea")
        .picks(20.0, "rice")
        .says(9.9, "tea")
        .says(19.9, "beans", line="l1")
        .refers(10.0, "tea")
        .leaves(0)
        .bills(61.0, "v0", tea=1, beans=1)
    )
    stories = {"single": single, "two": two}
    return [judge(story.trial(scenario=name, seed=seed), STORE) for name, story in stories.items() for seed in (1, 2)]


def recipes() -> SetReport:
    """All of it as the recipes."""
    return pool(mixed(), set_name="recipes", latency_ms=[120.0, 180.0, 400.0])

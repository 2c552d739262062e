"""Pool the scores of trials into the report of a set."""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from engine.bench.scoring._bounds import Bound, Estimate, Resampling
from engine.bench.scoring._calibration import reliability
from engine.bench.scoring._counts import Counts, Share
from engine.bench.scoring._curve import ReviewCurve
from engine.bench.scoring._goals import judged
from engine.bench.scoring._report import F1, Failure, Percentiles, ReferenceReport, ScenarioReport, SetReport
from engine.bench.scoring._score import TrialScore
from engine.bench.staging import Level

_DIGITS = 6


def pool(
    scores: Iterable[TrialScore], *, set_name: str, command: str = "", latency_ms: Sequence[float] = ()
) -> SetReport:
    """The report of a set from its trials, in whatever order they were played.

    ``command`` plays the set, ``tillfree bench SET`` unless it says otherwise. ``latency_ms`` are the delays of right
    lines on a wall clock, from a run at 1 x real time. Raises ``ValueError`` without a trial on fused evidence, and
    for trials of two levels.
    """
    played = sorted(scores, key=lambda score: (score.scenario, score.seed))
    fused = [score for score in played if score.evidence == "fused"]
    if not fused:
        raise ValueError(f"{set_name}: no trial on fused evidence")
    if len({score.level for score in played}) > 1:
        raise ValueError(f"{set_name}: trials of two levels do not pool")
    failures = tuple(_failure(command or f"tillfree bench {set_name}", trial) for trial in fused if trial.mistakes)
    report = _report(set_name, fused, _ablations(played), latency_ms)
    return msgspec.structs.replace(report, goals=judged(report), failures=failures)


def _report(
    set_name: str, trials: Sequence[TrialScore], ablations: dict[str, F1], latency_ms: Sequence[float]
) -> SetReport:
    resampling = Resampling(len(trials))
    rates = _rates(trials, resampling)
    curve = ReviewCurve(trial.review for trial in trials)
    error, table = reliability([trial.movements.said_lines for trial in trials], resampling)
    rates |= {"ece": error, "wrong_at_30": curve.wrong_at(30), "wrong_at_120": curve.wrong_at(120)}
    value = {name: round(rate.value, _DIGITS) for name, rate in rates.items()}
    bounds = {name: _rounded(rate.bound) for name, rate in rates.items()}
    reference = _reference(trials, resampling)
    return SetReport(
        set=set_name,
        level=trials[0].level,
        trials=len(trials),
        seeds=tuple(sorted({trial.seed for trial in trials})),
        simulated_s=round(sum(trial.simulated_s for trial in trials), 1),
        cpu_s=round(sum(trial.cpu_s for trial in trials), 1),
        lines=sum(trial.review.lines for trial in trials),
        wrong=sum(trial.review.wrong for trial in trials),
        f1=value["f1"],
        f1_low=bounds["f1"].low,
        f1_high=bounds["f1"].high,
        precision=value["precision"],
        recall=value["recall"],
        event_precision=value["event_precision"],
        event_recall=value["event_recall"],
        attribution_accuracy=value["attribution_accuracy"],
        item_identification=value["item_identification"],
        receipt_exact=value["receipt_exact"],
        receipt_exact_reviewed=value["receipt_exact_reviewed"],
        receipt_f1=value["receipt_f1"],
        receipts_touched_per_1000=value["receipts_touched_per_1000"],
        asked_per_1000_lines=value["asked_per_1000_lines"],
        wrong_share=value["wrong_share"],
        undecidable_share=value["undecidable_share"],
        review_curve=curve.points(),
        wrong_at_30=value["wrong_at_30"],
        wrong_at_120=value["wrong_at_120"],
        ece=value["ece"],
        reliability=tuple(table),
        decision_delay_ms=_percentiles(ms for trial in trials for ms in trial.movements.delays_ms),
        latency_ms=_percentiles(latency_ms),
        exit_to_receipt_s=_percentiles(leaving.after_s for trial in trials for leaving in trial.receipts.exits),
        exit_to_receipt_unasked_s=_percentiles(
            leaving.after_s for trial in trials for leaving in trial.receipts.exits if not leaving.asked
        ),
        idf1=value["idf1"],
        id_switches=sum(trial.floor.id_switches for trial in trials),
        reference=reference,
        ablations=ablations,
        per_scenario={name: _scenario(of) for name, of in _by_scenario(trials).items()},
        bounds=bounds | {"reference.f1": Bound(low=reference.f1_low, high=reference.f1_high)},
    )


def _rates(trials: Sequence[TrialScore], resampling: Resampling) -> dict[str, Estimate]:
    """Every rate that counts alone make."""
    units = [trial.movements.units for trial in trials]
    events = [trial.movements.events for trial in trials]
    receipts = [trial.receipts for trial in trials]
    reviews = [trial.review for trial in trials]
    touched = resampling.share((each.touched for each in receipts), of_none=0.0)
    asked = resampling.ratio(Share(hits=each.asked, of=each.lines) for each in reviews)
    return {
        "f1": resampling.f1(units),
        "precision": resampling.share(Share(hits=each.right, of=each.said) for each in units),
        "recall": resampling.share(Share(hits=each.right, of=each.true) for each in units),
        "event_precision": resampling.share(Share(hits=each.right, of=each.said) for each in events),
        "event_recall": resampling.share(Share(hits=each.right, of=each.true) for each in events),
        "attribution_accuracy": resampling.share(trial.movements.right_account for trial in trials),
        "item_identification": resampling.share(trial.movements.right_item for trial in trials),
        "receipt_exact": resampling.share(each.exact for each in receipts),
        "receipt_exact_reviewed": resampling.share(each.exact_reviewed for each in receipts),
        "receipt_f1": resampling.f1([each.units for each in receipts]),
        "receipts_touched_per_1000": _per_1000(touched),
        "asked_per_1000_lines": _per_1000(asked),
        "wrong_share": resampling.share((Share(hits=each.wrong, of=each.lines) for each in reviews), of_none=0.0),
        "undecidable_share": resampling.share(
            (Share(hits=each.undecidable, of=each.lines) for each in reviews), of_none=0.0
        ),
        "idf1": resampling.f1([trial.floor.identities for trial in trials]),
    }


def _ablations(played: Sequence[TrialScore]) -> dict[str, F1]:
    """F1 by evidence, of the trials that were played with each."""
    units: dict[str, dict[tuple[str, int], Counts]] = {}
    for score in played:
        units.setdefault(score.evidence, {})[score.scenario, score.seed] = score.movements.units
    shared = set.intersection(*(set(trials) for trials in units.values()))
    if not shared:
        return {}
    return {kind: _f1([trials[key] for key in sorted(shared)]) for kind, trials in sorted(units.items())}


def _reference(trials: Sequence[TrialScore], resampling: Resampling) -> ReferenceReport:
    whole = _f1([trial.reference.units for trial in trials])
    carts = resampling.f1([trial.reference.cart_units for trial in trials])
    return ReferenceReport(
        f1=whole.f1,
        f1_low=whole.f1_low,
        f1_high=whole.f1_high,
        cart_f1=round(carts.value, _DIGITS),
        per_scenario={name: _f1([trial.reference.units for trial in of]) for name, of in _by_scenario(trials).items()},
    )


def _scenario(trials: Sequence[TrialScore]) -> ScenarioReport:
    score = _f1([trial.movements.units for trial in trials])
    events = sum((trial.movements.events for trial in trials), Counts())
    exact = sum(trial.receipts.exact.hits for trial in trials)
    receipts = sum(trial.receipts.exact.of for trial in trials)
    return ScenarioReport(
        f1=score.f1,
        f1_low=score.f1_low,
        f1_high=score.f1_high,
        trials=len(trials),
        lines=sum(trial.review.lines for trial in trials),
        wrong=sum(trial.review.wrong for trial in trials),
        event_precision=round(events.precision, _DIGITS),
        event_recall=round(events.recall, _DIGITS),
        receipt_exact=round(exact / receipts, _DIGITS) if receipts else 1.0,
        idf1=round(sum((trial.floor.identities for trial in trials), Counts()).f1, _DIGITS),
    )


def _failure(play: str, trial: TrialScore) -> Failure:
    command = f"{play} --only {trial.scenario} --seed {trial.seed}"
    if trial.level is not Level.SIGNAL:
        command += f" --level {trial.level.value}"
    return Failure(scenario=trial.scenario, seed=trial.seed, command=command, mistakes=trial.mistakes)


def _by_scenario(trials: Sequence[TrialScore]) -> dict[str, list[TrialScore]]:
    groups: dict[str, list[TrialScore]] = {}
    for trial in trials:
        groups.setdefault(trial.scenario, []).append(trial)
    return groups


def _f1(counts: Sequence[Counts]) -> F1:
    estimate = Resampling(len(counts)).f1(counts)
    bound = _rounded(estimate.bound)
    return F1(f1=round(estimate.value, _DIGITS), f1_low=bound.low, f1_high=bound.high)


def _per_1000(share: Estimate) -> Estimate:
    bound = Bound(low=1000 * share.bound.low, high=1000 * share.bound.high)
    return Estimate(value=1000 * share.value, bound=bound)


def _rounded(bound: Bound) -> Bound:
    return Bound(low=round(bound.low, _DIGITS), high=round(bound.high, _DIGITS))


def _percentiles(values: Iterable[float]) -> Percentiles:
    measured = np.array(list(values), dtype=np.float64)
    if not len(measured):
        return Percentiles()
    p50, p95, p99 = (round(float(p), 3) for p in np.percentile(measured, [50, 95, 99]))
    return Percentiles(p50=p50, p95=p95, p99=p99, count=len(measured))

"""What the models did and what the twin's error model does, row by row, on worlds that the fit has not seen."""

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray

from drivers.twin.sight import GLASS_TERM, GROUPS, SIGHTLINES, Sight, Sightline, SightModel
from engine.bench.sight._film import Moment
from engine.bench.sight._fit import after, errors_m, mirrored
from engine.bench.sight._match import Looks, Watched
from engine.domain import Floats, Store

SHARE_EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 0.95, 1.01)
"""Bins of the share of a body's joints in sight."""

LEVELS = (0.5, 0.9)
_LEAST = 20
_MOSTLY_SEEN = 0.5
_LITTLE_GLASS = 0.1
_LATER_FRAMES = 5


class SightRow(msgspec.Struct, frozen=True, kw_only=True):
    """One figure, measured and simulated, with what it rests on in the measurement."""

    what: str
    samples: int
    measured: float
    simulated: float

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.what}: measured {self.measured:.3f}, simulated {self.simulated:.3f} ({self.samples})"


def simulate(
    store: Store, moments: Iterable[Moment], model: SightModel, *, seed: int, gain: float = 1.0
) -> Iterator[Moment]:
    """The same people at the same instants, seen by the error model."""
    sight = Sight(store, seed=seed, model=model)
    for moment in moments:
        said = sight.look(moment.numbers, moment.joints_m, gain=gain)
        yield Moment(moment.numbers, moment.joints_m, said, (True,) * len(said))


def compare(measured: Watched, simulated: Watched) -> tuple[SightRow, ...]:
    """Every figure of both."""
    both = [dict(_figures(watched)) for watched in (measured, simulated)]
    return tuple(
        SightRow(what=what, samples=samples, measured=value, simulated=both[1][what][0])
        for what, (value, samples) in both[0].items()
        if what in both[1] and samples >= _LEAST
    )


Figure = tuple[str, tuple[float, int]]


def _figures(watched: Watched) -> Iterator[Figure]:
    looks = watched.looks
    yield from _misses(looks)
    yield "ghosts per frame", (watched.ghosts_per_frame, watched.frames)
    found = looks[looks["found"]]
    turned = mirrored(found)
    yield "left taken for right", (float(turned.mean()), len(turned))
    yield from _joints(found[~turned])
    yield from _lasting(found[~turned])


def _misses(looks: Looks) -> Iterator[Figure]:
    glass = looks["terms"][:, GLASS_TERM]
    behind = looks[glass >= _MOSTLY_SEEN]
    if len(behind):
        yield "missed, behind glass", (float(1 - behind["found"].mean()), len(behind))
    for low, high in pairwise(SHARE_EDGES):
        like = looks[(looks["share"] >= low) & (looks["share"] < high) & (glass < _LITTLE_GLASS)]
        if len(like):
            yield f"missed, {low:.0%} to {min(high, 1):.0%} in sight", (float(1 - like["found"].mean()), len(like))
    runs = _miss_runs(looks[looks["share"] >= _MOSTLY_SEEN])
    if len(runs):
        yield "frames missed in a row, mean", (float(runs.mean()), len(runs))
        yield "frames missed in a row, p90", (float(np.quantile(runs, 0.9)), len(runs))


def _miss_runs(looks: Looks) -> NDArray[np.int64]:
    """Lengths of misses in consecutive frames."""
    ordered = looks[np.argsort(looks["chain"] * 100_000 + looks["moment"], kind="stable")]
    missed = ordered[~ordered["found"]]
    key = missed["chain"] * 100_000 + missed["moment"] - np.arange(len(missed))
    return np.array([len(list(run)) for _, run in groupby(key.tolist())], np.int64)


def _joints(found: Looks) -> Iterator[Figure]:
    along, across = errors_m(found)
    size_m, score = np.hypot(along, across), found["joints"][..., 2]
    clear = found["sightline"] == SIGHTLINES.index(Sightline.CLEAR)
    off = found["sightline"] == SIGHTLINES.index(Sightline.OFF)
    for g, group in enumerate(GROUPS):
        for name, like in (("clear", clear), ("not clear", ~clear & ~off)):
            chosen = like & (found["group"] == g)
            if chosen.any():
                yield from _quantiles(f"{group.value}, {name}, error m", size_m[chosen])
                yield from _quantiles(f"{group.value}, {name}, score", score[chosen])


def _quantiles(what: str, values: Floats) -> Iterator[Figure]:
    for level in LEVELS:
        yield f"{what} p{100 * level:g}", (float(np.quantile(values, level)), len(values))


def _lasting(found: Looks) -> Iterator[Figure]:
    """How alike the wrists' errors are half a second later."""
    along, _ = errors_m(found)
    wrists = np.isin(found["group"], [GROUPS.index("wrist"), GROUPS.index("reaching wrist")])
    earlier, later = after(found, _LATER_FRAMES)
    both = wrists[earlier] & wrists[later]
    if both.sum() >= _LEAST:
        one, other = along[earlier][both], along[later][both]
        yield "wrist, correlation of errors after 0.5 s", (float(np.corrcoef(one, other)[0, 1]), int(both.sum()))

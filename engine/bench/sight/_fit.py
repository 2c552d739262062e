"""Fit ``SightModel`` to what the engine's perception said of rendered people."""

from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from drivers.twin.sight import (
    ACROSS_M,
    FOLLOWED,
    GLASS_TERM,
    GROUPS,
    INNER,
    LEAST_SCORE,
    LEAST_SEEN,
    SEEN_ENOUGH,
    SHARES,
    SIGHTLINES,
    WHOLE,
    BadLight,
    Boxes,
    Found,
    Ghosts,
    JointErrors,
    JointGroup,
    Mirrored,
    Odds,
    Persistence,
    Sightline,
    SightModel,
)
from engine.bench.sight._match import Looks, Watched
from engine.domain import Floats

_LEAST_SAMPLES = 50
_RIDGE = 0.1  # of the log-odds' weights, so that what hardly varies weighs little
_ROUNDS = 30
_MIRROR = np.array([0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15])
_MIRROR_SURE_M = 0.03
_BODY = slice(5, None)  # of a face no side can be told by its joints' places
_SLOPES = np.arange(0.0, 6.1, 0.25)
_LAGS = (1, 2, 3, 5, 8)
_TRIED_SHARE, _TRIED_S = np.arange(0.1, 1.01, 0.05), np.array([0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0])

Flags = NDArray[np.bool_]


STEADY = BadLight(doublings=(0.0,), log_odds=(0.0,), errors=(1.0,), scores=(1.0,))
"""Light does nothing."""


def fit_sight(watched: Watched, *, hz: float, light: BadLight = STEADY) -> SightModel:
    """The model that errs as these films do."""
    found = watched.looks[watched.looks["found"]]
    turned = mirrored(found)
    straight = found[~turned]
    return SightModel(
        frames_hz=hz,
        found=_found(watched.looks),
        mirrored=_mirrored(found, turned),
        box=_boxes(found),
        ghost=_ghosts(watched),
        light=light,
        persistence=tuple(_persistence(straight, hz)),
        joint=tuple(_joint_errors(straight)),
    )


def mirrored(found: Looks) -> Flags:
    """Which of the looks have left and right exchanged, (M,)."""
    straight_px = np.linalg.norm(found["joints"][..., :2] - found["pixels"], axis=2)
    turned_px = np.linalg.norm(found["joints"][:, _MIRROR, :2] - found["pixels"], axis=2)
    gain_m = (np.median(straight_px[:, _BODY], axis=1) - np.median(turned_px[:, _BODY], axis=1)) / found["px_per_m"]
    turned: Flags = gain_m > _MIRROR_SURE_M
    return turned


def errors_m(found: Looks) -> tuple[Floats, Floats]:
    """Errors of all joints along their limbs and across, (M, 17) each."""
    inward = found["pixels"][:, INNER] - found["pixels"]
    inward /= np.maximum(np.linalg.norm(inward, axis=2, keepdims=True), 1e-6)
    error = (found["joints"][..., :2] - found["seen_from"]) / found["px_per_m"][:, None, None]
    along: Floats = (error * inward).sum(axis=2)
    across: Floats = error[..., 0] * inward[..., 1] - error[..., 1] * inward[..., 0]
    return along, across


def after(looks: Looks, frames: int = 1) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of the same body in the same camera that lie so many frames apart: the earlier ones, the later ones."""
    key = looks["chain"] * 100_000 + looks["moment"]
    order = np.argsort(key, kind="stable")
    place = np.searchsorted(key[order], key + frames).clip(max=max(len(key) - 1, 0))
    later = order[place]
    there = key[later] == key + frames
    return np.flatnonzero(there), later[there]


def _found(looks: Looks) -> Found:
    earlier, later = after(looks)
    seen_at_all = looks["share"] + looks["terms"][:, GLASS_TERM] >= LEAST_SEEN
    drawn = looks[later]["detected"] & seen_at_all[later]
    before, now = looks[earlier[drawn]], looks[later[drawn]]
    return Found(
        new=_odds(now["terms"][~before["found"]], now["found"][~before["found"]]),
        again=_odds(now["terms"][before["found"]], now["found"][before["found"]]),
    )


def _odds(terms: Floats, found: Flags) -> Odds:
    """Logistic regression with a ridge, by Newton's method."""
    weights = np.zeros(terms.shape[1])
    ridge = np.diag([1e-3, *[_RIDGE] * (terms.shape[1] - 1)])
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-(terms @ weights).clip(-30, 30)))
        slope = terms.T @ (found - chance) - ridge @ weights
        curvature = (terms * (chance * (1 - chance))[:, None]).T @ terms + ridge
        weights = weights + np.linalg.solve(curvature, slope)
    names = [field.name for field in msgspec.structs.fields(Odds)]
    return Odds(**{name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True)})


def _mirrored(found: Looks, turned: Flags) -> Mirrored:
    earlier, later = after(found)
    was, is_now = turned[earlier], turned[later]
    return Mirrored(
        begins=round(float(is_now[~was].mean()), 4) if (~was).any() else 0.0,
        ends=round(float(1 - is_now[was].mean()), 4) if was.any() else 1.0,
    )


def _boxes(found: Looks) -> Boxes:
    seen = found[found["detected"] & (found["share"] > 0)]
    in_sight = np.isin(
        seen["sightline"], [SIGHTLINES.index(line) for line in ("clear", "itself", "in shelf", "behind glass")]
    )
    low = np.where(in_sight[..., None], seen["pixels"], np.inf).min(axis=1)
    high = np.where(in_sight[..., None], seen["pixels"], -np.inf).max(axis=1)
    scale = seen["px_per_m"]
    sides = np.concatenate([low[:, 0] - seen["box"][:, 0], seen["box"][:, 2] - high[:, 0]]) / np.tile(scale, 2)
    whole = seen["share"] >= WHOLE
    return Boxes(
        side_m=quantiles(sides),
        top_m=quantiles((low[:, 1] - seen["box"][:, 1]) / scale),
        bottom_m=quantiles((seen["box"][:, 3] - high[:, 1]) / scale),
        score_whole=quantiles(seen["score"][whole]),
        score_part=quantiles(seen["score"][~whole]),
    )


def _ghosts(watched: Watched) -> Ghosts:
    chances = int((watched.looks["detected"] & (watched.looks["share"] > SEEN_ENOUGH)).sum())
    if not watched.ghosts:
        nothing = (0.0,) * len(SHARES)
        return Ghosts(rate=0.0, offset_x_m=nothing, offset_y_m=nothing, width_m=0.3, height_m=0.3, joint_score=nothing)
    offset_m = np.stack([ghost.offset_m for ghost in watched.ghosts])
    size_m = np.stack([ghost.size_m for ghost in watched.ghosts])
    return Ghosts(
        rate=round(len(watched.ghosts) / chances, 4),
        offset_x_m=quantiles(offset_m[:, 0]),
        offset_y_m=quantiles(offset_m[:, 1]),
        width_m=round(float(np.median(size_m[:, 0])), 2),
        height_m=round(float(np.median(size_m[:, 1])), 2),
        joint_score=quantiles(np.concatenate([ghost.joint_scores for ghost in watched.ghosts])),
    )


def _joint_errors(found: Looks) -> list[JointErrors]:
    along, across = errors_m(found)
    score = found["joints"][..., 2]
    rows = []
    for g, group in enumerate(GROUPS):
        for s, sightline in enumerate(SIGHTLINES):
            for whole in (False, True):
                body = (found["share"] >= WHOLE) == whole
                like = (found["group"] == g) & (found["sightline"] == s) & body[:, None]
                if like.sum() < _LEAST_SAMPLES:
                    continue
                kind = _Kind(group, sightline, whole)
                rows.append(_row(kind, score[like], along[like], across[like]))
    return rows


class _Kind(NamedTuple):
    group: JointGroup
    sightline: Sightline
    whole: bool


def _row(kind: _Kind, score: Floats, along: Floats, across: Floats) -> JointErrors:
    slope = _slope(score, np.hypot(along, across))
    shrunk = np.maximum(score, LEAST_SCORE) ** slope
    along_m, across_m = along * shrunk, across * shrunk
    share = across_m / (ACROSS_M + np.abs(along_m))
    unsure = score < np.median(score)
    return JointErrors(
        group=kind.group,
        sightline=kind.sightline,
        whole=kind.whole,
        samples=len(score),
        score=quantiles(score),
        slope=slope,
        most_m=quantiles(np.hypot(along, across))[-1],
        unsure_along_m=quantiles(along_m[unsure]),
        unsure_across=quantiles(share[unsure]),
        along_m=quantiles(along_m[~unsure]),
        across=quantiles(share[~unsure]),
    )


def _slope(score: Floats, error_m: Floats) -> float:
    """The power of the score that errors shrink with: taken out, the size of errors does not depend on the score."""
    size = np.log(error_m + 0.005)
    spread = np.log(np.maximum(score, LEAST_SCORE))
    spread = spread - spread.mean()
    steepest = float((spread * (size - size.mean())).sum() / max((spread * spread).sum(), 1e-9))
    return round(max(0.0, -steepest), 2)


def _persistence(found: Looks, hz: float) -> list[Persistence]:
    along, across = errors_m(found)
    against = across / (ACROSS_M + np.abs(along))
    sigmas = [_sigmas(found, values) for values in (found["joints"][..., 2], along, against)]
    rows = []
    for g, group in enumerate(GROUPS):
        if not (found["group"] == g).any():
            continue
        values: dict[str, float] = {}
        for name, sigma in zip(("score", "along", "across"), sigmas, strict=True):
            own = np.where(found["group"] == g, sigma, np.nan)
            share, constant_s = _memory(found, own, hz)
            values |= {f"{name}_share": share, f"{name}_s": constant_s, f"{name}_follows": _follows(own, sigma)}
        rows.append(Persistence(group=group, **values))
    return rows


def _sigmas(found: Looks, values: Floats) -> Floats:
    """Normal scores (M, 17) of values among those of their kind; NaN where there are too few."""
    sigmas = np.full(values.shape, np.nan)
    kind = found["group"] * 100 + found["sightline"] * 10 + (found["share"] >= WHOLE)[:, None]
    for one in np.unique(kind):
        like = kind == one
        count = int(like.sum())
        if count >= _LEAST_SAMPLES:
            ranks = np.argsort(np.argsort(values[like], kind="stable"), kind="stable")
            sigmas[like] = ndtri((ranks + 0.5) / count)
    return sigmas


def _memory(found: Looks, sigma: Floats, hz: float) -> tuple[float, float]:
    """The share and time constant whose correlations over some frames differ least from those measured."""
    measured = []
    for lag in _LAGS:
        earlier, later = after(found, lag)
        measured.append(_correlation(sigma[earlier].ravel(), sigma[later].ravel()))
    lags_s = np.array(_LAGS) / hz
    share, constant_s = np.meshgrid(_TRIED_SHARE, _TRIED_S, indexing="ij")
    off = ((share[..., None] * np.exp(-lags_s / constant_s[..., None]) - np.array(measured)) ** 2).sum(axis=2)
    best = np.unravel_index(int(off.argmin()), off.shape)
    return round(float(share[best]), 2), float(constant_s[best])


def _follows(own: Floats, sigma: Floats) -> float:
    followed = FOLLOWED >= 0
    return round(_correlation(own[:, followed].ravel(), sigma[:, FOLLOWED[followed]].ravel()), 2)


def _correlation(one: Floats, other: Floats) -> float:
    both = ~np.isnan(one) & ~np.isnan(other)
    if both.sum() < _LEAST_SAMPLES:
        return 0.0
    return float(np.clip(np.corrcoef(one[both], other[both])[0, 1], -0.95, 0.95))


def quantiles(values: Floats) -> tuple[float, ...]:
    """At SHARES."""
    if not len(values):
        return (0.0,) * len(SHARES)
    return tuple(round(float(value), 3) for value in np.quantile(values, SHARES))

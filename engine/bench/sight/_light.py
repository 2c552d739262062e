"""What the light does to perception: the same world filmed in several lights, each against the usual one."""

from collections.abc import Mapping

import msgspec
import numpy as np

from drivers.twin.sight import SIGHTLINES, BadLight, Found, Sightline
from engine.bench.sight._fit import after, errors_m, mirrored
from engine.bench.sight._match import Looks, Watched
from engine.domain import Floats

_ROUNDS = 20
_PRIOR = 0.5  # of an offset's square: few frames say little


def fit_light(watched: Mapping[float, Watched], found: Found) -> BadLight:
    """Fit to films of one world by their light against the usual, 1 among them; ``found`` is that of the usual."""
    usual = _effects(watched[1.0].looks, found)
    lights = sorted(watched)
    effects = np.array([_effects(watched[light].looks, found) for light in lights])
    return BadLight(
        doublings=_rounded(np.log2(lights)),
        log_odds=_rounded(effects[:, 0] - usual[0]),
        errors=_rounded(effects[:, 1] / usual[1]),
        scores=_rounded(effects[:, 2] / usual[2]),
    )


def _rounded(values: Floats) -> tuple[float, ...]:
    return tuple(round(float(value), 3) for value in values)


def _effects(looks: Looks, found: Found) -> Floats:
    """Log-odds against those of ``found``, median error in metres and mean score of joints in clear sight, (3,)."""
    earlier, later = after(looks)
    drawn = looks[later]["detected"] & (looks[later]["share"] > 0)
    before, now = looks[earlier[drawn]], looks[later[drawn]]
    odds = np.array([msgspec.structs.astuple(found.new), msgspec.structs.astuple(found.again)])
    known = (odds[before["found"].astype(int)] * now["terms"]).sum(axis=1)
    seen = looks[looks["found"]]
    straight = seen[~mirrored(seen)]
    along, across = errors_m(straight)
    clear = straight["sightline"] == SIGHTLINES.index(Sightline.CLEAR)
    error_m = float(np.median(np.hypot(along, across)[clear]))
    return np.array([_offset(known, now["found"]), error_m, float(straight["joints"][..., 2][clear].mean())])


def _offset(known: Floats, found: np.ndarray) -> float:
    """What added to known log-odds makes what was found likeliest, by Newton's method."""
    offset = 0.0
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-known - offset))
        slope = float((found - chance).sum()) - 2 * _PRIOR * offset
        offset += slope / (float((chance * (1 - chance)).sum()) + 2 * _PRIOR)
    return offset

"""How well people were followed on the floor: IDF1 and identity switches.

IDF1 is that of Ristani et al., "Performance measures and a data set for multi-target, multi-camera tracking", 2016:
true and computed trajectories are paired one to one so that most places agree; IDF1 is the harmonic mean of the
shares of true and of computed places in such pairs. Identity switches are those of Bernardin and Stiefelhagen,
"Evaluating multiple object tracking performance: the CLEAR MOT metrics", 2008: instant by instant, a pair of a person
and a track lasts while they agree, the rest is paired anew with the least distance, and a person whose track is another
than the last time is a switch. Places agree within 0.5 m on the floor.

Only who stands on the store's floor counts. A track off the floor, in front of the gate or of the glass, counts only
where it agrees with somebody on it.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.bench.scoring._counts import Counts
from engine.bench.scoring._pairing import best_pairs
from engine.bench.scoring._score import FloorScore
from engine.bench.scoring._trial import TruePlace
from engine.domain import Floats, FloorView, Point2, Store

_AGREE_M = 0.5


def judge_floor(floors: Sequence[FloorView], places: Sequence[TruePlace], store: Store) -> FloorScore:
    """Places in agreeing identities, of all true ones and all computed ones; and the identity switches."""
    there: dict[int, list[TruePlace]] = {}
    stand_m = np.array([(place.x_m, place.y_m) for place in places]).reshape(-1, 2)
    for place, inside in zip(places, _inside(stand_m, store.floor_m), strict=True):
        if inside:
            there.setdefault(place.t_ns, []).append(place)
    together: dict[tuple[int, int], int] = {}
    followed: dict[int, int] = {}
    true = said = switches = 0
    for floor in floors:
        people = there.get(floor.t_ns, [])
        shoppers = [place.shopper for place in people]
        tracks = [int(seen.track_id) for seen in floor.shoppers]
        said_m = np.array([seen.foot_mm for seen in floor.shoppers], dtype=np.float64).reshape(-1, 2) / 1000
        apart_m = _apart_m(people, said_m)
        counted = _inside(said_m, store.floor_m) | (apart_m <= _AGREE_M).any(axis=0)
        true, said = true + len(shoppers), said + int(counted.sum())
        for row, column in np.argwhere(apart_m <= _AGREE_M):
            key = shoppers[row], tracks[column]
            together[key] = together.get(key, 0) + 1
        for shopper, track in _paired(shoppers, tracks, apart_m, followed):
            switches += followed.get(shopper, track) != track
            followed[shopper] = track
    identities = Counts(true=true, said=said, right=_agreeing(together))
    return FloorScore(identities=identities, id_switches=switches)


def _inside(points_m: Floats, corners_m: Sequence[Point2]) -> NDArray[np.bool_]:
    """Which of the points (N, 2) lie in a polygon: a ray from them crosses its edges an odd number of times."""
    x, y = points_m[:, 0], points_m[:, 1]
    inside = np.zeros(len(points_m), dtype=bool)
    for (x0, y0), (x1, y1) in zip(corners_m, (*corners_m[1:], corners_m[0]), strict=True):
        if y0 != y1:
            inside ^= ((y0 > y) != (y1 > y)) & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return inside


def _apart_m(people: Sequence[TruePlace], said_m: Floats) -> Floats:
    """Metres between every person (row) and every track (column)."""
    true_m = np.array([(place.x_m, place.y_m) for place in people]).reshape(-1, 2)
    return np.asarray(np.linalg.norm(true_m[:, None] - said_m[None, :], axis=2), dtype=np.float64)


def _paired(shoppers: list[int], tracks: list[int], apart_m: Floats, followed: dict[int, int]) -> list[tuple[int, int]]:
    """Who is followed by which track at this instant: as before where that still agrees, else anew."""
    allowed = apart_m <= _AGREE_M
    pairs: list[tuple[int, int]] = []
    for row, shopper in enumerate(shoppers):
        track = followed.get(shopper)
        if track in tracks and allowed[row, column := tracks.index(track)]:
            pairs.append((shopper, track))
            allowed[row, :] = allowed[:, column] = False
    anew = best_pairs(allowed, (np.ones(allowed.shape), 1 - apart_m / (2 * _AGREE_M))) if allowed.any() else []
    return [*pairs, *((shoppers[row], tracks[column]) for row, column in anew)]


def _agreeing(together: dict[tuple[int, int], int]) -> int:
    """The most places that agree when every person has one track and every track one person."""
    shoppers = sorted({shopper for shopper, _ in together})
    tracks = sorted({track for _, track in together})
    counts = np.zeros((len(shoppers), len(tracks)))
    for (shopper, track), count in together.items():
        counts[shoppers.index(shopper), tracks.index(track)] = count
    if not together:
        return 0
    return int(sum(counts[pair] for pair in best_pairs(counts > 0, (counts / counts.max(),))))

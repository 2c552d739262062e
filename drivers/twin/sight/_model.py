"""The error model of perception: what it is made of, the fit that the twin uses, and the tables drawn from it.

``tillfree bench fit-sight`` makes the value; ``resources/physics/sight.toml`` keeps the one that the twin uses.
"""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from drivers.twin.sight._geometry import ANOTHER, CLEAR, FIXTURE, GLASS, IN_SHELF, ITSELF, OFF
from engine.domain import Floats

SHARES = (0.002, 0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98, 0.998)
"""The shares at which the model gives its distributions."""

TABLE_SIGMAS = np.linspace(-3.0, 3.0, 25)
"""Where a table gives its distribution: a normal score."""

_FITTED_FILE = Path(str(files("resources"))) / "physics" / "sight.toml"


class JointGroup(StrEnum):
    """Joints that err alike; a wrist stretched out from its shoulder errs unlike one that hangs."""

    FACE = "face"
    SHOULDER = "shoulder"
    ELBOW = "elbow"
    WRIST = "wrist"
    HIP = "hip"
    KNEE = "knee"
    ANKLE = "ankle"
    REACHING = "reaching wrist"


class Sightline(StrEnum):
    """What is between a joint and the camera."""

    CLEAR = "clear"
    ITSELF = "itself"
    HIDDEN = "hidden"
    OFF = "off"
    IN_SHELF = "in shelf"
    GLASS = "behind glass"


GROUPS = tuple(JointGroup)
SIGHTLINES = tuple(Sightline)
GROUP_OF_JOINT = np.array([0] * 5 + [1] * 2 + [2] * 2 + [3] * 2 + [4] * 2 + [5] * 2 + [6] * 2)
SIGHTLINE_OF_CAUSE = np.zeros(7, np.intp)
for _cause, _sightline in (
    (CLEAR, Sightline.CLEAR), (ITSELF, Sightline.ITSELF), (ANOTHER, Sightline.HIDDEN), (FIXTURE, Sightline.HIDDEN),
    (GLASS, Sightline.GLASS), (OFF, Sightline.OFF), (IN_SHELF, Sightline.IN_SHELF),
):  # fmt: skip
    SIGHTLINE_OF_CAUSE[_cause] = SIGHTLINES.index(_sightline)
# Where too few joints of a kind were seen, they err as those do that come next.
_NEXT = {
    Sightline.OFF: Sightline.HIDDEN,
    Sightline.HIDDEN: Sightline.ITSELF,
    Sightline.IN_SHELF: Sightline.ITSELF,
    Sightline.GLASS: Sightline.HIDDEN,
    Sightline.ITSELF: Sightline.CLEAR,
}

Quantiles = Annotated[tuple[float, ...], msgspec.Meta(min_length=len(SHARES), max_length=len(SHARES))]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Part of the model; unknown keys are errors."""


class Odds(_Part, frozen=True, kw_only=True):
    """Log-odds of a body to be found by the detector, a sum.

    Of the shares of its joints that other bodies hide, that fixtures hide, that glass is before and that are off the
    picture; of the square of the last, and of that of all that cannot be seen; ``steep`` for each ten degrees above 30
    below the horizon, ``small`` for each halving of 1.7 m at the body below half of the picture's height.
    """

    base: float
    another: float
    fixture: float
    glass: float
    off: float
    off2: float
    hidden2: float
    steep: float
    small: float


class Found(_Part, frozen=True, kw_only=True):
    """Who was not found in the frame before, and who was."""

    new: Odds
    again: Odds


class JointErrors(_Part, frozen=True, kw_only=True):
    """How joints of one kind err. ``whole``: of bodies of which three quarters of the joints are in sight.

    The error has a component ``along_m`` of the limb (towards its inner end), metres at the body, and one ``across`` as
    a share of ACROSS_M plus what it is along: who is far off is so in both. Both are those of a score
    of 1, and grow as it falls: by ``score ** -slope``. ``unsure`` are those whose score is below the
    median of their kind; their errors have longer tails. No error is greater than
    ``most_m``.
    """

    group: JointGroup
    sightline: Sightline
    whole: bool
    samples: int
    score: Quantiles
    slope: float
    most_m: float
    unsure_along_m: Quantiles
    unsure_across: Quantiles
    along_m: Quantiles
    across: Quantiles


class Persistence(_Part, frozen=True, kw_only=True):
    """How long errors stay: a share of the variance with a time constant, the rest new in each frame.

    ``follows``: correlation with the next joint towards the trunk.
    """

    group: JointGroup
    score_share: Share
    score_s: float
    score_follows: float
    along_share: Share
    along_s: float
    along_follows: float
    across_share: Share
    across_s: float
    across_follows: float


class Mirrored(_Part, frozen=True, kw_only=True):
    """Left taken for right, as the chance of each frame to begin and to end."""

    begins: Share
    ends: Share


class Boxes(_Part, frozen=True, kw_only=True):
    """A found box against the extent of the joints in sight, metres outwards at SHARES; its score by how much is."""

    side_m: Quantiles
    top_m: Quantiles
    bottom_m: Quantiles
    score_whole: Quantiles
    score_part: Quantiles


class Ghosts(_Part, frozen=True, kw_only=True):
    """Second boxes on a body: the chance for each body in sight and frame of the detector; metres at the body."""

    rate: Share
    offset_x_m: Quantiles
    offset_y_m: Quantiles
    width_m: float
    height_m: float
    joint_score: Quantiles


class BadLight(_Part, frozen=True, kw_only=True):
    """What the light does, at so many doublings of the store's usual, in between by straight lines.

    ``log_odds`` are added to those of being found; joints' ``errors`` and ``scores`` are multiplied.
    """

    doublings: tuple[float, ...]
    log_odds: tuple[float, ...]
    errors: tuple[float, ...]
    scores: tuple[float, ...]

    def at(self, gain: float) -> Floats:
        """Log-odds, errors and scores (3,) where the usual light is multiplied by ``gain``."""
        doublings = np.log2(max(gain, 1e-6))
        return np.array(
            [np.interp(doublings, self.doublings, effect) for effect in (self.log_odds, self.errors, self.scores)]
        )


class Provenance(_Part, frozen=True, kw_only=True):
    """Where the fit comes from."""

    command: str
    on: str  # ISO date
    commit: str
    fitted: str
    assumed: str


class SightModel(_Part, frozen=True, kw_only=True):
    """How perception errs about people, frame by frame at ``frames_hz``."""

    frames_hz: float
    found: Found
    mirrored: Mirrored
    box: Boxes
    ghost: Ghosts
    light: BadLight
    persistence: tuple[Persistence, ...]
    joint: tuple[JointErrors, ...]


class FittedSight(_Part, frozen=True, kw_only=True):
    """What ``sight.toml`` holds."""

    provenance: Provenance
    model: SightModel


def fitted_sight() -> FittedSight:
    """The fit that the twin uses. Raises ``msgspec.ValidationError`` for a file that is none."""
    return msgspec.convert(tomllib.loads(_FITTED_FILE.read_text(encoding="utf-8")), FittedSight)


@dataclass(frozen=True, eq=False)
class Tables:
    """The model as the kernel takes it; distributions over TABLE_SIGMAS.

    odds (2, 9): new, again. joint (8 groups, 6 sightlines, part or whole, score, then along and across of the unsure
    and of the sure, 25) and slope (8, 6, 2, 2), with most_m.
    persistence (8, 3, 3): share, decay in a frame, follows. box (side, top, bottom, score part, score whole; 25).
    ghost (offset x, y, joint score; 25). chances: mirrored begins, ends, ghost's rate, width, height.
    """

    odds: Floats
    joint: Floats
    slope: Floats
    persistence: Floats
    box: Floats
    ghost: Floats
    chances: Floats

    def arrays(self) -> tuple[Floats, ...]:
        """As the kernel takes them."""
        return self.odds, self.joint, self.slope, self.persistence, self.box, self.ghost, self.chances


def tables(model: SightModel) -> Tables:
    """Prepare a model for drawing. Raises ``ValueError`` where it says nothing of a group."""
    rows = {(row.group, row.sightline, row.whole): row for row in model.joint}
    shape = (len(GROUPS), len(SIGHTLINES), 2)
    joint, slope = np.zeros((*shape, 5, len(TABLE_SIGMAS))), np.zeros((*shape, 2))
    for g, group in enumerate(GROUPS):
        for s, sightline in enumerate(SIGHTLINES):
            for whole in (False, True):
                row = _row(rows, group, sightline, whole=whole)
                joint[g, s, int(whole)] = [
                    _table(values)
                    for values in (row.score, row.unsure_along_m, row.unsure_across, row.along_m, row.across)
                ]
                slope[g, s, int(whole)] = row.slope, row.most_m
    box, ghost = model.box, model.ghost
    return Tables(
        odds=np.array([msgspec.structs.astuple(model.found.new), msgspec.structs.astuple(model.found.again)]),
        joint=joint,
        slope=slope,
        persistence=_persistence(model),
        box=np.array([_table(q) for q in (box.side_m, box.top_m, box.bottom_m, box.score_part, box.score_whole)]),
        ghost=np.array([_table(q) for q in (ghost.offset_x_m, ghost.offset_y_m, ghost.joint_score)]),
        chances=np.array([model.mirrored.begins, model.mirrored.ends, ghost.rate, ghost.width_m, ghost.height_m]),
    )


def _row(
    rows: dict[tuple[JointGroup, Sightline, bool], JointErrors], group: JointGroup, sightline: Sightline, *, whole: bool
) -> JointErrors:
    line: Sightline | None = sightline
    while line is not None:
        for wholeness in (whole, not whole):
            if (group, line, wholeness) in rows:
                return rows[group, line, wholeness]
        line = _NEXT.get(line)
    raise ValueError(f"joint: no row of group {group.value!r} with sightline 'clear'")


def _persistence(model: SightModel) -> Floats:
    rows = {row.group: row for row in model.persistence}
    table = np.zeros((len(GROUPS), 3, 3))
    for g, group in enumerate(GROUPS):
        row = rows.get(group, rows[JointGroup.WRIST])
        for at, (share, constant_s, follows) in enumerate(
            (
                (row.score_share, row.score_s, row.score_follows),
                (row.along_share, row.along_s, row.along_follows),
                (row.across_share, row.across_s, row.across_follows),
            )
        ):
            table[g, at] = share, np.exp(-1 / (model.frames_hz * max(constant_s, 1e-3))), follows
    return table


def _table(quantiles: tuple[float, ...]) -> NDArray[np.float64]:
    at = ndtri(np.array(SHARES))
    table: Floats = np.interp(TABLE_SIGMAS, at, np.array(quantiles))
    return table

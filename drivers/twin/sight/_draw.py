"""Numba kernel: draws what perception says of the bodies in one camera's frame, and remembers what stays.

It goes through the engine's own alternation: after a frame of the detector in which everybody's joints are sure comes
one that only follows the same people. Constants that are the engine's are named so.
"""
# Numba infers the types of kernels.
# ruff: noqa: ANN001, ANN202, PLR0913
# mypy: allow-untyped-defs, allow-untyped-calls

from typing import Any

import numba
import numpy as np

from drivers.twin.sight._geometry import ANOTHER, CAUSES, FIXTURE, GLASS, OFF
from drivers.twin.sight._model import GROUP_OF_JOINT, GROUPS, SIGHTLINE_OF_CAUSE, JointGroup

_compiled: Any = numba.njit(cache=True, nogil=True)

MOST_SEEN = 24  # the engine's

TERMS, GLASS_TERM = 9, 3

ACROSS_M = 0.05
"""What an error across a limb is a share of where there is none along it."""

LEAST_SCORE = 0.03
"""Errors grow as scores fall, down to this one."""

WHOLE = 0.75
"""The share of a body's joints in sight from which it errs as a whole one does."""

LEAST_SEEN = 0.1
"""Nobody of whose joints a smaller share is in sight is found."""

SEEN_ENOUGH = 0.2
"""The share of a body's joints in sight from which it may be spoken of twice."""

_GROUP = GROUP_OF_JOINT
_SIGHTLINE = SIGHTLINE_OF_CAUSE
_REACHING = GROUPS.index(JointGroup.REACHING)
_WRIST = GROUPS.index(JointGroup.WRIST)
_REACHING_M = 0.3
_STEEP_RAD = np.radians(30.0)
_TEN_DEGREES = np.radians(10.0)
_STATURE_M = 1.7
_SURE_JOINT = 0.3  # the engine's
_LEAST_JOINTS = 8  # the engine's
_BEYOND_JOINTS = 0.12  # the engine's
_PER_SIGMA = 4.0  # entries of a table
_LAST_SIGMA = 3.0
_MIRROR = np.array([0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15])
# The inner end of each joint's limb, and the joint whose errors it shares.
INNER = np.array([5, 6, 5, 6, 5, 11, 12, 5, 6, 7, 8, 5, 6, 11, 12, 13, 14])
FOLLOWED = np.array([-1, 0, 0, 0, 0, -1, 5, 5, 6, 7, 8, -1, 11, 11, 12, 13, 14])


@_compiled
def _at(table, sigma):
    """A distribution's value at a normal score."""
    place = (min(max(sigma, -_LAST_SIGMA), _LAST_SIGMA) + _LAST_SIGMA) * _PER_SIGMA
    row = min(int(place), len(table) - 2)
    return table[row] + (place - row) * (table[row + 1] - table[row])


@_compiled
def features(cause, px_per_m, down_rad, height_px, out):
    """What a body's log-odds are the sum of, (TERMS,); returns the share of its joints in sight."""
    counts = np.zeros(CAUSES)
    for one in cause:
        counts[one] += 1
    counts /= len(cause)
    another, fixture, glass, off = counts[ANOTHER], counts[FIXTURE], counts[GLASS], counts[OFF]
    hidden = another + fixture + off
    out[0], out[1], out[2], out[GLASS_TERM], out[4] = 1.0, another, fixture, glass, off
    out[5], out[6] = off * off, hidden * hidden
    out[7] = max(0.0, (down_rad - _STEEP_RAD) / _TEN_DEGREES)
    out[8] = max(0.0, -np.log2(_STATURE_M * px_per_m / height_px * 2))
    return 1.0 - hidden - glass


@_compiled
def group_of(joint, joints):
    """The row of GROUPS of a body's joint, whose joints are (17, 3) in the store frame."""
    group = _GROUP[joint]
    if group == _WRIST:
        x, y = joints[joint, 0] - joints[joint - 4, 0], joints[joint, 1] - joints[joint - 4, 1]
        if x * x + y * y >= _REACHING_M * _REACHING_M:
            return _REACHING
    return group


@_compiled
def _remember(rng, latent, fresh, frames, joints, persistence, sigmas):
    """Carry a body's lasting errors (17, 3) on by some frames; sigmas (17, 3): normal scores of this frame."""
    for j in range(len(latent)):
        group = group_of(j, joints)
        for kind in range(3):
            share, decay, follows = persistence[group, kind]
            if fresh:
                latent[j, kind] = rng.standard_normal()
            else:
                kept = decay if frames == 1 else decay**frames
                latent[j, kind] = kept * latent[j, kind] + np.sqrt(1 - kept * kept) * rng.standard_normal()
            own = np.sqrt(share) * latent[j, kind] + np.sqrt(1 - share) * rng.standard_normal()
            if FOLLOWED[j] >= 0:
                own = follows * sigmas[FOLLOWED[j], kind] + np.sqrt(1 - follows * follows) * own
            sigmas[j, kind] = own


@_compiled
def _joints(
    sigmas, pixels, cause, joints, whole, px_per_m, limits, tables, slopes, light, mirrored, said, box,
):  # fmt: skip
    """Joints as the pose model says them, (17, 3): x, y, score, and the box around them to follow, (4,).

    Returns how many are sure.
    """
    sure = 0
    x0, y0, x1, y1 = 1e9, 1e9, -1e9, -1e9
    for j in range(len(pixels)):
        group, sightline = group_of(j, joints), _SIGHTLINE[cause[j]]
        table = tables[group, sightline, whole]
        slope, most_m = slopes[group, sightline, whole]
        score = min(max(_at(table[0], sigmas[j, 0]), 0.0), 1.0)
        half = 1 if sigmas[j, 0] < 0 else 3
        along = _at(table[half], sigmas[j, 1])
        across = _at(table[half + 1], sigmas[j, 2]) * (ACROSS_M + abs(along))
        grown = max(score, LEAST_SCORE) ** -slope
        grown *= min(1.0, most_m / max(grown * np.sqrt(along * along + across * across), 1e-9)) * light[1] * px_per_m
        ux, uy = pixels[INNER[j], 0] - pixels[j, 0], pixels[INNER[j], 1] - pixels[j, 1]
        grown /= max(np.sqrt(ux * ux + uy * uy), 1e-6)
        x, y = pixels[j, 0], pixels[j, 1]
        if cause[j] == OFF:
            x, y = min(max(x, limits[0]), limits[2]), min(max(y, limits[1]), limits[3])
        x, y = x + (along * ux + across * uy) * grown, y + (along * uy - across * ux) * grown
        score *= light[2]
        row = _MIRROR[j] if mirrored else j
        said[row, 0], said[row, 1], said[row, 2] = x, y, score
        if score > _SURE_JOINT:
            sure += 1
            x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
    margin_x, margin_y = (x1 - x0) * _BEYOND_JOINTS, (y1 - y0) * _BEYOND_JOINTS
    box[0], box[1], box[2], box[3] = x0 - margin_x, y0 - margin_y, x1 + margin_x, y1 + margin_y
    return sure


@_compiled
def _found_box(rng, pixels, cause, px_per_m, share, size, tables, box):
    """A detector's box and score, (5,), around the joints in sight or behind glass; else around all."""
    shown = False
    for one in cause:
        shown = shown or (one != ANOTHER and one != FIXTURE and one != OFF)
    x0, y0, x1, y1 = 1e9, 1e9, -1e9, -1e9
    for j in range(len(pixels)):
        if not shown or (cause[j] != ANOTHER and cause[j] != FIXTURE and cause[j] != OFF):
            x0, y0 = min(x0, pixels[j, 0]), min(y0, pixels[j, 1])
            x1, y1 = max(x1, pixels[j, 0]), max(y1, pixels[j, 1])
    box[0] = x0 - _at(tables[0], rng.standard_normal()) * px_per_m
    box[1] = y0 - _at(tables[1], rng.standard_normal()) * px_per_m
    box[2] = x1 + _at(tables[0], rng.standard_normal()) * px_per_m
    box[3] = y1 + _at(tables[2], rng.standard_normal()) * px_per_m
    for side in range(4):
        box[side] = min(max(box[side], 0.0), size[side % 2])
    box[4] = _at(tables[4 if share >= WHOLE else 3], rng.standard_normal())


@_compiled
def _ghost(rng, pixels, px_per_m, tables, chances, box, said):
    """A second, smaller box on a body, with joints that are nowhere in particular."""
    x, y = pixels[:, 0].mean(), pixels[:, 1].mean()
    x += _at(tables[0], rng.standard_normal()) * px_per_m
    y += _at(tables[1], rng.standard_normal()) * px_per_m
    half_x, half_y = chances[3] * px_per_m / 2, chances[4] * px_per_m / 2
    box[0], box[1], box[2], box[3], box[4] = x - half_x, y - half_y, x + half_x, y + half_y, 0.3
    for j in range(len(said)):
        said[j, 0] = x + (2 * rng.random() - 1) * half_x
        said[j, 1] = y + (2 * rng.random() - 1) * half_y
        said[j, 2] = max(_at(tables[2], rng.standard_normal()), 0.0)


@_compiled
def _frame(rng, size, limits, joints, view, slots, frame, memory, tables, light, said, boxes):
    """One frame of one camera: fills said (MOST_SEEN, 17, 3) and boxes (MOST_SEEN, 5); returns how many it says."""
    pixels, cause, px_per_m, down_rad = view
    expected, seen, last, mirrored, latent, kept_boxes = memory
    odds, joint_tables, slopes, persistence, box_tables, ghost_tables, chances = tables
    follows = expected[0] == 1
    terms, sigmas = np.empty(TERMS), np.empty((17, 3))
    count, all_sure = 0, True
    for n in range(len(joints)):
        slot = slots[n]
        share = features(cause[n], px_per_m[n], down_rad[n], size[1], terms)
        if not follows:
            logit = (odds[seen[slot]] * terms).sum() + light[0]
            seen[slot] = int(rng.random() < 1 / (1 + np.exp(-logit)) and share + terms[GLASS_TERM] >= LEAST_SEEN)
            if share > SEEN_ENOUGH and count < MOST_SEEN - 1 and rng.random() < chances[2]:
                _ghost(rng, pixels[n], px_per_m[n], ghost_tables, chances, boxes[count], said[count])
                count, all_sure = count + 1, False
        if seen[slot] == 0 or count >= MOST_SEEN:
            continue
        _remember(rng, latent[slot], last[slot] < 0, frame - last[slot], joints[n], persistence, sigmas)
        last[slot] = frame
        mirrored[slot] = int(rng.random() < (1 - chances[1] if mirrored[slot] == 1 else chances[0]))
        if follows:
            boxes[count] = kept_boxes[slot]
        else:
            _found_box(rng, pixels[n], cause[n], px_per_m[n], share, size, box_tables, boxes[count])
        sure = _joints(
            sigmas, pixels[n], cause[n], joints[n], int(share >= WHOLE), px_per_m[n], limits, joint_tables, slopes,
            light, mirrored[slot], said[count], kept_boxes[slot],
        )  # fmt: skip
        kept_boxes[slot, 4] = boxes[count, 4]
        all_sure = all_sure and sure >= _LEAST_JOINTS
        count += 1
    expected[0] = int(count > 0 and all_sure and not follows)
    return count


@_compiled
def draw(rng, cameras, limits, joints, views, slots, frame, memory, tables, light):
    """One frame of every camera: how many people each says (C,), all their joints (R, 51) and boxes (R, 5).

    cameras (C, 19) and views as ``look`` takes and gives them; limits (C, 4): the pictures' edges; joints (N, 17, 3)
    with their slots (N,) of the memory. memory, each for every camera: whether it only follows (C,); of every slot
    whether it was found, in which frame last or -1, whether mirrored (C, S); lasting errors (C, S, 17, 3); the box to
    follow (C, S, 5). tables: as in ``Tables``. light: as ``BadLight.at`` gives it.
    """
    pixels, cause, px_per_m, down_rad = views
    expected, seen, last, mirrored, latent, kept_boxes = memory
    counts = np.zeros(len(cameras), np.int64)
    said, boxes = np.empty((len(cameras) * MOST_SEEN, 17, 3)), np.empty((len(cameras) * MOST_SEEN, 5))
    rows = 0
    for c in range(len(cameras)):
        own = (expected[c : c + 1], seen[c], last[c], mirrored[c], latent[c], kept_boxes[c])
        view = (pixels[c], cause[c], px_per_m[c], down_rad[c])
        counts[c] = _frame(
            rng,
            cameras[c, 15:17],
            limits[c],
            joints,
            view,
            slots,
            frame,
            own,
            tables,
            light,
            said[rows:],
            boxes[rows:],
        )
        rows += counts[c]
    return counts, said[:rows].reshape(rows, 51), boxes[:rows]

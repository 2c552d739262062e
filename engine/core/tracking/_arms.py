"""Elbows and wrists in 3-D: what cameras saw of an arm against what an arm can be.

A hand at a shelf is hidden from most cameras, and where a pose model cannot see a hand it guesses one nearer to the
body. So single views are believed by their scores, with heavy tails; an arm farther away than the body, less; and a
forearm has its length: rays that contradict each other must not shorten it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.domain import Floats

_SHOULDERS = (5, 6)
_ARMS = np.array([(7, 9), (8, 10)])  # elbow and wrist of each side
_SIDES = np.array([1.0, -1.0])

# Spread of an elbow and a wrist with score 1, which a score divides: measured on rendered shoppers who reach, hidden
# hands included.
_SURE_M = np.array([0.03, 0.05])
_LEAST_SCORE = 0.1
_BEHIND_BODY = 3.0  # so much more when the arm is straight behind the body
_LEAST_M = 0.03
_SPEED_MPS = 0.35  # against the body
_TAIL = 2.0  # degrees of freedom of Student's t

# About .16 and .14 of a height of 1.4 to 1.9 m (R. Drillis, R. Contini, Body Segment Parameters, 1966; shoulders as
# pose models mark them lie a little down the arm).
_UPPER_ARM_M, _UPPER_ARM_SIGMA_M = 0.25, 0.03
_FOREARM_M, _FOREARM_SIGMA_M = 0.24, 0.03
_NO_SHOULDER_M = 1.0
_LOOSE_M = np.array([0.8, 1.0])  # spread of elbows and wrists about their shoulder
_ROUNDS = 5


@dataclass(frozen=True)
class Lines:
    """Lines of sight of T bodies from V views: ``rays`` (T, V, 17, 3), ``origin`` (T, V, 3), ``scores`` (T, V, 17).

    A score of 0 marks an unseen joint. ``late_s`` (T, V) is the views' age, ``pixel_m`` (T, V) what the blur of a
    joint in a picture is at the body.
    """

    rays: Floats
    origin: Floats
    scores: Floats
    late_s: Floats
    pixel_m: Floats


def place_arms(joints: Floats, sigmas: Floats, lines: Lines) -> tuple[Floats, Floats]:
    """Joints (T, 17, 3) and sigmas (T, 17) with elbows and wrists placed anew; a sigma of 0 stays one."""
    arms = _Arms.of(joints, sigmas, lines)
    placed = _started(joints, sigmas)
    for _ in range(_ROUNDS):
        information, target = arms.equations(placed)
        placed = np.asarray(np.linalg.solve(information, target[..., None]), np.float64).reshape(placed.shape)
    information, _ = arms.equations(placed, sharp=True)
    variance = np.diagonal(np.linalg.inv(information), axis1=-2, axis2=-1).reshape(placed.shape).mean(axis=-1)
    spread = np.sqrt(variance * np.maximum(arms.excess(placed), 1.0))
    seen = sigmas[:, _ARMS] > 0
    joints, sigmas = joints.copy(), sigmas.copy()
    joints[:, _ARMS] = np.where(seen[..., None], placed, joints[:, _ARMS])
    sigmas[:, _ARMS] = spread * seen
    return joints, sigmas


def _started(joints: Floats, sigmas: Floats) -> Floats:
    """Where elbows and wrists (T, 2, 2, 3) are to begin: as they are, hanging where nobody saw them."""
    start = joints[:, _ARMS]
    hanging = joints[:, _SHOULDERS, None] - np.array([[0.0, 0.0, _UPPER_ARM_M], [0.0, 0.0, _UPPER_ARM_M + _FOREARM_M]])
    return np.where(sigmas[:, _ARMS, None] > 0, start, hanging)


@dataclass(frozen=True)
class _Arms:
    """Two arms, each an elbow and a wrist, of T bodies, which V views saw.

    ``shoulder`` (T, 2, 3) and the variance of an elbow's distance from it (T, 2); ``rays`` (T, 2, 2, V, 3) to elbows
    and wrists, ``nearest`` the points on them that are nearest to the store's origin, and their ``weight``
    (T, 2, 2, V).
    """

    shoulder: Floats
    upper_variance: Floats
    rays: Floats
    nearest: Floats
    weight: Floats

    @classmethod
    def of(cls, joints: Floats, sigmas: Floats, lines: Lines) -> "_Arms":
        """What is known of arms before they are placed."""
        shoulder, unsure_m = joints[:, _SHOULDERS], sigmas[:, _SHOULDERS]
        upper_m = np.where(unsure_m > 0, np.hypot(_UPPER_ARM_SIGMA_M, unsure_m), _NO_SHOULDER_M)
        doubt = _doubt(shoulder, np.all(unsure_m > 0, axis=1), lines.origin)
        scores = np.moveaxis(lines.scores[:, :, _ARMS], 1, -1)
        guess_m = _SURE_M[:, None] * doubt[:, :, None] / np.maximum(scores, _LEAST_SCORE)
        blur = lines.pixel_m**2 + (_SPEED_MPS * lines.late_s) ** 2 + _LEAST_M**2
        rays = np.moveaxis(lines.rays[:, :, _ARMS], 1, -2)
        origin = lines.origin[:, None, None]
        nearest = origin - (rays * origin).sum(axis=-1, keepdims=True) * rays
        return cls(shoulder, upper_m**2, rays, nearest, (scores > 0) / (guess_m**2 + blur[:, None, None]))

    def equations(self, placed: Floats, *, sharp: bool = False) -> tuple[Floats, Floats]:
        """Information (T, 2, 6, 6) and its target (T, 2, 6), linear about elbows and wrists (T, 2, 2, 3).

        ``sharp``: what a ray adds to how sure a place is, not how strongly it pulls there: far from it, nothing.
        """
        misfit = self._misfit(placed)
        believed = self.weight * (_TAIL + 2) / (_TAIL + misfit)  # rays that a joint lies far from, less
        if sharp:
            believed *= np.maximum(_TAIL - misfit, 0.0) / (_TAIL + misfit)
        weighted = believed[..., None] * self.rays
        seen = (believed.sum(axis=-1) + 1 / _LOOSE_M**2)[..., None, None] * np.eye(3)
        seen -= weighted.swapaxes(-1, -2) @ self.rays
        pointed = (believed[..., None, :] @ self.nearest)[..., 0, :]
        pointed += self.shoulder[:, :, None] / (_LOOSE_M**2)[:, None]
        information = np.zeros((*placed.shape[:2], 6, 6))
        information[..., :3, :3], information[..., 3:, 3:] = seen[:, :, 0], seen[:, :, 1]
        target = pointed.reshape(*placed.shape[:2], 6)
        self._keep_upper_arm(information, target, placed[:, :, 0])
        _keep_forearm(information, target, placed[:, :, 1] - placed[:, :, 0])
        return information, target

    def excess(self, placed: Floats) -> Floats:
        """How much larger the squared errors of joints' views are than expected, (T, 2, 2)."""
        views = np.count_nonzero(self.weight, axis=-1)
        excess: Floats = self._misfit(placed).sum(axis=-1) / np.maximum(2 * views, 1)
        return excess

    def _misfit(self, placed: Floats) -> Floats:
        """Squared distances of rays from joints, in sigmas, (T, 2, 2, V)."""
        off = placed[..., None, :] - self.nearest
        along = (off * self.rays).sum(axis=-1)
        misfit: Floats = self.weight * np.maximum((off * off).sum(axis=-1) - along * along, 0.0)
        return misfit

    def _keep_upper_arm(self, information: Floats, target: Floats, elbow: Floats) -> None:
        way = _unit(elbow - self.shoulder)
        length_m = _UPPER_ARM_M + (way * self.shoulder).sum(axis=-1)
        information[..., :3, :3] += way[..., :, None] * way[..., None, :] / self.upper_variance[..., None, None]
        target[..., :3] += way * (length_m / self.upper_variance)[..., None]


def _keep_forearm(information: Floats, target: Floats, forearm: Floats) -> None:
    way = _unit(forearm)
    apart = np.concatenate([-way, way], axis=-1)
    information += apart[..., :, None] * apart[..., None, :] / _FOREARM_SIGMA_M**2
    target += apart * _FOREARM_M / _FOREARM_SIGMA_M**2


def _doubt(shoulder: Floats, known: NDArray[np.bool_], origin: Floats) -> Floats:
    """How much less each arm of T bodies is believed, for being behind its body in a view; (T, 2, V)."""
    across = _unit(shoulder[:, 0] - shoulder[:, 1]) * known[:, None]
    sight = _unit(shoulder.mean(axis=1)[:, None] - origin)
    behind = _SIDES[:, None] * (across[:, None] * sight).sum(axis=-1)[:, None]
    doubt: Floats = 1 + (_BEHIND_BODY - 1) * np.maximum(behind, 0.0)
    return doubt


def _unit(vectors: Floats) -> Floats:
    units: Floats = vectors / np.maximum(np.sqrt((vectors * vectors).sum(axis=-1, keepdims=True)), 1e-6)
    return units

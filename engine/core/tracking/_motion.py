"""A body's motion on the floor: a Kalman filter over position and velocity, in plain floats for speed."""

import math

import msgspec

from engine.domain import Point2

_SETTLE_S = 1.2  # an unseen walker slows down instead of walking through the wall
# Spectral density of how people accelerate, m^2/s^3: who stands now and then starts, who walks also stops and turns.
_STANDING, _WALKING_TOO, _WALKING_MPS = 0.9, 0.7, 0.5
# Places err with the tails of Student's t, degrees of freedom: Lange, Little and Taylor, "Robust statistical modeling
# using the t distribution", 1989, where the weights of ``surprise`` come from as well.
_FREEDOM = 4.0
_FIRST_SPEED_MPS = 0.8

Covariance = tuple[float, float, float]
"""xx, xy, yy of a symmetric 2x2 matrix, m^2."""


def misplacement(far: float) -> float:
    """What a squared Mahalanobis distance on the floor costs, as twice a negative log-likelihood."""
    return (_FREEDOM + 2) * math.log1p(far / _FREEDOM)


class Motion(msgspec.Struct, frozen=True):
    """Position and velocity at ``at_ns`` with their covariance: blocks position, position-velocity, velocity."""

    at_ns: int
    x: float
    y: float
    vx: float
    vy: float
    a: Covariance
    b: tuple[float, float, float, float]
    c: Covariance

    @classmethod
    def start(cls, t_ns: int, at_m: Point2, spread: Covariance) -> "Motion":
        """A body seen for the first time: standing, but it may walk."""
        first = _FIRST_SPEED_MPS**2
        return cls(t_ns, at_m[0], at_m[1], 0.0, 0.0, spread, (0.0, 0.0, 0.0, 0.0), (first, 0.0, first))

    def at(self, t_ns: int) -> "Motion":
        """The motion carried on to ``t_ns``; itself when that is not later."""
        dt = (t_ns - self.at_ns) * 1e-9
        if dt <= 0:
            return self
        keep = math.exp(-dt / _SETTLE_S)
        h = _SETTLE_S * (1 - keep)
        (axx, axy, ayy), (bxx, bxy, byx, byy), (cxx, cxy, cyy) = self.a, self.b, self.c
        q = (_STANDING + _WALKING_TOO * min(1.0, math.hypot(self.vx, self.vy) / _WALKING_MPS)) * dt
        near = q * dt * dt / 3
        cross = q * dt / 2
        return Motion(
            t_ns,
            self.x + h * self.vx,
            self.y + h * self.vy,
            keep * self.vx,
            keep * self.vy,
            (
                axx + 2 * h * bxx + h * h * cxx + near,
                axy + h * (bxy + byx) + h * h * cxy,
                ayy + 2 * h * byy + h * h * cyy + near,
            ),
            (
                keep * (bxx + h * cxx) + cross,
                keep * (bxy + h * cxy),
                keep * (byx + h * cxy),
                keep * (byy + h * cyy) + cross,
            ),
            (keep * keep * cxx + q, keep * keep * cxy, keep * keep * cyy + q),
        )

    def place(self, t_ns: int) -> tuple[Point2, Covariance]:
        """Where the body was at ``t_ns``, at or before ``at_ns``, with its covariance."""
        if t_ns >= self.at_ns:
            return (self.x, self.y), self.a
        g = (t_ns - self.at_ns) * 1e-9
        (axx, axy, ayy), (bxx, bxy, byx, byy), (cxx, cxy, cyy) = self.a, self.b, self.c
        spread = (
            axx + 2 * g * bxx + g * g * cxx,
            axy + g * (bxy + byx) + g * g * cxy,
            ayy + 2 * g * byy + g * g * cyy,
        )
        return (self.x + g * self.vx, self.y + g * self.vy), spread

    def surprise(self, t_ns: int, at_m: Point2, spread: Covariance) -> float:
        """By how much a place that lies far from where the body should be is less sure than its spread says."""
        (x, y), (sxx, sxy, syy) = self.place(t_ns)
        sxx, sxy, syy = sxx + spread[0], sxy + spread[1], syy + spread[2]
        dx, dy = at_m[0] - x, at_m[1] - y
        far = (syy * dx * dx - 2 * sxy * dx * dy + sxx * dy * dy) / (sxx * syy - sxy * sxy)
        return max(1.0, (_FREEDOM + far) / (_FREEDOM + 2))

    def corrected(self, t_ns: int, at_m: Point2, spread: Covariance) -> "Motion":
        """The motion after the body was seen at ``at_m`` at ``t_ns``, which may lie before ``at_ns``."""
        g = min(0.0, (t_ns - self.at_ns) * 1e-9)
        (axx, axy, ayy), (bxx, bxy, byx, byy), (cxx, cxy, cyy) = self.a, self.b, self.c
        (px, py), (sxx, sxy, syy) = self.place(t_ns)
        sxx, sxy, syy = sxx + spread[0], sxy + spread[1], syy + spread[2]
        det = sxx * syy - sxy * sxy
        ixx, ixy, iyy = syy / det, -sxy / det, sxx / det
        # The columns of covariance x H^T: position rows, then velocity rows.
        gain_x = (axx + g * bxx, axy + g * bxy)
        gain_y = (axy + g * byx, ayy + g * byy)
        gain_vx = (bxx + g * cxx, byx + g * cxy)
        gain_vy = (bxy + g * cxy, byy + g * cyy)
        ex, ey = at_m[0] - px, at_m[1] - py
        wx, wy = ixx * ex + ixy * ey, ixy * ex + iyy * ey

        def less(one: tuple[float, float], other: tuple[float, float]) -> float:
            return one[0] * (ixx * other[0] + ixy * other[1]) + one[1] * (ixy * other[0] + iyy * other[1])

        return Motion(
            self.at_ns,
            self.x + gain_x[0] * wx + gain_x[1] * wy,
            self.y + gain_y[0] * wx + gain_y[1] * wy,
            self.vx + gain_vx[0] * wx + gain_vx[1] * wy,
            self.vy + gain_vy[0] * wx + gain_vy[1] * wy,
            (axx - less(gain_x, gain_x), axy - less(gain_x, gain_y), ayy - less(gain_y, gain_y)),
            (
                bxx - less(gain_x, gain_vx),
                bxy - less(gain_x, gain_vy),
                byx - less(gain_y, gain_vx),
                byy - less(gain_y, gain_vy),
            ),
            (cxx - less(gain_vx, gain_vx), cxy - less(gain_vx, gain_vy), cyy - less(gain_vy, gain_vy)),
        )

"""What hands and goods in motion add to the plates: ramps, presses, leans, ringing and what leaks to neighbours."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from drivers.twin.physics._noise import PlateNoise
from drivers.twin.scenario import Contact
from engine.domain import Floats, PlateId

_PRESS_S = 0.12
# A press that lasts longer than reaching for something is a hand or an arm at rest: it comes, stays and goes.
_RESTING_S = 0.6
_COMING_S = 0.25
# How it sways about its weight meanwhile: posture about once a second, and the 8 to 12 Hz of physiological tremor.
_SWAY, _SWAY_HZ = 0.05, 1.1
_TREMOR, _TREMOR_HZ = 0.02, 9.0
# The ringing that is left after this is nothing.
_OVER_S = 1.0


class ContactsNow:
    """The contacts that can be felt now. Those that are over have become part of the load at rest."""

    def __init__(self, noise: PlateNoise, index_of: Mapping[PlateId, int], beside: Sequence[NDArray[np.intp]]) -> None:
        """``beside`` are the indices of the plates that each plate leaks to."""
        self._noise = noise
        self._index_of, self._beside = index_of, beside
        self._contacts: list[Contact] = []
        self._columns = np.empty((5, 0, 1))

    def begin(self, contacts: Sequence[Contact]) -> None:
        """Take in contacts to come."""
        self._hold([*self._contacts, *contacts])

    def end(self, t_s: float) -> list[tuple[int, float]]:
        """Let go of those that are over at ``t_s``: plate and grams that stay."""
        over = [contact for contact in self._contacts if contact.t_s + _OVER_S < t_s]
        if over:
            self._hold([contact for contact in self._contacts if contact.t_s + _OVER_S >= t_s])
        return [(self._index_of[contact.plate_id], contact.mass_g) for contact in over]

    def add_to(self, load_g: Floats, t_s: Floats) -> None:
        """Add what is felt at the instants ``t_s`` (instants,) to loads (instants, plates)."""
        if not self._contacts or t_s[-1] < self._from_s:
            return
        start_s, ramp_s, arrived_s, mass_g, press_g = self._columns
        share = np.clip((t_s - arrived_s + ramp_s) / ramp_s, 0.0, 1.0)
        moved_g = mass_g * share * share * (3 - 2 * share)
        pressed_g = press_g * _pressing(t_s, start_s, arrived_s - ramp_s)
        rung_g = mass_g * self._ring(t_s - arrived_s)
        own_g = moved_g + pressed_g + self._noise.ring_share * rung_g
        leaked_g = self._noise.leak_share * (pressed_g + rung_g)
        for contact, own, leaked in zip(self._contacts, own_g, leaked_g, strict=True):
            index = self._index_of[contact.plate_id]
            load_g[:, index] += own
            load_g[:, self._beside[index]] += leaked[:, None]

    def _hold(self, contacts: list[Contact]) -> None:
        self._contacts = contacts
        rows = [(_start_s(one), one.ramp_s, one.t_s, one.mass_g, one.press_g) for one in contacts]
        self._columns = np.array(rows, dtype=np.float64).reshape(-1, 5).T[:, :, None]
        self._from_s = float(self._columns[0].min(initial=np.inf))

    def _ring(self, since_s: Floats) -> Floats:
        after_s = np.maximum(since_s, 0.0)
        swing: Floats = np.exp(-after_s / self._noise.ring_decay_s) * np.sin(2 * np.pi * self._noise.ring_hz * after_s)
        return swing


def _start_s(contact: Contact) -> float:
    """When the hand begins to press; also one that comes late takes its time."""
    return min(contact.touch_s, contact.t_s - contact.ramp_s - _PRESS_S)


def _pressing(t_s: Floats, start_s: Floats, end_s: Floats) -> Floats:
    """How much of its weight a hand leaves on the plate, (contacts, instants)."""
    since_s, left_s, lasts_s = t_s - start_s, end_s - t_s, end_s - start_s
    coming = np.clip(np.minimum(since_s, left_s) / _COMING_S, 0.0, 1.0)
    sway = _SWAY * np.sin(2 * np.pi * _SWAY_HZ * (t_s + 5 * start_s))  # nobody sways in step with another
    tremor = _TREMOR * np.sin(2 * np.pi * _TREMOR_HZ * (t_s + 5 * start_s))
    resting = coming * coming * (3 - 2 * coming) * (1 + sway + tremor)
    reaching = np.sin(np.pi * np.clip(since_s / lasts_s, 0.0, 1.0)) ** 2
    pressing: Floats = np.where(lasts_s > _RESTING_S, resting, reaching)
    return pressing

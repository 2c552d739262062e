"""The load on every plate at any instant, from the goods at rest and the contacts of hands.

Figures of a live store's recording (278 plates of 20 kg at 60 Hz): standard deviation at rest 0.5 to 1.4 g by gondola
with a tail to 6.8 g; a 623 g pick rings through its neighbours by 18 g and comes back within half a second.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.twin.scenario import Contact, World
from engine.domain import PlateId, Store

_TARE_SPREAD_G = 150.0
_NOISE_MEDIAN_G = 0.8
_NOISE_SPREAD = 0.5
_NOISE_RANGE_G = (0.3, 4.0)
_NOISE_FREEDOM = 5.0
_RING_HZ = 9.0
_RING_DECAY_S = 0.12
_RING_SHARE = 0.05
_LEAK_SHARE = 0.03
_PRESS_S = 0.12


@dataclass(frozen=True)
class _Plate:
    plate_id: PlateId
    neighbours: tuple[PlateId, ...]
    tare_g: float
    noise_g: float


class PlateLoads:
    """Grams on every plate. Absolute values are not zeroed; differences are what they are in a store."""

    def __init__(self, world: World, *, seed: int) -> None:
        self._world = world
        self._rng = np.random.default_rng([seed, 1])
        self._plates = {plate.plate_id: plate for plate in _plates(world.store, self._rng)}
        self._base_g = dict.fromkeys(self._plates, 0.0)
        for item in world.goods.items:
            if item.plate_id is not None:
                self._base_g[item.plate_id] += item.mass_g
        self._contacts: dict[PlateId, list[Contact]] = {plate_id: [] for plate_id in self._plates}
        self._seen = 0

    def grams(self, plate_ids: tuple[PlateId, ...], t_s: float) -> NDArray[np.float64]:
        """What the cells of these plates read at ``t_s``, (plates,); instants may not run backwards."""
        self._take_in(t_s)
        loads = np.array([self._load_g(self._plates[plate_id], t_s) for plate_id in plate_ids])
        noise = np.array([self._plates[plate_id].noise_g for plate_id in plate_ids])
        # Student's t with five degrees of freedom has the recording's tails; scaled to unit variance.
        tails = self._rng.standard_t(_NOISE_FREEDOM, len(plate_ids)) * math.sqrt((_NOISE_FREEDOM - 2) / _NOISE_FREEDOM)
        quantised: NDArray[np.float64] = np.round((loads + noise * tails) * 10) / 10
        return quantised

    def _take_in(self, t_s: float) -> None:
        for contact in self._world.contacts[self._seen :]:
            self._contacts[contact.plate_id].append(contact)
        self._seen = len(self._world.contacts)
        for plate_id, contacts in self._contacts.items():
            while contacts and contacts[0].t_s + 2.0 < t_s:
                self._base_g[plate_id] += contacts.pop(0).mass_g

    def _load_g(self, plate: _Plate, t_s: float) -> float:
        load_g = plate.tare_g + self._base_g[plate.plate_id]
        load_g += sum(_felt_g(contact, t_s) for contact in self._contacts[plate.plate_id])
        for neighbour in plate.neighbours:
            load_g += sum(_leaked_g(contact, t_s) for contact in self._contacts[neighbour])
        return load_g


def _plates(store: Store, rng: np.random.Generator) -> list[_Plate]:
    plates: list[_Plate] = []
    for shelf in store.shelves:
        for index, plate_id in enumerate(shelf.plate_ids):
            noise_g = _NOISE_MEDIAN_G * math.exp(rng.normal(0, _NOISE_SPREAD))
            plates.append(
                _Plate(
                    plate_id=plate_id,
                    neighbours=shelf.plate_ids[max(0, index - 1) : index] + shelf.plate_ids[index + 1 : index + 2],
                    tare_g=float(rng.normal(0, _TARE_SPREAD_G)),
                    noise_g=min(_NOISE_RANGE_G[1], max(_NOISE_RANGE_G[0], noise_g)),
                )
            )
    return plates


def _felt_g(contact: Contact, t_s: float) -> float:
    """Press of the hand, ramp of the item, ringing after it."""
    ramp = min(1.0, max(0.0, (t_s - (contact.t_s - contact.ramp_s)) / contact.ramp_s))
    moved_g = contact.mass_g * ramp * ramp * (3 - 2 * ramp)
    return moved_g + _press_g(contact, t_s) + _RING_SHARE * contact.mass_g * _ring(contact, t_s)


def _leaked_g(contact: Contact, t_s: float) -> float:
    """What a neighbour feels of it through the board: the shake, and nothing that stays."""
    return _LEAK_SHARE * (_press_g(contact, t_s) + contact.mass_g * _ring(contact, t_s))


def _press_g(contact: Contact, t_s: float) -> float:
    end_s = contact.t_s - contact.ramp_s
    start_s = min(contact.touch_s, end_s - _PRESS_S)
    if not start_s < t_s < end_s:
        return 0.0
    return contact.press_g * math.sin(math.pi * (t_s - start_s) / (end_s - start_s)) ** 2


def _ring(contact: Contact, t_s: float) -> float:
    since_s = t_s - contact.t_s
    if since_s < 0:
        return 0.0
    return math.exp(-since_s / _RING_DECAY_S) * math.sin(2 * math.pi * _RING_HZ * since_s)

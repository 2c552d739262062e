"""The load on every plate at any instant, from the goods at rest and the contacts of hands.

How much cells err, ring and leak is fitted to a recording of a live store (``PlateNoise``); how a hand presses is not.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.twin.physics._noise import CellErrors, PlateNoise, fitted_plates
from drivers.twin.scenario import Contact, World
from engine.domain import PlateId, Store

_TARE_SPREAD_G = 150.0
_LEAK_PLATES = 2
_PRESS_S = 0.12


@dataclass(frozen=True)
class _Plate:
    index: int
    plate_id: PlateId
    neighbours: tuple[PlateId, ...]
    tare_g: float


class PlateLoads:
    """Grams on every plate. Absolute values are not zeroed; differences are what they are in a store."""

    def __init__(self, world: World, *, seed: int, noise: PlateNoise | None = None) -> None:
        """With the noise of the recorded store, or another."""
        self._world = world
        self._noise = noise or fitted_plates().noise
        self._plates = {plate.plate_id: plate for plate in _plates(world.store, np.random.default_rng([seed, 0]))}
        self._errors = CellErrors(self._noise, _gondola_of(world.store), seed=seed)
        self._base_g = dict.fromkeys(self._plates, 0.0)
        for item in world.goods.items:
            if item.plate_id is not None:
                self._base_g[item.plate_id] += item.mass_g
        self._contacts: dict[PlateId, list[Contact]] = {plate_id: [] for plate_id in self._plates}
        self._seen = 0

    def grams(self, plate_ids: tuple[PlateId, ...], t_s: float) -> NDArray[np.float64]:
        """What the cells of these plates read at ``t_s``, (plates,); instants may not run backwards."""
        self._take_in(t_s)
        plates = [self._plates[plate_id] for plate_id in plate_ids]
        loads_g = np.array([self._load_g(plate, t_s) for plate in plates])
        errors_g = self._errors.draw_g(np.array([plate.index for plate in plates], dtype=np.intp), t_s)
        return self._errors.read_g(loads_g + errors_g)

    def _take_in(self, t_s: float) -> None:
        for contact in self._world.contacts[self._seen :]:
            self._contacts[contact.plate_id].append(contact)
        self._seen = len(self._world.contacts)
        for plate_id, contacts in self._contacts.items():
            while contacts and contacts[0].t_s + 2.0 < t_s:
                self._base_g[plate_id] += contacts.pop(0).mass_g

    def _load_g(self, plate: _Plate, t_s: float) -> float:
        load_g = plate.tare_g + self._base_g[plate.plate_id]
        load_g += sum(self._felt_g(contact, t_s) for contact in self._contacts[plate.plate_id])
        for neighbour in plate.neighbours:
            load_g += sum(self._leaked_g(contact, t_s) for contact in self._contacts[neighbour])
        return load_g

    def _felt_g(self, contact: Contact, t_s: float) -> float:
        """Press of the hand, ramp of the item, ringing after it."""
        ramp = min(1.0, max(0.0, (t_s - (contact.t_s - contact.ramp_s)) / contact.ramp_s))
        moved_g = contact.mass_g * ramp * ramp * (3 - 2 * ramp)
        return moved_g + _press_g(contact, t_s) + self._noise.ring_share * contact.mass_g * self._ring(contact, t_s)

    def _leaked_g(self, contact: Contact, t_s: float) -> float:
        """What a neighbour feels of it through the board: the shake, and nothing that stays."""
        return self._noise.leak_share * (_press_g(contact, t_s) + contact.mass_g * self._ring(contact, t_s))

    def _ring(self, contact: Contact, t_s: float) -> float:
        since_s = t_s - contact.t_s
        if since_s < 0:
            return 0.0
        return math.exp(-since_s / self._noise.ring_decay_s) * math.sin(2 * math.pi * self._noise.ring_hz * since_s)


def _plates(store: Store, rng: np.random.Generator) -> list[_Plate]:
    plates: list[_Plate] = []
    for shelf in store.shelves:
        ids = shelf.plate_ids
        for at, plate_id in enumerate(ids):
            plates.append(
                _Plate(
                    index=len(plates),
                    plate_id=plate_id,
                    neighbours=ids[max(0, at - _LEAK_PLATES) : at] + ids[at + 1 : at + 1 + _LEAK_PLATES],
                    tare_g=float(rng.normal(0, _TARE_SPREAD_G)),
                )
            )
    return plates


def _gondola_of(store: Store) -> list[int]:
    """The number of every plate's gondola, in the order of shelves and plates."""
    numbers = {gondola: number for number, gondola in enumerate(dict.fromkeys(s.gondola_id for s in store.shelves))}
    return [numbers[shelf.gondola_id] for shelf in store.shelves for _ in shelf.plate_ids]


def _press_g(contact: Contact, t_s: float) -> float:
    end_s = contact.t_s - contact.ramp_s
    start_s = min(contact.touch_s, end_s - _PRESS_S)
    if not start_s < t_s < end_s:
        return 0.0
    return contact.press_g * math.sin(math.pi * (t_s - start_s) / (end_s - start_s)) ** 2

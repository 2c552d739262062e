"""What the transmitters say of every plate at any instant: goods at rest, contacts of hands, and how cells err.

How much cells err, ring and leak is fitted to a recording of a live store (``PlateNoise``); how they wander and where
they end is assumed (``Assumptions``); how a hand presses is neither.
"""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from drivers.twin.physics._assumptions import Assumptions, assumed
from drivers.twin.physics._contacts import ContactsNow
from drivers.twin.physics._faults import CellFaults
from drivers.twin.physics._noise import CellErrors, PlateNoise, fitted_plates
from drivers.twin.physics._slow import SlowErrors
from drivers.twin.scenario import Fault, World
from engine.domain import Floats, PlateId, Store

_TARE_SPREAD_G = 150.0
_LEAK_PLATES = 2


class PlateLoads:
    """Grams on every plate. Absolute values are not zeroed; differences are what they are in a store.

    Instants may not run backwards, from call to call neither, nor be later than the world has lived.
    """

    def __init__(
        self,
        world: World,
        *,
        seed: int,
        noise: PlateNoise | None = None,
        cells: Assumptions | None = None,
        faults: Iterable[Fault] = (),
    ) -> None:
        """With the noise of the recorded store and the assumptions that ship, or others."""
        self._world = world
        self._cells = cells or assumed()
        noise = noise or fitted_plates().noise
        ids = [plate_id for shelf in world.store.shelves for plate_id in shelf.plate_ids]
        self.plate_ids: tuple[PlateId, ...] = tuple(ids)
        self._index_of = {plate_id: index for index, plate_id in enumerate(ids)}
        self._errors = CellErrors(noise, _gondola_of(world.store), seed=seed)
        self._step_g = noise.step_g * self._cells.step_ratio
        self._rest_g = np.random.default_rng([seed, 0]).normal(0, _TARE_SPREAD_G, len(ids))
        for item in world.goods.items:
            if item.plate_id is not None:
                self._rest_g[self._index_of[item.plate_id]] += item.mass_g
        self._contacts = ContactsNow(noise, self._index_of, _beside(world.store, self._index_of))
        self._seen = 0
        self._slow = SlowErrors(self._cells, self._rest_g, seed=seed)
        self._faults = CellFaults(faults, self._index_of, full_scale_g=self._cells.capacity_g, seed=seed)
        self._second: int | None = None

    def grams(self, plate_ids: tuple[PlateId, ...], t_s: float) -> NDArray[np.float64]:
        """What the cells of these plates read at ``t_s``, (plates,)."""
        return self.block(np.array([t_s]))[0, [self._index_of[plate_id] for plate_id in plate_ids]]

    def block(self, t_s: Floats) -> Floats:
        """What all cells read at these instants, (instants, plates) in the order of ``plate_ids``."""
        seconds = np.floor(t_s)
        parts = np.split(t_s, np.flatnonzero(np.diff(seconds)) + 1)
        return np.concatenate([self._within_second(part) for part in parts])

    def _within_second(self, t_s: Floats) -> Floats:
        second = math.floor(t_s[0])
        wander_g = self._wander_g(second)
        load_g = self._load_g(t_s)
        felt_g = load_g + wander_g + self._slow.hysteresis_g(load_g) + self._errors.draw_g(second, len(t_s))
        read_g = np.round(felt_g / self._step_g) * self._step_g
        np.clip(read_g, -self._cells.capacity_g, self._cells.capacity_g, out=read_g)
        self._faults.show_in(read_g, t_s)
        return read_g

    def _wander_g(self, second: int) -> Floats:
        if self._second is None:
            self._second = second
        while self._second < second:
            self._slow.pass_second(self._load_g(np.array([float(self._second)]))[0])
            self._second += 1
        return self._slow.wander_g(second)

    def _load_g(self, t_s: Floats) -> Floats:
        """What lies and presses on the plates, (instants, plates)."""
        fresh = self._world.contacts[self._seen :]
        if fresh:
            self._seen += len(fresh)
            self._contacts.begin(fresh)
        for index, mass_g in self._contacts.end(float(t_s[0])):
            self._rest_g[index] += mass_g
        load_g = np.tile(self._rest_g, (len(t_s), 1))
        self._contacts.add_to(load_g, t_s)
        return load_g


def _beside(store: Store, index_of: dict[PlateId, int]) -> Sequence[NDArray[np.intp]]:
    """For each plate the indices of the plates that feel what it feels."""
    beside: list[NDArray[np.intp]] = []
    for shelf in store.shelves:
        for at in range(len(shelf.plate_ids)):
            near = shelf.plate_ids[max(0, at - _LEAK_PLATES) : at] + shelf.plate_ids[at + 1 : at + 1 + _LEAK_PLATES]
            beside.append(np.array([index_of[plate_id] for plate_id in near], dtype=np.intp))
    return beside


def _gondola_of(store: Store) -> list[int]:
    """The number of every plate's gondola, in the order of shelves and plates."""
    numbers = {gondola: number for number, gondola in enumerate(dict.fromkeys(s.gondola_id for s in store.shelves))}
    return [numbers[shelf.gondola_id] for shelf in store.shelves for _ in shelf.plate_ids]

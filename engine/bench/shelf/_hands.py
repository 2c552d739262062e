"""What hands do to the plates of the bench: goods that come and go, touches, hands and arms at rest, and bumps.

Hands press, rest and lean as the twin's do (drivers.twin.scenario); shelves are bumped as hard as the recorded ones
were shaken.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from drivers.twin.physics import QUANTILES, PlateNoise
from drivers.twin.scenario import Contact
from engine.domain import Floats, PlateId, Store

HOLD_OF_IT_S, RAMP_S = 0.22, 0.08  # from the hand's touch to the end of contact, and the last part of it
_PRESS_G = (15.0, 60.0)
_REST_G, _LEAN_G = (250.0, 600.0), (1500.0, 4000.0)
_LEAN_SHARES = (0.25, 0.5, 0.25)
_STAY_S = (2.0, 9.0)
_DWELL_S = 0.5
# Hands at a shelf, a second: between two that come to one, this long at least, and so much longer on average.
_APART_S, _LONGER_S = 0.7, 3.3
# A shake in the upper tenth of the recorded seconds is more than people walking by.
_BUMP_FROM = 0.9


class Hands:
    """Draws contacts with the plates of a store."""

    def __init__(self, store: Store, rng: np.random.Generator) -> None:
        self._store, self._rng = store, rng

    def trade(self, events: int, *, from_s: float) -> list[Contact]:
        """So many movements, as many on every shelf: units are taken, and some put back where they were."""
        shelves = [shelf.plate_ids for shelf in self._store.shelves]
        each = [events // len(shelves) + (number < events % len(shelves)) for number in range(len(shelves))]
        return [
            contact
            for plate_ids, count in zip(shelves, each, strict=True)
            for contact in self._on_shelf(plate_ids, count, from_s)
        ]

    def two(self, plates: Sequence[PlateId], *, t_s: float, apart_s: float) -> list[Contact]:
        """Two units are taken, from the first and the last of ``plates``, so long one after the other."""
        return [self.move(plates[0], t_s), self.move(plates[-1], t_s + apart_s)]

    def move(self, plate_id: PlateId, t_s: float, *, back: bool = False) -> Contact:
        """One unit of what stands there leaves contact at ``t_s``, or comes to rest."""
        mass_g = self._unit_g(plate_id)
        return self._contact(plate_id, t_s, mass_g=mass_g if back else -mass_g)

    def touch(self, plate_id: PlateId, t_s: float) -> list[Contact]:
        """A hand touches something and leaves it."""
        return [self._contact(plate_id, t_s, mass_g=0.0)]

    def rest(self, plate_id: PlateId, t_s: float) -> list[Contact]:
        """A hand lies on a plate for some seconds."""
        return [self._press(plate_id, t_s, self._stays_s(), press_g=float(self._rng.uniform(*_REST_G)))]

    def lean(self, plate_id: PlateId, t_s: float) -> list[Contact]:
        """Somebody leans on a plate and those beside it for some seconds."""
        row = self._store.shelf_by_id[self._store.plate_by_id[plate_id].shelf_id].plate_ids
        at, for_s, press_g = row.index(plate_id), self._stays_s(), float(self._rng.uniform(*_LEAN_G))
        return [
            self._press(row[at + offset], t_s, for_s, press_g=share * press_g)
            for offset, share in zip((-1, 0, 1), _LEAN_SHARES, strict=True)
            if 0 <= at + offset < len(row)
        ]

    def _on_shelf(self, plate_ids: Sequence[PlateId], count: int, from_s: float) -> Iterator[Contact]:
        stocked = [plate_id for plate_id in plate_ids if plate_id in self._store.facing_of_plate]
        taken: list[PlateId] = []
        t_s = from_s
        for _ in range(count):
            t_s += _APART_S + float(self._rng.exponential(_LONGER_S))
            if taken and self._rng.random() < 0.5:
                yield self.move(taken.pop(int(self._rng.integers(len(taken)))), t_s, back=True)
            else:
                taken.append(stocked[int(self._rng.integers(len(stocked)))])
                yield self.move(taken[-1], t_s)

    def _unit_g(self, plate_id: PlateId) -> float:
        return self._store.product_by_sku[self._store.facing_of_plate[plate_id].sku_id].unit_mass_g

    def _contact(self, plate_id: PlateId, t_s: float, *, mass_g: float) -> Contact:
        press_g = float(self._rng.uniform(*_PRESS_G))
        return Contact(
            touch_s=t_s - HOLD_OF_IT_S, ramp_s=RAMP_S, t_s=t_s, plate_id=plate_id, mass_g=mass_g, press_g=press_g
        )

    def _press(self, plate_id: PlateId, t_s: float, for_s: float, *, press_g: float) -> Contact:
        return Contact(
            touch_s=t_s, ramp_s=RAMP_S, t_s=t_s + _DWELL_S + for_s, plate_id=plate_id, mass_g=0.0, press_g=press_g
        )

    def _stays_s(self) -> float:
        return float(self._rng.uniform(*_STAY_S))


class Bumps:
    """Somebody bumps into a gondola: all its plates ring, each its own way, and nothing stays.

    A bump has the energy that a plate of that noise had in one of the worst seconds of the recording, and decays as
    the recorded plate did.
    """

    def __init__(self, noise: PlateNoise, plates: int, rng: np.random.Generator) -> None:
        self._noise, self._rng = noise, rng
        self._level_g = np.interp(rng.random(plates), QUANTILES, noise.level_g)
        self._bumps: list[tuple[float, Floats]] = []

    def at(self, t_s: float, columns: slice) -> None:
        """Bump into the gondola of these plates."""
        shaken = np.interp(self._rng.uniform(_BUMP_FROM, 1.0), QUANTILES, self._noise.shaken)
        peak_g = np.zeros(len(self._level_g))
        # The mean square over a second of exp(-t / decay) sin is decay / 4.
        peak_g[columns] = shaken * self._level_g[columns] * np.sqrt(4 / self._noise.ring_decay_s)
        self._bumps.append((t_s, peak_g * self._rng.uniform(-1, 1, len(peak_g))))

    def add_to(self, grams: Floats, t_s: Floats) -> None:
        """Add what is felt at the instants ``t_s`` (instants,) to readings (instants, plates)."""
        for at_s, peak_g in self._bumps:
            if t_s[0] - 1 < at_s < t_s[-1]:
                after_s = np.maximum(t_s - at_s, 0)
                decay = np.exp(-after_s / self._noise.ring_decay_s)
                grams += np.outer(decay * np.sin(2 * np.pi * self._noise.ring_hz * after_s), peak_g)

"""The method as a whole: events of the shelves, whose each is, and what it did to the carts."""

import numpy as np

from engine.bench.reference._carts import Carts
from engine.bench.reference._people import Sight, Target
from engine.bench.reference._products import LivingPlanogram
from engine.bench.reference._trigger import Event, WeightTrigger
from engine.bench.scoring import ReferenceLine
from engine.domain import Floats, Store, Vector3


class Reference:
    """Takes what the competition's organisers gave, weights and tracked people, and says who took what."""

    def __init__(self, store: Store) -> None:
        """For a store whose plates are weighed in the order of ``store.plates``."""
        self._store = store
        column = {plate.plate_id: number for number, plate in enumerate(store.plates)}
        shelves = [
            np.array([column[plate_id] for plate_id in shelf.plate_ids], dtype=np.intp) for shelf in store.shelves
        ]
        self._trigger = WeightTrigger(shelves)
        self._sight = Sight()
        self._events: list[Event] = []

    def weigh(self, t_ns: int, grams: Floats) -> None:
        """Take a sample of all plates, (plates,), NaN where there is none; 60 a second, and instants never go back."""
        self._events += self._trigger.weigh(t_ns, grams)

    def see(self, t_ns: int, targets: tuple[Target, ...]) -> None:
        """Take where everybody inside is; instants never go back."""
        self._sight.see(t_ns, targets)

    def lines(self) -> tuple[ReferenceLine, ...]:
        """What changed in the carts up to now, in the order of the events.

        As published it is decided when everything is known; asked again later, lines that are there may change.
        """
        self._events += self._trigger.flush()
        planogram, carts = LivingPlanogram(self._store), Carts()
        # As published, events are split by the planogram as planned, before any is decided.
        parts = [part for event in self._events + self._trigger.unfinished() for part in planogram.split(event)]
        decided = (self._decide(part, planogram, carts) for part in sorted(parts, key=lambda part: part.begin_ns))
        return tuple(line for line in decided if line is not None)

    def _decide(self, event: Event, planogram: LivingPlanogram, carts: Carts) -> ReferenceLine | None:
        shopper = self._sight.nearest(event, self._place_m(event))
        if shopper is None:
            return None
        taken = event.delta_g <= 0
        moved = planogram.taken(event) if taken else carts.put(shopper, event.delta_g)
        if moved is None:
            return None
        product, quantity = moved
        if taken:
            carts.take(shopper, product, quantity)
        else:
            planogram.put(event, product)
        return ReferenceLine(t_ns=event.peak_ns, shopper=shopper, sku_id=product.sku_id, quantity=quantity, taken=taken)

    def _place_m(self, event: Event) -> Vector3:
        """The plate that changed most."""
        plate_id = self._store.shelves[event.shelf].plate_ids[int(np.abs(event.deltas_g).argmax())]
        return self._store.plate_by_id[plate_id].centre_m

"""What it was: the product that the plates' share of the change and its weight speak for."""

import numpy as np
from scipy.special import ndtr

from engine.bench.reference._trigger import Event
from engine.domain import Floats, Product, Store

# As published: both the event's weight and a product's are Gaussians this wide, and place counts four times weight.
_SIGMA_G = 10.0
_PLACE_SHARE, _WEIGHT_SHARE = 0.8, 0.2
# Less than this share of the product's weight is no product taken.
_LEAST_TAKEN = 0.4
# A plate with this share of the change or more has what was put back on it from now on.
_PUT_SHARE = 0.2


class LivingPlanogram:
    """Which products stand on which plates: as planned, and where somebody put them since."""

    def __init__(self, store: Store) -> None:
        self._products = store.products
        self._mass_g = np.array([product.unit_mass_g for product in store.products])
        planned = {plate_id: facing.sku_id for plate_id, facing in store.facing_of_plate.items()}
        numbers = {product.sku_id: number for number, product in enumerate(store.products)}
        self._on = [
            [{numbers[planned[plate_id]]} if plate_id in planned else set() for plate_id in shelf.plate_ids]
            for shelf in store.shelves
        ]

    def split(self, event: Event) -> list[Event]:
        """One event for each group of plates side by side that share a product; a put-back stays whole.

        Only plates count that changed no less than the shelf's plates do on average.
        """
        if event.delta_g > 0:
            return [event]
        sizes_g = np.abs(event.deltas_g)
        groups: list[list[int]] = []
        products: set[int] = set()
        for plate in np.flatnonzero(sizes_g >= sizes_g.mean()).tolist():
            here = self._on[event.shelf][plate]
            if groups and here & products:
                groups[-1].append(plate)
                products |= here
            else:
                groups.append([plate])
                products = set(here)
        return [event.only(group) for group in groups]

    def taken(self, event: Event) -> tuple[Product, int] | None:
        """The likeliest product and how many of it; None for too small a change."""
        scores = _PLACE_SHARE * self._places(event) + _WEIGHT_SHARE * _overlap(abs(event.delta_g), self._mass_g)
        product = self._products[int(scores.argmax())]
        if abs(event.delta_g) < _LEAST_TAKEN * product.unit_mass_g:
            return None
        return product, max(round(abs(event.delta_g) / product.unit_mass_g), 1)

    def put(self, event: Event, product: Product) -> None:
        """Remember that the product lies where the event was."""
        number = self._products.index(product)
        for plate in np.flatnonzero(np.abs(event.deltas_g) >= _PUT_SHARE * abs(event.delta_g)).tolist():
            self._on[event.shelf][plate].add(number)

    def _places(self, event: Event) -> Floats:
        """For every product, the share of the change on the plates where it stands, (products,)."""
        plates = len(event.deltas_g)
        shares = event.deltas_g / event.delta_g if event.delta_g else np.full(plates, 1 / plates)
        places = np.zeros(len(self._products))
        for share, products in zip(shares.tolist(), self._on[event.shelf], strict=True):
            places[list(products)] += share
        return places


def _overlap(measured_g: float, mass_g: Floats) -> Floats:
    """The area that the Gaussians around a measured and around each expected mass share, (masses,)."""
    shared: Floats = 2 * ndtr(-np.abs(mass_g - measured_g) / (2 * _SIGMA_G))
    return shared

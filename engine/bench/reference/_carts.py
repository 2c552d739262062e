"""What everybody has: the only place where a put-back is looked for."""

from collections import defaultdict

from engine.domain import Product

# As published: less than this share of the product's weight is no product put back.
_LEAST_PUT = 0.75


class Carts:
    """Products and how many of them, for every shopper."""

    def __init__(self) -> None:
        self._units: defaultdict[int, dict[Product, int]] = defaultdict(dict)

    def take(self, shopper: int, product: Product, quantity: int) -> None:
        """Into the cart."""
        cart = self._units[shopper]
        cart[product] = cart.get(product, 0) + quantity

    def put(self, shopper: int, delta_g: float) -> tuple[Product, int] | None:
        """Out of the cart, what weighs nearest to a change: one or more of one product. None for too small a change."""
        cart = self._units[shopper]
        owned = [(product, count) for product, units in cart.items() for count in range(1, units + 1)]
        if not owned:
            return None
        product, count = min(owned, key=lambda own: abs(own[0].unit_mass_g * own[1] - delta_g))
        if delta_g < _LEAST_PUT * product.unit_mass_g:
            return None
        cart[product] -= count
        if not cart[product]:
            del cart[product]
        return product, count

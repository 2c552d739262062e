"""Type-ahead search: in the catalogue for a reviewer who knows better, in receipts for whoever is asked about one."""

from console.model._visits import Receipt, StoreState
from engine.domain import Product, SkuId, Store


def find_products(store: Store, typed: str, *, mass_mg: int, limit: int = 12) -> list[Product]:
    """Products whose name, SKU or GTIN holds every word typed; nearest to the measured mass first."""
    words = typed.lower().split()
    found = [product for product in store.products if all(word in _searched(product) for word in words)]
    return sorted(found, key=lambda product: (_rank(product, words), _mass_misfit(product, mass_mg)))[:limit]


def find_receipts(state: StoreState, typed: str) -> list[Receipt]:
    """Receipts whose number, visit or products hold every word typed; the newest first."""
    words = typed.lower().split()
    found = [receipt for receipt in state.receipts.values() if all(word in _told(state, receipt) for word in words)]
    return sorted(found, key=lambda receipt: -receipt.issued.t_ns)


def likely_quantity(product: Product, mass_mg: int) -> int:
    """How many units a mass is, at least one; positive means taken, when mass left the shelf."""
    units = max(1, round(abs(mass_mg) / 1000 / product.unit_mass_g))
    return units if mass_mg <= 0 else -units


def _told(state: StoreState, receipt: Receipt) -> str:
    issued = receipt.issued
    skus: list[SkuId] = [line.sku_id for line in issued.lines] + [change.sku_id for change in receipt.changes]
    products = " ".join(f"{sku_id} {state.product_name(sku_id)}" for sku_id in skus)
    return f"{issued.receipt_id} {issued.visit_id} {products}".lower()


def _searched(product: Product) -> str:
    return f"{product.name} {product.sku_id} {product.gtin}".lower()


def _rank(product: Product, words: list[str]) -> int:
    """0 when every typed word begins a word of the name, 1 otherwise."""
    starts = product.name.lower().split()
    return int(not all(any(start.startswith(word) for start in starts) for word in words))


def _mass_misfit(product: Product, mass_mg: int) -> float:
    units = abs(likely_quantity(product, mass_mg))
    # One unit that fits is likelier than several that fit as well.
    return units * (1 + abs(units * product.unit_mass_g - abs(mass_mg) / 1000))

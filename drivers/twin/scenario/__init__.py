"""What happens in the simulated store: who comes, walks, reaches, takes, puts back and leaves. Seeded, no clock."""

from drivers.twin.scenario._goods import Goods, Item
from drivers.twin.scenario._shopper import Reach, Shopper, Side
from drivers.twin.scenario._truth import Contact, Deed, Truth
from drivers.twin.scenario._world import STEP_S, World

__all__ = ["STEP_S", "Contact", "Deed", "Goods", "Item", "Reach", "Shopper", "Side", "Truth", "World"]

"""The shelves: what lies where, what has to be brought or put back, and grams that nobody accounts for."""

from dataclasses import dataclass, replace
from enum import StrEnum

from console.language import N_
from console.model._notices import Notice, ShelvesChanged
from engine.domain import (
    Accepted,
    AcceptShelf,
    CommandId,
    CommandRequest,
    Facing,
    FacingId,
    GramsAccounted,
    GramsMismatch,
    OutputFact,
    PlateId,
    PlateStock,
    Refused,
    ShelfId,
    SkuId,
    StockView,
    Store,
    UnitMassProposal,
    UnitsLying,
)

LOW_SHARE = 0.25
"""A facing with no more than this share of its planned units is low."""


class Level(StrEnum):
    """How full a facing is; marked, not looked up."""

    WELL = N_("well")
    LOW = N_("low")
    EMPTY = N_("empty")
    UNKNOWN = N_("not weighed")


@dataclass(frozen=True)
class FacingStock:
    """A planned facing and what lies there; ``units`` is None while a plate of it was never weighed."""

    facing: Facing
    shelf_id: ShelfId
    units: int | None
    misplaced: tuple[UnitsLying, ...] = ()

    @property
    def level(self) -> Level:
        """Whether somebody should bring more."""
        if self.units is None:
            return Level.UNKNOWN
        if self.units == 0 and self.facing.units > 0:
            return Level.EMPTY
        return Level.LOW if self.units <= LOW_SHARE * self.facing.units else Level.WELL

    @property
    def wanted(self) -> int:
        """Units that would make it as full as planned."""
        return 0 if self.units is None else max(0, self.facing.units - self.units)


@dataclass(frozen=True)
class Misplaced:
    """Units of a product on a plate that is not its own; ``home`` are its own shelves, if it has any."""

    plate_id: PlateId
    lying: UnitsLying
    home: tuple[ShelfId, ...]


@dataclass(frozen=True)
class Acceptance:
    """A shelf that was taken as it lies, from here. ``refused`` is the engine's reason not to."""

    command_id: CommandId
    refused: str = ""


class ShelvesState:
    """The newest picture of the stock, and the mismatches that stand."""

    def __init__(self, store: Store) -> None:
        self.view: StockView | None = None
        self.mismatches: dict[ShelfId, GramsMismatch] = {}
        self.accepting: dict[ShelfId, Acceptance] = {}
        self._store = store
        self._plates: dict[PlateId, PlateStock] = {}

    def show(self, view: StockView) -> None:
        """A newer picture."""
        self.view = view
        self._plates = {plate.plate_id: plate for shelf in view.shelves for plate in shelf.plates}

    def apply(self, fact: OutputFact) -> tuple[Notice, ...]:
        """Fold one fact in."""
        if isinstance(fact, GramsMismatch):
            self.mismatches[fact.shelf_id] = fact
        elif isinstance(fact, GramsAccounted):
            self.mismatches.pop(fact.shelf_id, None)
        else:
            return ()
        self.accepting.pop(fact.shelf_id, None)
        return (ShelvesChanged(),)

    def send(self, request: CommandRequest) -> None:
        """Somebody here looked and takes a shelf as it lies; the mismatch stands until the engine's fact ends it."""
        if isinstance(request.command, AcceptShelf):
            self.accepting[request.command.shelf_id] = Acceptance(request.command_id)

    def answer(self, reply: Accepted | Refused) -> None:
        """The engine answered."""
        for shelf_id, sent in self.accepting.items():
            if sent.command_id == reply.command_id and isinstance(reply, Refused):
                self.accepting[shelf_id] = replace(sent, refused=reply.reason)

    def plate(self, plate_id: PlateId) -> PlateStock | None:
        """What lies on a plate, if it was ever weighed."""
        return self._plates.get(plate_id)

    def facings(self) -> dict[FacingId, FacingStock]:
        """Every planned facing."""
        return {facing.facing_id: self._facing(facing) for facing in self._store.facings}

    def to_restock(self) -> list[FacingStock]:
        """Facings that are low or empty; the empty ones first, then by what the missing units are worth."""
        found = [stock for stock in self.facings().values() if stock.level in (Level.EMPTY, Level.LOW)]
        return sorted(found, key=lambda stock: (stock.level is not Level.EMPTY, -self._worth_minor(stock)))

    def misplaced(self) -> list[Misplaced]:
        """Everything known to lie where it does not belong."""
        return [
            Misplaced(plate.plate_id, lying, self._homes(lying.sku_id))
            for plate in self._plates.values()
            for lying in plate.misplaced
        ]

    def proposals(self) -> tuple[UnitMassProposal, ...]:
        """Unit weights that trade says differ from the catalogue's."""
        return self.view.unit_masses if self.view is not None else ()

    def _facing(self, facing: Facing) -> FacingStock:
        plates = [self._plates.get(plate_id) for plate_id in facing.plate_ids]
        weighed = [plate for plate in plates if plate is not None]
        shelf_id = self._store.plate_by_id[facing.plate_ids[0]].shelf_id
        misplaced = tuple(lying for plate in weighed for lying in plate.misplaced)
        units = sum(plate.units for plate in weighed) if len(weighed) == len(plates) else None
        return FacingStock(facing, shelf_id, units, misplaced)

    def _worth_minor(self, stock: FacingStock) -> int:
        product = self._store.product_by_sku.get(stock.facing.sku_id)
        return stock.wanted * product.price_minor if product is not None else 0

    def _homes(self, sku_id: SkuId) -> tuple[ShelfId, ...]:
        own = (facing for facing in self._store.facings if facing.sku_id == sku_id)
        return tuple(dict.fromkeys(self._store.plate_by_id[facing.plate_ids[0]].shelf_id for facing in own))

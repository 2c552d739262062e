"""Virtual carts: statements about lines, and the cart as a fold over them."""

from collections.abc import Iterable

import msgspec

from engine.core._masses import Lot, Mass
from engine.domain import CartLine, LineId, PlateId, PutBack, PutElsewhere, SkuId, StepId, VisitId, signed_quantity

_PUTS_HOME, _PUTS_AWAY = 12, 1
"""What one expects before anybody has put anything down: so many puts home for so many elsewhere."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A statement, the plate it happened at, when what it speaks of began, and what its units weigh together."""

    statement: CartLine
    plate_id: PlateId
    start_ns: int
    mass: Mass

    @property
    def signed_quantity(self) -> int:
        """Units into the cart, negative when out of it."""
        return signed_quantity(self.statement)


class Carts(msgspec.Struct, kw_only=True):
    """The statements that stand now, in the order in which their lines were first spoken of."""

    entries: dict[LineId, Entry] = {}

    def say(self, entry: Entry) -> Entry | None:
        """Let a statement stand; the one it replaces is returned."""
        line_id = entry.statement.line_id
        replaced = self.entries.get(line_id)
        self.entries[line_id] = entry
        return replaced

    def withdraw(self, line_id: LineId) -> Entry:
        """Take a statement back. Raises ``KeyError`` when the line does not stand."""
        return self.entries.pop(line_id)

    def of_step(self, step_id: StepId) -> tuple[Entry, ...]:
        """The statements a step led to."""
        return tuple(entry for entry in self.entries.values() if entry.statement.step_id == step_id)

    def of_visit(self, visit_id: VisitId) -> tuple[Entry, ...]:
        """The statements about one visit."""
        return tuple(entry for entry in self.entries.values() if entry.statement.visit_id == visit_id)

    def cart(self, visit_id: VisitId, *, without: StepId | None = None, settled: bool = False) -> dict[SkuId, int]:
        """Units by SKU, without zeros; ``without`` leaves out what one step said, ``settled`` what may still change."""
        units: dict[SkuId, int] = {}
        for entry in self.of_visit(visit_id):
            if entry.statement.step_id != without and (entry.statement.settled or not settled):
                sku_id = entry.statement.sku_id
                units[sku_id] = units.get(sku_id, 0) + entry.signed_quantity
        return {sku_id: count for sku_id, count in sorted(units.items()) if count}

    def lots(self, visit_ids: Iterable[VisitId], *, without: StepId) -> dict[VisitId, dict[SkuId, Lot]]:
        """The units of each ``cart`` as they were weighed on their way; ``without`` leaves out what one step said."""
        carts: dict[VisitId, dict[SkuId, Lot]] = {visit_id: {} for visit_id in visit_ids}
        entries = [e for e in self.entries.values() if e.statement.visit_id in carts and e.statement.step_id != without]
        for entry in sorted(entries, key=lambda e: (e.start_ns, e.statement.line_id)):
            sku_id, cart = entry.statement.sku_id, carts[entry.statement.visit_id]
            cart[sku_id] = cart.get(sku_id, Lot()).plus(entry.signed_quantity, entry.mass)
        return {
            visit_id: {sku_id: lot for sku_id, lot in sorted(cart.items()) if lot.units}
            for visit_id, cart in carts.items()
        }

    def puts_away(self, *, without: StepId) -> float:
        """How often what is put down is put where it does not belong, by what stands but for one step."""
        kinds = [type(e.statement) for e in self.entries.values() if e.statement.step_id != without]
        home, away = _PUTS_HOME + kinds.count(PutBack), _PUTS_AWAY + kinds.count(PutElsewhere)
        return away / (home + away)

    def overdrawn(self, visit_id: VisitId) -> Entry | None:
        """The latest put that took out of the cart what is not in it; None when all is well."""
        short = {sku_id for sku_id, units in self.cart(visit_id).items() if units < 0}
        puts = [e for e in self.of_visit(visit_id) if e.signed_quantity < 0 and e.statement.sku_id in short]
        return max(puts, key=lambda e: (e.statement.t_ns, e.statement.line_id), default=None)

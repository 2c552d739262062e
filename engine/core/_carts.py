"""Virtual carts: statements about lines, and the cart as a fold over them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TypeVar

import msgspec

from engine.core._masses import Lot, Mass
from engine.domain import CartLine, LineId, PlateId, PutBack, PutElsewhere, SkuId, StepId, VisitId, signed_quantity

Key = TypeVar("Key", StepId, VisitId)
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


class _Index:
    """Where the entries about a step or a visit are, and how many there are of a kind; never written down."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.of_step: dict[StepId, dict[LineId, Entry]] = {}
        self.of_visit: dict[VisitId, dict[LineId, Entry]] = {}
        self.kinds: Counter[type[CartLine]] = Counter()
        self.taken: Counter[SkuId] = Counter()
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """An entry stands."""
        said = entry.statement
        self.of_step.setdefault(said.step_id, {})[said.line_id] = entry
        self.of_visit.setdefault(said.visit_id, {})[said.line_id] = entry
        self._count(entry, 1)

    def remove(self, entry: Entry) -> None:
        """It stands no longer."""
        said = entry.statement
        _drop(self.of_step, said.step_id, said.line_id)
        _drop(self.of_visit, said.visit_id, said.line_id)
        self._count(entry, -1)

    def _count(self, entry: Entry, one: int) -> None:
        self.kinds[type(entry.statement)] += one
        if entry.signed_quantity > 0:
            self.taken[entry.statement.sku_id] += one


class Carts(msgspec.Struct, kw_only=True, dict=True):
    """The statements that stand now, in the order in which their lines were first spoken of."""

    entries: dict[LineId, Entry] = {}

    @cached_property
    def _index(self) -> _Index:
        return _Index(self.entries.values())

    def say(self, entry: Entry) -> Entry | None:
        """Let a statement stand; the one it replaces is returned."""
        line_id = entry.statement.line_id
        replaced = self.entries.get(line_id)
        if replaced is not None:
            self._index.remove(replaced)
        self._index.add(entry)
        self.entries[line_id] = entry
        return replaced

    def withdraw(self, line_id: LineId) -> Entry:
        """Take a statement back. Raises ``KeyError`` when the line does not stand."""
        self._index.remove(self.entries[line_id])
        return self.entries.pop(line_id)

    @contextmanager
    def supposing(self, said: Sequence[Entry], assumed: Sequence[Entry]) -> Iterator[None]:
        """As if statements ``assumed`` had been made in the place of those ``said``, for as long as it lasts."""
        standing = self.entries
        self.entries = standing.copy()
        for entry in said:
            self.withdraw(entry.statement.line_id)
        for entry in assumed:
            self.say(entry)
        yield
        for entry in assumed:
            self._index.remove(entry)
        for entry in said:
            self._index.add(entry)
        self.entries = standing

    def of_step(self, step_id: StepId) -> tuple[Entry, ...]:
        """The statements a step led to."""
        return tuple(self._index.of_step.get(step_id, {}).values())

    def of_visit(self, visit_id: VisitId) -> tuple[Entry, ...]:
        """The statements about one visit."""
        return tuple(self._index.of_visit.get(visit_id, {}).values())

    def taken(self, *, without: StepId | None = None) -> set[SkuId]:
        """Every product that somebody has taken units of; ``without`` leaves out what one step said."""
        own = Counter(e.statement.sku_id for e in self.of_step(without) if e.signed_quantity > 0) if without else {}
        return {sku_id for sku_id, lines in self._index.taken.items() if lines > own.get(sku_id, 0)}

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
        entries = [e for visit_id in carts for e in self.of_visit(visit_id) if e.statement.step_id != without]
        for entry in sorted(entries, key=lambda e: (e.start_ns, e.statement.line_id)):
            sku_id, cart = entry.statement.sku_id, carts[entry.statement.visit_id]
            cart[sku_id] = cart.get(sku_id, Lot()).plus(entry.signed_quantity, entry.mass)
        return {
            visit_id: {sku_id: lot for sku_id, lot in sorted(cart.items()) if lot.units}
            for visit_id, cart in carts.items()
        }

    def puts_away(self, *, without: StepId) -> float:
        """How often what is put down is put where it does not belong, by what stands but for one step."""
        own = Counter(type(entry.statement) for entry in self.of_step(without))
        home = _PUTS_HOME + self._index.kinds[PutBack] - own[PutBack]
        away = _PUTS_AWAY + self._index.kinds[PutElsewhere] - own[PutElsewhere]
        return away / (home + away)

    def overdrawn(self, visit_id: VisitId) -> Entry | None:
        """The latest put that took out of the cart what is not in it; None when all is well."""
        short = {sku_id for sku_id, units in self.cart(visit_id).items() if units < 0}
        puts = [e for e in self.of_visit(visit_id) if e.signed_quantity < 0 and e.statement.sku_id in short]
        return max(puts, key=lambda e: (e.statement.t_ns, e.statement.line_id), default=None)


def _drop(index: dict[Key, dict[LineId, Entry]], key: Key, line_id: LineId) -> None:
    del index[key][line_id]
    if not index[key]:
        del index[key]

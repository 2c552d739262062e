"""A cart is a fold over statements about lines: a later one with the same id replaces the earlier one."""

from collections.abc import Iterable

from engine.domain._facts import LineWithdrawn, Picked, PutBack, PutElsewhere
from engine.domain._ids import LineId

CartLine = Picked | PutBack | PutElsewhere


def standing_lines(facts: Iterable[object]) -> dict[LineId, CartLine]:
    """The lines that stand after ``facts``, in the order in which they were first said; other facts do not matter."""
    lines: dict[LineId, CartLine] = {}
    for fact in facts:
        if isinstance(fact, CartLine):
            lines[fact.line_id] = fact
        elif isinstance(fact, LineWithdrawn):
            lines.pop(fact.line_id, None)
    return lines


def signed_quantity(line: CartLine) -> int:
    """Units this line moves into the cart, negative out of it."""
    return line.quantity if isinstance(line, Picked) else -line.quantity

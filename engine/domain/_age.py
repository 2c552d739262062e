"""Goods that not everybody may buy: a person looks at papers, and says so. No age is ever guessed from pictures."""

from collections.abc import Sequence

import msgspec

from engine.domain._fact import Fact
from engine.domain._ids import SkuId, VisitId


class CheckAge(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Say that whoever pays for a visit has proved to be ``minimum_age`` years old, or has not.

    The last word counts, also after the receipt.
    """

    visit_id: VisitId
    minimum_age: int
    old_enough: bool


class AgeCheckNeeded(Fact, frozen=True, kw_only=True, tag=True):
    """Staff are to look at papers: these goods are in the cart, and are not sold before. There is no deadline."""

    visit_id: VisitId
    minimum_age: int
    sku_ids: tuple[SkuId, ...]


class AgeCheckLapsed(Fact, frozen=True, kw_only=True, tag=True):
    """Nobody need look any more: the goods have left the cart."""

    visit_id: VisitId


class AgeChecked(Fact, frozen=True, kw_only=True, tag=True):
    """Somebody looked at the papers of whoever pays for a visit."""

    visit_id: VisitId
    minimum_age: int
    old_enough: bool
    by: str


AgeFact = AgeCheckNeeded | AgeCheckLapsed | AgeChecked


def old_enough(minimum_age: int, checks: Sequence[AgeChecked]) -> bool | None:
    """What a visit's checks say of goods from that age on, the last that tells anything; None where none does.

    Who is 18 is 16 as well, and who is not 16 is not 18 either.
    """
    for check in reversed(checks):
        if check.minimum_age == minimum_age or check.old_enough is (check.minimum_age > minimum_age):
            return check.old_enough
    return None

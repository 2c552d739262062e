"""The figures of the crash bench."""

from collections.abc import Sequence
from statistics import median

import msgspec


class Seconds(msgspec.Struct, frozen=True, kw_only=True):
    """In the middle, and at worst."""

    p50: float
    max: float


class CrashReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a ledger has of an hour of trade after its power cuts.

    * ``movements_unaccounted``: units moved that neither a line nor a case has, nor a change or grams that are flagged;
      ``unaccounted`` names them. ``dark``: of ``movements``, those made while nothing was measured.
    * ``lines_doubled``: units that a cart has twice, ``doubled``. ``told_twice``: receipts told outside again.
      ``told_and_lost``: facts told outside that the ledger has not, or not so.
    * ``uncharged``: visits with goods in their carts that were never charged.
    * ``restart_s``: from the start of a process to its first answer; ``restart_cpu_s`` is what it computed meanwhile.
    """

    seed: int
    cuts: int
    simulated_s: float
    movements: int
    dark: int
    movements_unaccounted: int
    lines_doubled: int
    receipts: int
    told_twice: int
    told_and_lost: int
    uncharged: int
    chain_intact: bool
    restart_s: Seconds
    restart_cpu_s: Seconds
    unaccounted: tuple[str, ...]
    doubled: tuple[str, ...]

    def __str__(self) -> str:
        """One line for people, and one for each thing that is not as it should be."""
        chain = "chain intact" if self.chain_intact else "CHAIN BROKEN"
        head = (
            f"{self.cuts} power cuts, {self.movements} movements, {self.dark} of them while nothing was measured:"
            f" {self.movements_unaccounted} unaccounted, {self.lines_doubled} doubled, {self.told_twice} receipts told"
            f" twice, {self.told_and_lost} facts told and lost, {self.uncharged} visits uncharged, {chain};"
            f" restart p50 {self.restart_s.p50:.1f} s, at worst {self.restart_s.max:.1f} s"
        )
        return "\n  ".join((head, *self.unaccounted, *self.doubled))


def seconds_of(values: Sequence[float]) -> Seconds:
    """Rounded to hundredths; of nothing it is nothing."""
    return Seconds(p50=round(median(values or [0.0]), 2), max=round(max(values, default=0.0), 2))

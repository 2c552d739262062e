"""Reads at a steady pace, each cycle counted: answered in its time, or missed."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from engine.domain import Floats

Read = Callable[[], Awaitable[bool]]  # False: no reading


class CycleTimes(msgspec.Struct, frozen=True, kw_only=True):
    """From the instant a reading was due to its arrival, in ms."""

    p50: float
    p99: float


@dataclass(frozen=True, kw_only=True)
class Cycles:
    """What became of the cycles of all controllers."""

    late_s: Floats  # (answered,) from due to arrived
    missed: int

    @property
    def count(self) -> int:
        """All that were due."""
        return len(self.late_s) + self.missed

    def times(self) -> CycleTimes:
        """Of those that were answered; NaN without any."""
        if not len(self.late_s):
            return CycleTimes(p50=float("nan"), p99=float("nan"))
        p50, p99 = np.percentile(1e3 * self.late_s, [50, 99])
        return CycleTimes(p50=round(float(p50), 2), p99=round(float(p99), 2))


def together(parts: Sequence[Cycles]) -> Cycles:
    """All cycles as one."""
    return Cycles(late_s=np.concatenate([part.late_s for part in parts]), missed=sum(part.missed for part in parts))


async def poll(reads: Sequence[Read], *, cycles: int, period_s: float) -> Cycles:
    """Call every read ``cycles`` times, all of them due at once, as the engine and the obvious loop have it."""
    start_s = asyncio.get_running_loop().time()
    tasks = [_poll_one(read, start_s, cycles=cycles, period_s=period_s) for read in reads]
    return together(await asyncio.gather(*tasks))


async def _poll_one(read: Read, start_s: float, *, cycles: int, period_s: float) -> Cycles:
    """A cycle is missed when its reading fails, or is not there when the next is due; what was overrun is skipped."""
    loop = asyncio.get_running_loop()
    late_s: list[float] = []
    due = 0
    while due < cycles:
        due_s = start_s + due * period_s
        await asyncio.sleep(max(0.0, due_s - loop.time()))
        answered = await read()
        took_s = loop.time() - due_s
        if answered and took_s <= period_s:
            late_s.append(took_s)
        due += max(1, int(took_s / period_s))
    return Cycles(late_s=np.array(late_s), missed=cycles - len(late_s))

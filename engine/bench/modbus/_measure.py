"""Polls each load with the engine's link and with plain pymodbus in turns, and says what either used."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from engine.bench.modbus._contenders import Contender, ours, plain
from engine.bench.modbus._controllers import controllers
from engine.bench.modbus._load import CROWD, SHELVES, Load
from engine.bench.modbus._pace import Cycles, CycleTimes, Read, poll, together

_TURNS = 4  # so that whatever else the machine does falls on both
_FIRST_ANSWERS_S = 20.0


class LoadReport(msgspec.Struct, frozen=True, kw_only=True):
    """One load. Shares are of one core, of this process alone; ``plain_`` is pymodbus without the engine."""

    controllers: int
    registers: int
    hz: float
    cycles: int
    core_share: float
    missed_cycles: int
    cycle_ms: CycleTimes
    plain_core_share: float
    plain_missed_cycles: int
    plain_cycle_ms: CycleTimes

    def __str__(self) -> str:
        return (
            f"{self.controllers} x {self.registers} registers at {self.hz:g} Hz, {self.cycles} cycles: "
            f"{self.core_share:.1%} of a core, {self.missed_cycles} missed, p99 {self.cycle_ms.p99:.1f} ms; "
            f"plain pymodbus {self.plain_core_share:.1%}, {self.plain_missed_cycles} missed, "
            f"p99 {self.plain_cycle_ms.p99:.1f} ms"
        )


class ModbusReport(LoadReport, frozen=True, kw_only=True):
    """The shelves of a store, and beside them a crowd of connections."""

    crowd: LoadReport


@dataclass(frozen=True, kw_only=True)
class _Turn:
    cycles: Cycles
    wall_s: float
    core_s: float


def measure_modbus(
    *, seconds: float, shelves: Load = SHELVES, crowd: Load = CROWD, tell: Callable[[str], None]
) -> ModbusReport:
    """Poll each load for so many seconds with either contender."""
    first = asyncio.run(_measure(shelves, seconds))
    tell(str(first))
    second = asyncio.run(_measure(crowd, seconds))
    tell(str(second))
    return ModbusReport(**msgspec.structs.asdict(first), crowd=second)


async def _measure(load: Load, seconds: float) -> LoadReport:
    cycles = max(1, round(seconds * load.hz / _TURNS))
    turns: dict[Contender, list[_Turn]] = {ours: [], plain: []}
    with controllers(load) as ports:
        for _ in range(_TURNS):
            for contender, had in turns.items():
                async with contender(ports, load) as reads:
                    had.append(await _turn(reads, cycles, load.period_s))
    own, others = (together([turn.cycles for turn in had]) for had in turns.values())
    return LoadReport(
        controllers=load.controllers,
        registers=load.registers,
        hz=load.hz,
        cycles=own.count,
        core_share=_core_share(turns[ours]),
        missed_cycles=own.missed,
        cycle_ms=own.times(),
        plain_core_share=_core_share(turns[plain]),
        plain_missed_cycles=others.missed,
        plain_cycle_ms=others.times(),
    )


async def _turn(reads: Sequence[Read], cycles: int, period_s: float) -> _Turn:
    async with asyncio.timeout(_FIRST_ANSWERS_S):
        await asyncio.gather(*(_until_answered(read, period_s) for read in reads))
    wall_s, core_s = time.perf_counter(), time.process_time()
    counted = await poll(reads, cycles=cycles, period_s=period_s)
    return _Turn(cycles=counted, wall_s=time.perf_counter() - wall_s, core_s=time.process_time() - core_s)


async def _until_answered(read: Read, period_s: float) -> None:
    while not await read():
        await asyncio.sleep(period_s)


def _core_share(turns: Sequence[_Turn]) -> float:
    return round(sum(turn.core_s for turn in turns) / sum(turn.wall_s for turn in turns), 4)

"""The polling bench counts every cycle, polls real controllers, and tells both sides; how fast is not tested."""

import asyncio
import json
from pathlib import Path

import pytest
from pymodbus.client import AsyncModbusTcpClient
from typer.testing import CliRunner

import engine.bench.modbus
from engine.bench.modbus import Load, measure_modbus
from engine.bench.modbus._controllers import HOST, controllers
from engine.bench.modbus._pace import poll
from engine.cli._bench import app

LONG_S = 60.0
TINY = Load(controllers=2, channels=3, hz=50.0)
KEYS = {"core_share", "missed_cycles", "cycle_ms", "plain_core_share", "plain_missed_cycles"}


async def test_cycles_that_are_answered_in_time_are_not_missed() -> None:
    async def read() -> bool:
        return True

    cycles = await poll([read, read, read], cycles=1, period_s=LONG_S)
    assert (len(cycles.late_s), cycles.missed, cycles.count) == (3, 0, 3)
    assert 0.0 <= cycles.times().p50 <= cycles.times().p99 < 1e3 * LONG_S


async def test_a_read_without_a_reading_is_a_missed_cycle() -> None:
    async def read() -> bool:
        return False

    cycles = await poll([read, read], cycles=4, period_s=0.001)
    assert (cycles.missed, cycles.count) == (8, 8)


async def test_what_a_slow_read_overruns_is_missed_and_not_made_up_for() -> None:
    asked = 0

    async def read() -> bool:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.02)
        return True

    cycles = await poll([read], cycles=20, period_s=0.001)
    assert (cycles.missed, cycles.count, asked) == (20, 20, 1)


async def test_the_controllers_hold_a_weight_that_is_never_still() -> None:
    with controllers(TINY) as ports:
        assert len(set(ports)) == TINY.controllers
        for port in ports:
            client = AsyncModbusTcpClient(HOST, port=port, timeout=10, retries=0)
            await client.connect()
            answers = [await client.read_holding_registers(0, count=TINY.registers) for _ in range(2)]
            grams = [client.convert_from_registers(each.registers, client.DATATYPE.FLOAT32) for each in answers]
            refused = await client.write_register(0, 1)
            client.close()
            assert grams[0] != grams[1]
            assert all(each == pytest.approx([1000.0, 2000.0, 3000.0], abs=10.0) for each in grams)
            assert refused.exception_code == 1


def test_both_sides_are_polled_as_often_and_every_cycle_counts() -> None:
    said: list[str] = []
    report = measure_modbus(seconds=0.4, shelves=TINY, crowd=Load(controllers=3, channels=1, hz=50.0), tell=said.append)
    assert (report.cycles, report.crowd.cycles) == (2 * 20, 3 * 20)
    assert (report.registers, report.crowd.registers) == (6, 2)
    for load in (report, report.crowd):
        assert 0 <= load.missed_cycles <= load.cycles
        assert 0 <= load.plain_missed_cycles <= load.cycles
        assert load.core_share > 0.0
        assert load.plain_core_share > 0.0
    assert len(said) == 2
    assert "2 x 6 registers at 50 Hz, 40 cycles" in said[0]


def test_the_verb_writes_the_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def tiny(**asked: object) -> object:
        return measure_modbus(shelves=TINY, crowd=TINY, **asked)  # type: ignore[arg-type]

    monkeypatch.setattr(engine.bench.modbus, "measure_modbus", tiny)
    file = tmp_path / "modbus.json"
    result = CliRunner().invoke(app, ["modbus", "--seconds", "0.1", "--json", str(file)])
    assert result.exit_code == 0, result.output
    figures = json.loads(file.read_text())
    assert set(figures) >= KEYS
    assert set(figures["crowd"]) >= KEYS
    assert set(figures["cycle_ms"]) == {"p50", "p99"}

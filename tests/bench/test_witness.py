"""A witness hears every fact once, with the instant it came, also over a gap and over a restart of the engine."""

import time
from pathlib import Path

import pytest

from engine.bench.witness import Witness
from engine.domain import EngineHealth
from engine.store import open_store
from engine.wire import HEALTH, Address, encode_published
from tests.runtime.build import wait_for
from tests.wire.stand_in import StandIn, left


@pytest.fixture
def address(tmp_path: Path) -> Address:
    return Address(state=f"ipc://{tmp_path}/state", door=f"ipc://{tmp_path}/door")


def test_a_witness_hears_every_fact_once(address: Address, pytestconfig: pytest.Config) -> None:
    engine = StandIn(address, open_store(pytestconfig.rootpath / "resources" / "stores" / "demo").store, epoch=1)
    engine.tell()  # before the witness came: the snapshot has it
    witness = Witness(address)
    try:
        engine.await_subscriber()
        assert witness.connected.wait(5.0)
        began_ns = time.monotonic_ns()
        engine.tell()
        engine.tell(lose=True)
        engine.tell()
        engine.show()
        view = EngineHealth(
            t_ns=1, uptime_s=1.0, processes=(), cameras=(), controllers=(), core_lag_ms=0.0, journal_free_mb=1.0
        )
        engine.send(encode_published(HEALTH, view, epoch=1, seq=4))
        wait_for(lambda: len(witness.heard) >= 4 and bool(witness.health))
    finally:
        witness.stop()
        engine.stop()
    assert witness.facts() == tuple(left(seq) for seq in range(1, 5))
    assert witness.health == [view]
    arrived_ns = [heard.arrived_ns for heard in witness.heard]
    assert arrived_ns == sorted(arrived_ns)
    assert arrived_ns[0] < began_ns < arrived_ns[1]

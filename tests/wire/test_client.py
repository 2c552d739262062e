"""A replica's view of an engine that speaks, stumbles, dies and comes back, over real sockets."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.domain import Accepted, CaseId, CommandId, CommandRequest, ResolveCase, Snapshot, Verdict
from engine.store import StoreFolder
from engine.wire import FACTS, FLOOR, Address, EngineClient, EngineUnreachableError, Published, encode_published
from tests.wire.stand_in import StandIn, left

DEADLINE_S = 5.0


class Replica:
    """A client and all it has received, in short: ``("snapshot", seq)``, ``("facts", seq)``, ``("floor", seq)``."""

    def __init__(self, client: EngineClient) -> None:
        self.client = client
        self.got: list[tuple[str, int]] = []

    def hear(self, count: int) -> list[tuple[str, int]]:
        """The next ``count`` messages."""
        deadline_s = time.monotonic() + DEADLINE_S
        while len(self.got) < count:
            assert time.monotonic() < deadline_s, f"only {self.got}"
            self.got += [_short(message) for message in self.client.receive(0.01)]
        heard, self.got = self.got[:count], self.got[count:]
        return heard


def _short(message: Snapshot | Published) -> tuple[str, int]:
    if isinstance(message, Snapshot):
        return "snapshot", message.seq
    if message.topic is FACTS:
        assert message.body == left(message.seq)
    return message.topic.name, message.seq


@pytest.fixture
def address(tmp_path: Path) -> Address:
    return Address(state=f"ipc://{tmp_path}/state", door=f"ipc://{tmp_path}/door")


@pytest.fixture
def replica(address: Address) -> Iterator[Replica]:
    with EngineClient(address, request_timeout_s=1.0) as client:
        yield Replica(client)


@pytest.fixture
def engine(address: Address, demo: StoreFolder, replica: Replica) -> Iterator[StandIn]:
    """An engine that knows of the replica's subscription; nothing it says is lost unless a test loses it."""
    engine = StandIn(address, demo.store, epoch=1)
    engine.await_subscriber()
    yield engine
    engine.stop()


def test_the_snapshot_comes_first_then_the_facts_in_order(engine: StandIn, replica: Replica) -> None:
    engine.tell()  # before the snapshot and therefore in it
    assert replica.hear(1) == [("snapshot", 1)]
    for _ in range(3):
        engine.tell()
    engine.show()
    assert replica.hear(4) == [("facts", 2), ("facts", 3), ("facts", 4), ("floor", 4)]
    assert engine.snapshots_given == 1


def test_a_fact_said_twice_is_heard_once(engine: StandIn, replica: Replica) -> None:
    replica.hear(1)
    engine.tell()
    engine.send(encode_published(FACTS, left(1), epoch=1, seq=1))
    engine.tell()
    assert replica.hear(2) == [("facts", 1), ("facts", 2)]
    assert engine.snapshots_given == 1


def test_a_gap_means_a_new_snapshot_and_what_it_holds_is_not_repeated(engine: StandIn, replica: Replica) -> None:
    replica.hear(1)
    engine.tell()
    engine.tell(lose=True)
    engine.tell()
    assert replica.hear(2) == [("facts", 1), ("snapshot", 3)]
    engine.tell()
    assert replica.hear(1) == [("facts", 4)]
    assert engine.snapshots_given == 2


def test_a_lost_last_fact_is_noticed_by_the_next_view(engine: StandIn, replica: Replica) -> None:
    replica.hear(1)
    engine.tell(lose=True)
    engine.show()
    assert replica.hear(1) == [("snapshot", 1)]
    engine.show()
    assert replica.hear(1) == [("floor", 1)]


@pytest.mark.parametrize("first", ["fact", "view"])
def test_a_new_run_of_the_engine_means_a_new_snapshot(engine: StandIn, replica: Replica, first: str) -> None:
    engine.tell()
    engine.tell()
    assert replica.hear(1) == [("snapshot", 2)]
    engine.epoch, engine.seq = 2, 0
    engine.tell() if first == "fact" else engine.show()
    assert replica.hear(1) == [("snapshot", engine.seq)]
    engine.tell()
    assert replica.hear(1) == [("facts", engine.seq)]


def test_what_cannot_be_read_is_counted_and_skipped(engine: StandIn, replica: Replica) -> None:
    replica.hear(1)
    engine.tell()
    unknown = encode_published(FACTS, left(2), epoch=1, seq=2).replace(b"VisitLeft", b"VisitLost")
    engine.send(unknown)
    engine.send(b"\xff\x00\xff")
    engine.send(b"")
    engine.show()
    assert replica.hear(2) == [("facts", 1), ("floor", 1)]
    assert replica.client.frames_skipped == 3


def test_an_engine_that_is_not_there_is_said_within_the_timeout(address: Address) -> None:
    with EngineClient(address, request_timeout_s=0.1) as client:
        began_s = time.monotonic()
        with pytest.raises(EngineUnreachableError, match=r"no answer from ipc://.*/door in 100 ms"):
            list(client.receive(5.0))
        with pytest.raises(EngineUnreachableError):
            client.snapshot()
        assert time.monotonic() - began_s < 2.0


def test_a_client_outlives_its_engine(address: Address, demo: StoreFolder, replica: Replica, engine: StandIn) -> None:
    engine.tell()
    assert replica.hear(1) == [("snapshot", 1)]
    engine.stop()
    with pytest.raises(EngineUnreachableError):
        replica.client.snapshot()
    with pytest.raises(EngineUnreachableError):
        replica.hear(1)
    again = StandIn(address, demo.store, epoch=2)
    try:
        again.tell()
        assert replica.hear(1) == [("snapshot", 1)]
        again.await_subscriber()
        again.tell()
        assert replica.hear(1) == [("facts", 2)]
    finally:
        again.stop()


def test_requests_are_answered_beside_the_stream(engine: StandIn, replica: Replica) -> None:
    replica.hear(1)
    engine.tell()
    assert replica.client.snapshot().seq == 1
    assert replica.client.evidence(CaseId("c")).case_id == "c"
    verdict = Verdict(visit_id=None, sku_id=None, quantity=0)
    request = CommandRequest(
        command_id=CommandId("k"), by="eva", command=ResolveCase(case_id=CaseId("c"), verdict=verdict)
    )
    assert replica.client.command(request) == Accepted(command_id=CommandId("k"))
    assert replica.hear(1) == [("facts", 1)]


def test_views_are_only_of_the_run_that_the_snapshot_is_of(engine: StandIn, replica: Replica) -> None:
    engine.show()
    engine.epoch = 2
    engine.tell()
    assert replica.hear(1) == [("snapshot", 1)]  # of run 2; the view of run 1 still waits in the socket
    engine.show()
    heard = [replica.hear(1)[0]]
    while heard[-1][0] != FLOOR.name:
        heard += replica.hear(1)
    assert heard[-1] == ("floor", 1)
    assert ("floor", 0) not in heard

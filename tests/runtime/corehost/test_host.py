"""A core process in a thread, its peers over real sockets: facts in, state out, restarts between."""

import msgspec
import pytest
from structlog.testing import capture_logs

from engine.domain import (
    Accepted,
    CameraOverlay,
    CaseId,
    CommandId,
    CommandRequest,
    Evidence,
    FloorView,
    Passage,
    Picked,
    ReceiptIssued,
    Refused,
    ResolveCase,
    Verdict,
    VisitId,
)
from engine.runtime.corehost import CoreHost, StoreInUseError, digest, replay
from engine.runtime.journal import JournalReader
from engine.runtime.ledger import Ledger, verify
from engine.runtime.sealing import KeyRing
from engine.store import StoreFolder
from tests.runtime.build import disk_of, passed, seen, settled
from tests.runtime.corehost.running import running, sender
from tests.runtime.replica import Replica
from tests.runtime.stand_in import STRANGE_MASS_MG, StandInCore


def test_facts_come_out_in_order_and_are_in_the_ledger(folder: StoreFolder) -> None:
    with running(folder), Replica(folder) as replica:
        replica.until(lambda: replica.snapshots == 1)
        doors = sender(folder)
        doors.send(passed(1))
        doors.send(settled(2))
        doors.send(msgspec.structs.replace(passed(3), passage=Passage.OUT))
        replica.until(lambda: len(replica.facts) == 4)
        assert replica.names() == ["VisitOpened", "Picked", "VisitLeft", "ReceiptIssued"]
        assert replica.snapshots == 1
        doors.close()
    ledger = Ledger(folder.ledger_path)
    assert ledger.cart(VisitId("v1")) == {"tea": 1}
    ledger.close()
    assert verify(folder.ledger_path).whole


def test_a_client_lives_through_a_restart_of_the_core(folder: StoreFolder) -> None:
    shelves = sender(folder)
    with Replica(folder) as replica:
        with running(folder):
            shelves.send(passed(1))
            shelves.send(settled(2))
            replica.until(lambda: len(replica.facts) == 2)
        shelves.send(settled(3))  # nobody listens
        with running(folder):
            replica.until(lambda: len(replica.facts) == 3)
        assert [fact.step_id for fact in replica.facts if isinstance(fact, Picked)] == ["A-1@2", "A-1@3"]
    assert shelves.close() == 0


def test_without_checkpoints_the_whole_journal_gives_the_same_state(folder: StoreFolder) -> None:
    shelves = sender(folder)
    with running(folder), Replica(folder) as replica:
        shelves.send(passed(1))
        shelves.send(settled(2))
        replica.until(lambda: len(replica.facts) == 2)
    for file in folder.checkpoint_dir.iterdir():
        file.write_bytes(b"rubbish")
    with capture_logs() as logs, running(folder), Replica(folder) as replica:
        replica.until(lambda: replica.snapshots == 1)
        assert replica.names() == ["VisitOpened", "Picked"]
        assert "checkpoint_unusable" in [entry["event"] for entry in logs]
    assert verify(folder.ledger_path).entries == 2
    shelves.close()


def test_a_replay_says_the_same_to_the_byte_also_from_a_checkpoint(folder: StoreFolder) -> None:
    shelves = sender(folder)
    with running(folder), Replica(folder) as replica:
        shelves.send(passed(1))
        shelves.send(settled(2))
        replica.until(lambda: len(replica.facts) == 2)
    (checkpoint,) = folder.checkpoint_dir.glob("*.checkpoint")
    with running(folder), Replica(folder) as replica:
        shelves.send(settled(3))
        replica.until(lambda: len(replica.facts) == 3)
        told = [msgspec.msgpack.encode(fact) for fact in replica.facts]
    shelves.close()
    reader = JournalReader(folder.journal_dir, KeyRing(folder.keys_dir / "journal"))
    assert list(replay(reader, folder.store, StandInCore)) == told
    tail = replay(reader, folder.store, StandInCore, from_checkpoint=checkpoint)
    assert digest(tail) == digest(told[2:])


def test_a_case_has_evidence_until_a_person_closes_it(folder: StoreFolder) -> None:
    shelves, perception = sender(folder), sender(folder, "perception-0", lossless=False)
    with running(folder), Replica(folder) as replica:
        perception.send(seen(1000))
        replica.until(lambda: any(isinstance(view, CameraOverlay) for view in replica.views))
        shelves.send(settled(1500, mass_mg=-666_000))
        replica.until(lambda: "NeedsReview" in replica.names())
        case_id = CaseId("c-A-1@1500")
        evidence = replica.client.evidence(case_id)
        assert [step.t_ns for step in evidence.steps] == [1_500_000_000]
        assert len(list(folder.evidence_dir.glob("*.sealed"))) == 1
        verdict = Verdict(visit_id=None, sku_id=None, quantity=0)
        request = CommandRequest(
            command_id=CommandId("k1"), by="anna", command=ResolveCase(case_id=case_id, verdict=verdict)
        )
        assert replica.client.command(request) == Accepted(command_id=CommandId("k1"))
        assert replica.client.command(request) == Accepted(command_id=CommandId("k1"))
        replica.until(lambda: "CaseResolved" in replica.names())
        again = msgspec.structs.replace(request, command_id=CommandId("k2"))
        assert replica.client.command(again) == Refused(command_id=CommandId("k2"), reason="there is no such open case")
        assert replica.client.evidence(case_id) == Evidence(case_id=case_id, frames=(), steps=())
        assert list(folder.evidence_dir.iterdir()) == list((folder.keys_dir / "evidence").iterdir()) == []
    with running(folder), Replica(folder) as replica:
        assert replica.client.command(request) == Accepted(command_id=CommandId("k1"))
    shelves.close()
    perception.close()


def test_a_fact_on_which_the_core_fails_is_said_and_passed_over(folder: StoreFolder) -> None:
    shelves = sender(folder)
    with capture_logs() as logs, running(folder), Replica(folder) as replica:
        shelves.send(passed(1))
        shelves.send(settled(2, mass_mg=STRANGE_MASS_MG))
        shelves.send(settled(3))
        replica.until(lambda: len(replica.facts) == 2)
    assert [entry["event"] for entry in logs].count("core_failed_on_fact") == 1
    assert shelves.close() == 0


def test_a_full_disk_stops_the_engine_which_says_so_and_goes_on_when_there_is_room(folder: StoreFolder) -> None:
    shelves = sender(folder)
    with capture_logs() as logs, running(folder), Replica(folder) as replica:
        shelves.send(passed(1))
        shelves.send(settled(2, mass_mg=-666_000))
        replica.until(lambda: len(replica.facts) == 2)
        with disk_of(0):
            shelves.send(settled(3, trace=300_000))
            shelves.send(settled(4))
            replica.until(lambda: any("cannot grow" in process.state for process in replica.processes()))
            command = ResolveCase(case_id=CaseId("c-A-1@2"), verdict=Verdict(visit_id=None, sku_id=None, quantity=0))
            request = CommandRequest(command_id=CommandId("k1"), by="anna", command=command)
            answer = replica.client.command(request)
            assert isinstance(answer, Refused)
            assert "free space" in answer.reason
            assert shelves.status.waiting == 2
        replica.until(lambda: len(replica.facts) == 4)
        assert replica.client.command(request) == Accepted(command_id=CommandId("k1"))
        replica.until(lambda: len(replica.facts) == 5)
        assert shelves.close() == 0
    assert replica.names() == ["VisitOpened", "NeedsReview", "Picked", "Picked", "CaseResolved"]
    assert [entry["event"] for entry in logs].count("engine_stops_accepting") == 1


def test_a_second_engine_is_refused(folder: StoreFolder) -> None:
    with running(folder), pytest.raises(StoreInUseError, match="stop it first"):
        CoreHost(folder, StandInCore)


def test_the_floor_is_shown_while_nothing_happens(folder: StoreFolder) -> None:
    with running(folder), Replica(folder) as replica:
        replica.until(lambda: len(replica.views) >= 2)
        assert isinstance(replica.views[-1], FloorView)


def test_receipts_are_never_said_twice(folder: StoreFolder) -> None:
    shelves = sender(folder)
    shelves.send(passed(1))
    shelves.send(msgspec.structs.replace(passed(2), passage=Passage.OUT))
    for _ in range(3):
        with running(folder), Replica(folder) as replica:
            replica.until(lambda: "ReceiptIssued" in replica.names())
            receipts = [fact for fact in replica.facts if isinstance(fact, ReceiptIssued)]
            assert len(receipts) == 1
    shelves.close()

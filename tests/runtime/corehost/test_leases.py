"""Two consoles on one engine over real sockets: a case is whose who looks at it, and nobody else's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.domain import (
    Accepted,
    CaseId,
    CommandId,
    CommandRequest,
    ConsoleId,
    HoldCase,
    Leases,
    Refused,
    ResolveCase,
    Verdict,
)
from engine.store import StoreFolder
from tests.runtime.build import settled
from tests.runtime.corehost.running import running, sender
from tests.runtime.folder import small_store
from tests.runtime.replica import Replica

ANNA, BERT = ConsoleId("office"), ConsoleId("home")
FIRST, SECOND = CaseId("c-A-1@1000"), CaseId("c-A-1@2000")
LEASE_S = 0.6


@pytest.fixture
def folder(tmp_path: Path) -> StoreFolder:
    return small_store(tmp_path / "store", policy=f"review_lease_s = {LEASE_S}")


@pytest.fixture
def replica(folder: StoreFolder) -> Iterator[Replica]:
    """A replica of an engine that asks two questions."""
    with running(folder), Replica(folder) as replica:
        shelves = sender(folder)
        shelves.send(settled(1000, mass_mg=-666_000))
        shelves.send(settled(2000, mass_mg=-666_000))
        replica.until(lambda: replica.names() == ["NeedsReview", "NeedsReview"])
        yield replica
        shelves.close()


def hold(replica: Replica, console: ConsoleId, case_id: CaseId | None) -> dict[CaseId, ConsoleId]:
    return holders(replica.client.hold(HoldCase(console_id=console, by=f"who is at {console}", case_id=case_id)))


def holders(leases: Leases) -> dict[CaseId, ConsoleId]:
    return {lease.case_id: lease.console_id for lease in leases.held}


def answer(replica: Replica, console: ConsoleId, case_id: CaseId) -> Accepted | Refused:
    command = ResolveCase(case_id=case_id, verdict=Verdict(visit_id=None, sku_id=None, quantity=0))
    command_id = CommandId(f"{console} {case_id}")
    return replica.client.command(CommandRequest(command_id=command_id, by="x", command=command, console_id=console))


def told(replica: Replica) -> dict[CaseId, ConsoleId]:
    return next((holders(view) for view in reversed(replica.views) if isinstance(view, Leases)), {})


def test_a_case_is_had_by_one_console_and_a_console_has_one_case(replica: Replica) -> None:
    assert hold(replica, ANNA, FIRST) == {FIRST: ANNA}
    assert hold(replica, BERT, FIRST) == {FIRST: ANNA}
    assert hold(replica, BERT, SECOND) == {FIRST: ANNA, SECOND: BERT}
    replica.until(lambda: told(replica) == {FIRST: ANNA, SECOND: BERT})
    assert hold(replica, ANNA, SECOND) == {SECOND: BERT}, "who asks for another case lets go of the last"


def test_who_does_not_hold_a_case_cannot_answer_it(replica: Replica) -> None:
    hold(replica, ANNA, FIRST)
    for console in (BERT, ConsoleId("")):
        refused = answer(replica, console, FIRST)
        assert isinstance(refused, Refused)
        assert "who is at office is looking at case" in refused.reason
    assert isinstance(answer(replica, ANNA, FIRST), Accepted)
    assert isinstance(answer(replica, BERT, SECOND), Accepted), "what nobody holds anybody may answer"
    replica.until(lambda: replica.names().count("CaseResolved") == 2)
    replica.until(lambda: told(replica) == {})


def test_a_console_that_says_no_more_loses_its_case_and_one_that_goes_on_keeps_it(replica: Replica) -> None:
    hold(replica, ANNA, FIRST)

    def freed() -> bool:
        return hold(replica, BERT, SECOND) == {SECOND: BERT}

    replica.until(freed, within_s=5 * LEASE_S)
    assert hold(replica, BERT, FIRST) == {FIRST: BERT}
    assert hold(replica, BERT, None) == {}


def test_a_restart_forgets_who_had_what_and_hears_it_again(folder: StoreFolder) -> None:
    with Replica(folder) as replica:
        with running(folder):
            replica.until(lambda: replica.snapshots == 1)
            assert hold(replica, ANNA, FIRST) == {FIRST: ANNA}
        with running(folder):
            replica.until(lambda: replica.snapshots == 2)
            assert hold(replica, BERT, None) == {}
            assert hold(replica, ANNA, FIRST) == {FIRST: ANNA}

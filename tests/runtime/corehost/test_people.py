"""A store that names its people: nobody else hears or asks anything, and each may do what they are there for."""

from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from engine.cli._people import app
from engine.domain import (
    Accepted,
    AcceptShelf,
    CaseId,
    CaseResolved,
    Command,
    CommandId,
    CommandRequest,
    ConsoleId,
    HoldCase,
    Operator,
    Refused,
    ResolveCase,
    Role,
    ShelfId,
    Verdict,
    may,
)
from engine.store import StoreFolder, open_store
from engine.wire import ClientKey, EngineUnreachableError, new_pair, read_client_key
from tests.runtime.build import settled
from tests.runtime.corehost.running import running, sender
from tests.runtime.folder import small_store
from tests.runtime.replica import Replica

NOTHING_TAKEN = ResolveCase(case_id=CaseId("c-A-1@2"), verdict=Verdict(visit_id=None, sku_id=None, quantity=0))


def key_of(folder: Path, name: str, role: Role) -> ClientKey:
    """The key that a person is given when they are added with that role."""
    file = folder.parent / f"{name}.key.toml"
    CliRunner().invoke(
        app, ["add", name, "--role", role, "--store", str(folder), "--out", str(file)], catch_exceptions=False
    )
    return read_client_key(file)


def request(command: Command, number: int = 1) -> CommandRequest:
    return CommandRequest(command_id=CommandId(f"k{number}"), by="somebody else", command=command)


def hears_nothing(folder: StoreFolder, key: ClientKey | None) -> str:
    """What a client is told that gets no answer; it was published to all the while."""
    with Replica(folder, key) as replica:
        with pytest.raises(EngineUnreachableError) as shut:
            next(replica.client.receive(0.5))
        assert replica.views == []
        return str(shut.value)


def test_people_are_known_by_their_keys_and_strangers_hear_nothing(tmp_path: Path) -> None:
    closed = small_store(tmp_path / "store").path
    ana = key_of(closed, "ana", Role.REVIEWER)
    folder = open_store(closed)
    with running(folder):
        with Replica(folder, ana) as replica:
            assert replica.client.snapshot().operator == Operator(name="ana", role=Role.REVIEWER)
            replica.until(lambda: bool(replica.views))
        assert "does it want no key" in hears_nothing(folder, None)
        stranger = msgspec.structs.replace(ana, name="mallory", pair=new_pair())
        assert "is mallory among its people" in hears_nothing(folder, stranger)
        with Replica(folder, ana) as replica:
            assert replica.client.snapshot().operator is not None


def test_a_decision_is_of_whose_key_it_came_with(tmp_path: Path) -> None:
    closed = small_store(tmp_path / "store").path
    ana = key_of(closed, "ana", Role.REVIEWER)
    vic = key_of(closed, "vic", Role.VIEWER)
    folder = open_store(closed)
    shelves = sender(folder)
    with running(folder), Replica(folder, ana) as reviewer, Replica(folder, vic) as viewer:
        shelves.send(settled(2, mass_mg=-666_000))
        reviewer.until(lambda: "NeedsReview" in reviewer.names())
        refused = viewer.client.command(request(NOTHING_TAKEN))
        assert refused == Refused(
            command_id=CommandId("k1"), reason="vic is a viewer, who may not do that; ask a manager"
        )
        assert reviewer.client.command(request(NOTHING_TAKEN, 2)) == Accepted(command_id=CommandId("k2"))
        reviewer.until(lambda: "CaseResolved" in reviewer.names())
        (resolved,) = (fact for fact in reviewer.facts if isinstance(fact, CaseResolved))
        assert resolved.decided_by == "ana"
    shelves.close()


def test_a_key_that_was_taken_back_opens_nothing(tmp_path: Path) -> None:
    closed = small_store(tmp_path / "store").path
    ana, ben = key_of(closed, "ana", Role.MANAGER), key_of(closed, "ben", Role.MANAGER)
    CliRunner().invoke(app, ["remove", "ana", "--store", str(closed)], catch_exceptions=False)
    folder = open_store(closed)
    with running(folder):
        hears_nothing(folder, ana)
        with Replica(folder, ben) as replica:
            assert replica.client.snapshot().operator == Operator(name="ben", role=Role.MANAGER)


@pytest.mark.parametrize(
    ("role", "answers", "accepts"),
    [
        (Role.VIEWER, False, False),
        (Role.REVIEWER, True, False),
        (Role.TECHNICIAN, False, True),
        (Role.MANAGER, True, True),
    ],
)
def test_each_role_may_what_it_is_for(role: Role, answers: bool, accepts: bool) -> None:
    assert may(role, NOTHING_TAKEN) is answers
    assert may(role, AcceptShelf(shelf_id=ShelfId("A-1"))) is accepts


def test_only_who_may_answer_has_a_case_to_themselves(tmp_path: Path) -> None:
    closed = small_store(tmp_path / "store").path
    ana = key_of(closed, "ana", Role.REVIEWER)
    vic = key_of(closed, "vic", Role.VIEWER)
    folder = open_store(closed)
    asked = HoldCase(console_id=ConsoleId("1"), by="somebody else", case_id=CaseId("c"))
    with running(folder), Replica(folder, ana) as reviewer, Replica(folder, vic) as viewer:
        assert viewer.client.hold(asked).held == ()
        (lease,) = reviewer.client.hold(asked).held
        assert lease.by == "ana"

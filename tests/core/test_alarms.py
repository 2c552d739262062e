"""Alarms pass through the core: each is said while it stands, its end once, and that somebody set it aside."""

from collections.abc import Iterable

import msgspec
import pytest

from engine.core import StoreCore
from engine.domain import (
    AlarmShelved,
    CommandGiven,
    CommandId,
    OutputFact,
    SensorFault,
    SensorRecovered,
    ShelveAlarm,
    Tick,
)
from tests.build import ns, play, small_store


def test_the_end_of_what_does_not_stand_is_no_news() -> None:
    core = StoreCore(small_store())
    fault = SensorFault(t_ns=ns(2), device_id="c1", kind="covered", remedy="free the lens")
    over = [SensorRecovered(t_ns=ns(t_s), device_id="c1", kind="covered") for t_s in (1, 3, 4)]
    assert play(core, [over[0], fault, over[1], over[2]]) == [fault, over[1]]


FAULT = SensorFault(t_ns=ns(2), device_id="c1", kind="covered", remedy="free the lens")


def shelving(at_s: float, *, for_s: int = 60, reason: str = "being painted", device_id: str = "c1") -> CommandGiven:
    command = ShelveAlarm(device_id=device_id, kind="covered", for_s=for_s, reason=reason)
    return CommandGiven(t_ns=ns(at_s), command_id=CommandId(f"k{at_s}"), by="anna", command=command)


def shelved(said: Iterable[OutputFact]) -> list[AlarmShelved]:
    return [fact for fact in said if isinstance(fact, AlarmShelved)]


def test_an_alarm_is_set_aside_with_an_end_a_reason_and_a_name() -> None:
    core = StoreCore(small_store())
    (fact,) = shelved(play(core, [FAULT, shelving(3, reason="  being painted ")]))
    assert fact == AlarmShelved(
        t_ns=ns(3), device_id="c1", kind="covered", until_ns=ns(63), reason="being painted", by="anna"
    )
    assert core.standing_facts()[-2:] == (FAULT, fact)
    again = StoreCore.restore(small_store(), core.checkpoint())
    assert again.standing_facts() == core.standing_facts()


def test_it_stays_aside_while_it_comes_and_goes_and_comes_back_in_time() -> None:
    core = StoreCore(small_store())
    over = SensorRecovered(t_ns=ns(10), device_id="c1", kind="covered")
    play(core, [FAULT, shelving(3), over, msgspec.structs.replace(FAULT, t_ns=ns(20)), Tick(t_ns=ns(62))])
    assert len(shelved(core.standing_facts())) == 1
    play(core, [Tick(t_ns=ns(63))])
    assert shelved(core.standing_facts()) == []
    assert [fact for fact in core.standing_facts() if isinstance(fact, SensorFault)] != []


def test_it_can_be_put_back_in_sight_at_once() -> None:
    core = StoreCore(small_store())
    said = play(core, [FAULT, shelving(3), shelving(4, for_s=0, reason=""), Tick(t_ns=ns(5))])
    assert [fact.until_ns for fact in shelved(said)] == [ns(63), ns(4)]
    assert shelved(core.standing_facts()) == []


def test_a_reboot_of_the_host_moves_its_end() -> None:
    core = StoreCore(small_store())
    play(core, [FAULT, shelving(1_000)])
    play(core, [Tick(t_ns=ns(10))], boot_epoch=2)
    assert shelved(core.standing_facts())[0].until_ns == ns(70)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (shelving(3, device_id="c2"), "c2 is not covered"),
        (shelving(3, reason=" "), "say why it can wait"),
        (shelving(3, for_s=-1), "30 days at most"),
        (shelving(3, for_s=31 * 86_400), "30 days at most"),
    ],
)
def test_what_cannot_be_set_aside_is_refused_and_changes_nothing(command: CommandGiven, said: str) -> None:
    core = StoreCore(small_store())
    play(core, [FAULT])
    assert said in core.refusal(command.command)
    assert play(core, [command]) == []

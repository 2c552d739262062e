"""Alarms that somebody has set aside: out of sight for a time, however often they come and go meanwhile.

That is shelving as ISA-18.2 has it: with an end, a reason and a name, so that nothing is forgotten.
"""

import msgspec

from engine.core._state import World, fault_key
from engine.domain import AlarmShelved, ShelveAlarm

LONGEST_S = 30 * 86_400


def refusal(world: World, command: ShelveAlarm) -> str:
    """Why an alarm cannot be set aside; empty when it can."""
    if fault_key(command) not in world.state.faults:
        return f"{command.device_id} is not {command.kind}"
    if not 0 <= command.for_s <= LONGEST_S:
        return f"an alarm is set aside for {LONGEST_S // 86_400} days at most"
    if command.for_s and not command.reason.strip():
        return "say why it can wait"
    return ""


def shelve(world: World, command: ShelveAlarm, *, by: str) -> None:
    """Set an alarm aside, or put it back in sight; a command that would be refused changes nothing."""
    if refusal(world, command):
        return
    shelved = AlarmShelved(
        t_ns=world.now_ns,
        device_id=command.device_id,
        kind=command.kind,
        until_ns=world.now_ns + command.for_s * 1_000_000_000,
        reason=command.reason.strip(),
        by=by,
    )
    world.state.shelved[fault_key(shelved)] = shelved
    world.emit(shelved)


def forget(world: World) -> None:
    """Drop what is over."""
    shelved = world.state.shelved
    for key in [key for key, fact in shelved.items() if fact.until_ns <= world.now_ns]:
        del shelved[key]


def rebase(world: World, shift_ns: int) -> None:
    """The host's clock began anew: ends move with it."""
    shelved = world.state.shelved
    for key, fact in shelved.items():
        shelved[key] = msgspec.structs.replace(fact, t_ns=fact.t_ns + shift_ns, until_ns=fact.until_ns + shift_ns)

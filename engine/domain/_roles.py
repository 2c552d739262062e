"""Who may ask what of the engine."""

from enum import StrEnum

import msgspec

from engine.domain._age import CheckAge
from engine.domain._commands import (
    AcceptShelf,
    CannotTell,
    Command,
    EscalateCase,
    ReopenCase,
    ResolveCase,
    ShelveAlarm,
)
from engine.domain._receipt_commands import OpenDispute


class Role(StrEnum):
    """What a person is in the store for. Everybody sees the same; a manager may do everything."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    TECHNICIAN = "technician"
    MANAGER = "manager"


class Operator(msgspec.Struct, frozen=True, kw_only=True):
    """A person whom the engine knows by their key."""

    name: str
    role: Role


_MAY: dict[type[Command], frozenset[Role]] = {
    ResolveCase: frozenset({Role.REVIEWER}),
    CannotTell: frozenset({Role.REVIEWER}),
    EscalateCase: frozenset({Role.REVIEWER}),
    ReopenCase: frozenset({Role.REVIEWER}),
    CheckAge: frozenset({Role.REVIEWER}),
    AcceptShelf: frozenset({Role.TECHNICIAN}),
    ShelveAlarm: frozenset({Role.TECHNICIAN}),
    OpenDispute: frozenset({Role.REVIEWER}),
}


def may(role: Role, command: Command) -> bool:
    """Whether somebody with that role may give the command: what is not granted here is a manager's."""
    return role is Role.MANAGER or role in _MAY.get(type(command), frozenset())


def may_answer(role: Role) -> bool:
    """Whether somebody with that role works on cases, and may have one to themselves."""
    return role is Role.MANAGER or role in _MAY[ResolveCase]

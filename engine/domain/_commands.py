"""What people ask of the engine. A command is answered at once; its effect returns as facts."""

import msgspec

from engine.domain._age import CheckAge
from engine.domain._ids import CaseId, CommandId, ShelfId
from engine.domain._receipt_commands import ReceiptCommand
from engine.domain._verdict import Verdict


class ResolveCase(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Close a flagged case with what the reviewer saw."""

    case_id: CaseId
    verdict: Verdict


class CannotTell(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Leave a case to the store's policy now: the reviewer has looked, and the evidence does not tell."""

    case_id: CaseId


class EscalateCase(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Pass a case on to somebody who may know more, and say why; it is given a full deadline again."""

    case_id: CaseId
    note: str


class ReopenCase(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Take back what a person decided lately: all that it changed is as before, and the case is open again."""

    case_id: CaseId


class AcceptShelf(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Take a shelf as it lies: somebody has looked, and what is missing or over on it is settled."""

    shelf_id: ShelfId


class ShelveAlarm(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Set an alarm aside for ``for_s`` seconds, and say why it can wait; 0 puts it back in sight."""

    device_id: str
    kind: str
    for_s: int
    reason: str = ""


CaseCommand = ResolveCase | CannotTell | EscalateCase | ReopenCase
Command = CaseCommand | CheckAge | AcceptShelf | ShelveAlarm | ReceiptCommand


class Accepted(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The command is journaled; its effect follows."""

    command_id: CommandId


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The command will have no effect, and why."""

    command_id: CommandId
    reason: str

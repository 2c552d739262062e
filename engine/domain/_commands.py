"""What people ask of the engine. A command is answered at once; its effect returns as facts."""

import msgspec

from engine.domain._ids import CaseId, CommandId
from engine.domain._verdict import Verdict


class ResolveCase(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Close a flagged case with what the reviewer saw."""

    case_id: CaseId
    verdict: Verdict


Command = ResolveCase


class Accepted(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The command is journaled; its effect follows."""

    command_id: CommandId


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The command will have no effect, and why."""

    command_id: CommandId
    reason: str

"""What people ask of the engine: commands are let in or refused, and cases belong to whoever looks at them."""

import time
from collections.abc import Callable

import msgspec

from engine.domain import (
    Accepted,
    CaseCommand,
    CaseResolved,
    Command,
    CommandGiven,
    CommandRequest,
    HoldCase,
    InputFact,
    Leases,
    Operator,
    OutputFact,
    Policy,
    Recorded,
    Refused,
    may,
    may_answer,
)
from engine.runtime.corehost._conductor import Conductor
from engine.runtime.corehost._leases import LeaseBook
from engine.runtime.corehost._pipeline import Pipeline


class Door:
    """Commands and leases. ``record`` gives a fact its place among those of the core's process."""

    def __init__(self, policy: Policy, conductor: Conductor, record: Callable[[InputFact], Recorded]) -> None:
        self._conductor = conductor
        self._record = record
        self._leases = LeaseBook(policy.review_lease_s)

    def obey(self, request: CommandRequest, operator: Operator | None, pipeline: Pipeline) -> Accepted | Refused:
        """Let a command in, once; refuse it with the reason when it is not theirs to give or would have no effect."""
        if self._conductor.knows(request.command_id):
            return Accepted(command_id=request.command_id)
        command = request.command
        reason = (
            _forbids(operator, command)
            or pipeline.blocked
            or self._kept(request)
            or self._conductor.core.refusal(command)
        )
        if reason:
            return Refused(command_id=request.command_id, reason=reason)
        by = operator.name if operator is not None else request.by
        given = CommandGiven(t_ns=time.monotonic_ns(), command_id=request.command_id, by=by, command=command)
        recorded = self._record(given)
        pipeline.feed([recorded])
        if pipeline.withdraw(recorded):
            return Refused(command_id=request.command_id, reason=pipeline.blocked)
        return Accepted(command_id=request.command_id)

    def hold(self, asked: HoldCase, operator: Operator | None) -> Leases:
        """Let whoever may answer cases have one if it is free, and tell who has which."""
        now_ns = time.monotonic_ns()
        if operator is None:
            self._leases.hold(asked, now_ns=now_ns)
        elif may_answer(operator.role):
            self._leases.hold(msgspec.structs.replace(asked, by=operator.name), now_ns=now_ns)
        return self._leases.view(now_ns)

    def leases(self) -> Leases:
        """Who has which case now."""
        return self._leases.view(time.monotonic_ns())

    def follow(self, said: list[OutputFact]) -> None:
        """Let go of what is decided."""
        for fact in said:
            if isinstance(fact, CaseResolved):
                self._leases.closed(fact.case_id)

    def _kept(self, request: CommandRequest) -> str:
        if not isinstance(request.command, CaseCommand):
            return ""
        case_id = request.command.case_id
        holder = self._leases.kept_from(case_id, request.console_id, now_ns=time.monotonic_ns())
        return f"{holder} is looking at case {case_id}" if holder else ""


def _forbids(operator: Operator | None, command: Command) -> str:
    """Why that person may not give that command; empty when they may, and where nobody is asked who they are."""
    if operator is None or may(operator.role, command):
        return ""
    return f"{operator.name} is a {operator.role}, who may not do that; ask a manager"

"""What people ask of the core: each command, with all that follows from it."""

from engine.core import _accounting, _age_checks, _alarms, _answering, _asking, _blind, _hindsight, _refunds, _undoing
from engine.core._cases import Case
from engine.core._decisions import Booked
from engine.core._state import World
from engine.domain import (
    AcceptShelf,
    CannotTell,
    CheckAge,
    Command,
    CommandGiven,
    EscalateCase,
    OpenDispute,
    RefundLine,
    ReopenCase,
    ResolveCase,
    SettleDispute,
    ShelveAlarm,
)


def refusal(world: World, command: Command) -> str:
    """Why a command would have no effect now; empty when it may be accepted."""
    match command:
        case AcceptShelf():
            return _accounting.refusal(world, command)
        case CheckAge():
            return _age_checks.refusal(world, command)
        case ShelveAlarm():
            return _alarms.refusal(world, command)
        case RefundLine() | OpenDispute() | SettleDispute():
            return _refunds.refusal(world, command)
        case ReopenCase():
            return _undoing.refusal(world, command)
        case ResolveCase() | CannotTell() | EscalateCase():
            return _answering.refusal(world, command)


def obey(world: World, given: CommandGiven) -> None:
    """Act on a command; one that would be refused changes nothing."""
    command, by = given.command, given.by
    if refusal(world, command):
        return
    match command:
        case AcceptShelf():
            _accounting.accept(world, command, by=by)
        case CheckAge():
            _age_checks.check(world, command, by=by)
        case ShelveAlarm():
            _alarms.shelve(world, command, by=by)
        case RefundLine() | OpenDispute() | SettleDispute():
            _refunds.obey(world, given, command)
        case ReopenCase():
            _undoing.take_back(world, command, by=by)
        case EscalateCase():
            _asking.escalate(world, world.state.cases.open[command.case_id], by=by, note=command.note)
        case ResolveCase():
            _resolve(world, world.state.cases.open[command.case_id], command, by=by)
        case CannotTell():
            _leave(world, world.state.cases.open[command.case_id], by=by)


def _resolve(world: World, case: Case, command: ResolveCase, *, by: str) -> None:
    """A person says what it was: that tells of other steps too, and of what a unit weighs."""
    before = _undoing.Before.of(world, case)
    _blind.answered(world, case)
    _answering.resolve(world, case, command.verdict, by=by)
    _hindsight.answered(world, case.question.step_id, command.verdict)
    booked = _accounting.answered(world, case, command.verdict)
    _asking.balance(world)
    _undoing.note(world, before, command.verdict, by=by, booked=booked)


def _leave(world: World, case: Case, *, by: str) -> None:
    """A person cannot tell: the policy decides, and later facts may still tell otherwise."""
    before = _undoing.Before.of(world, case)
    verdict = _answering.leave_to_policy(world, case, left_by=by)
    _asking.balance(world)
    _undoing.note(world, before, verdict, by=by, booked=Booked())

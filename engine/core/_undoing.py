"""Taking decisions back: carts, stock and other cases as if the answer had not been given."""

from dataclasses import dataclass

import msgspec

from engine.core import _accounting, _blind
from engine.core._answering import end
from engine.core._asking import deadline_ns, open_case
from engine.core._carts import Entry
from engine.core._cases import Case
from engine.core._decisions import Booked, Change, Decision
from engine.core._doubts import Thread
from engine.core._state import World
from engine.core._statements import say, withdraw
from engine.domain import NOTHING_TAKEN, CaseId, CaseReopened, LineId, ReopenCase, StepId, Stocked, Verdict

_TAKEN_BACK = "taken back"


@dataclass(frozen=True, kw_only=True)
class Before:
    """What may change by an answer, as it was."""

    case: Case
    lines: dict[LineId, Entry]
    open: dict[CaseId, Case]
    thread: Thread | None
    said: int

    @classmethod
    def of(cls, world: World, case: Case) -> "Before":
        """Look at the world before a case is answered."""
        found = world.state.doubts.of_step(case.question.step_id)
        thread = Thread(doubts=list(found[0].doubts), guesses=list(found[0].guesses)) if found is not None else None
        lines, cases = dict(world.state.carts.entries), dict(world.state.cases.open)
        return cls(case=case, lines=lines, open=cases, thread=thread, said=len(world.said))


def note(world: World, before: Before, verdict: Verdict, *, by: str, booked: Booked) -> None:
    """Remember what an answer changed."""
    lines, cases = world.state.carts.entries, world.state.cases.open
    changes = {
        line_id: Change(before=before.lines.get(line_id), after=lines.get(line_id))
        for line_id in before.lines | lines
        if before.lines.get(line_id) is not lines.get(line_id)
    }
    own = before.case.question.case_id
    decision = Decision(
        case=before.case,
        verdict=verdict,
        by=by,
        at_ns=world.now_ns,
        lines=changes,
        opened=tuple(case_id for case_id in cases if case_id not in before.open),
        closed=tuple(case for case_id, case in before.open.items() if case_id not in cases and case_id != own),
        stocked=tuple(fact.step_id for fact in world.said[before.said :] if isinstance(fact, Stocked)),
        thread=before.thread,
        booked=booked,
    )
    world.state.decisions.note(decision)


def refusal(world: World, command: ReopenCase) -> str:
    """Why a decision cannot be taken back; empty when it can."""
    decision = world.state.decisions.of(command.case_id)
    if decision is None:
        return f"nobody decided case {command.case_id} so lately that it could be taken back"
    change = decision.lines.get(decision.case.line_id)
    if change is not None and world.state.carts.entries.get(decision.case.line_id) != change.after:
        return f"later facts have settled what case {command.case_id} was about"
    for entry in (change.before for change in decision.lines.values()):
        if entry is not None and entry.statement.visit_id not in world.state.visits.known:
            return f"visit {entry.statement.visit_id} is over for good; refund what was wrong"
    return ""


def take_back(world: World, command: ReopenCase, *, by: str) -> None:
    """Let a decision not have been; what was said since of the same lines stands."""
    decision = world.state.decisions.of(command.case_id)
    if decision is None or refusal(world, command):
        return
    world.state.decisions.made.remove(decision)
    _blind.answered(world, decision.case, undo=True)
    _accounting.taken_back(world, decision)
    for case_id in decision.opened:
        if case_id in world.state.cases.open:
            end(world, world.state.cases.open[case_id], NOTHING_TAKEN, _TAKEN_BACK)
    kept = {change.after.statement.step_id for change in _restored(world, decision) if change.after is not None}
    if decision.thread is not None:
        _doubt_again(world, decision.thread, decision.case.question.step_id)
    asked = {case.question.step_id for case in world.state.cases.open.values()}
    for case in decision.closed:
        if case.question.step_id not in kept | asked:
            _reopen(world, case, by=by)
    _reopen(world, decision.case, by=by)
    _accounting.look(world, decision.case.question.shelf_id)


def _restored(world: World, decision: Decision) -> list[Change]:
    """Let the lines be as they were; those of which something else has been said since are left, and returned."""
    left: list[Change] = []
    for line_id, change in reversed(decision.lines.items()):
        if world.state.carts.entries.get(line_id) != change.after:
            left.append(change)
        elif change.before is None:
            withdraw(world, line_id, cause=_TAKEN_BACK)
        else:
            statement = msgspec.structs.replace(change.before.statement, t_ns=world.now_ns)
            say(world, msgspec.structs.replace(change.before, statement=statement))
    return left


def _reopen(world: World, case: Case, *, by: str) -> None:
    """Ask again: with as much time as the first time, since whoever takes it back wants to answer otherwise."""
    case_id, until_ns = case.question.case_id, deadline_ns(world, world.now_ns)
    world.emit(CaseReopened(t_ns=world.now_ns, case_id=case_id, reopened_by=by))
    question = msgspec.structs.replace(case.question, t_ns=world.now_ns, deadline_ns=until_ns)
    open_case(world, Case(question=question, line_id=case.line_id, plate_id=case.plate_id, deadline_ns=until_ns))


def _doubt_again(world: World, thread: Thread, step_id: StepId) -> None:
    """Let a step be doubtful again, together with those beside it that no later step bears on."""
    doubts = world.state.doubts
    ids = {doubt.step.step_id for doubt in thread.doubts}
    untouched = [t for t in doubts.threads if {doubt.step.step_id for doubt in t.doubts} <= ids]
    again = {step_id} | {doubt.step.step_id for t in untouched for doubt in t.doubts}
    doubts.known(again)
    keep = [at for at, doubt in enumerate(thread.doubts) if doubt.step.step_id in again]
    doubts.threads.append(thread if len(keep) == len(thread.doubts) else thread.without(keep))

"""Deciding cases by keys, in a real window against a peer made of real sockets."""

from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.model import DecisionStage
from console.qt import ConsoleWindow
from engine.domain import (
    Accepted,
    CannotTell,
    CaseId,
    CaseReopened,
    CaseResolved,
    CommandRequest,
    EscalateCase,
    Escalation,
    NeedsReview,
    Refused,
    ReopenCase,
    ResolveCase,
)
from tests.console import trade
from tests.console.driving import ANNA, BERT, LONG_MS, begin_review, items_of, press, shoot, stage_of, verdict_of
from tests.console.engine_standin import EngineStandIn
from tests.console.trade import NOW, S


def test_one_key_accepts_and_the_cart_follows_the_fact(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    begin_review(qtbot, window)
    press(window, "2")
    qtbot.waitUntil(lambda: len(engine.commands) == 1, timeout=LONG_MS)
    [request] = engine.commands
    bert = trade.who_case().hypotheses[1].verdict
    assert request.command == ResolveCase(case_id=trade.WHO_CASE, verdict=bert)
    qtbot.waitUntil(lambda: stage_of(window) is DecisionStage.ACCEPTED, timeout=LONG_MS)
    assert (items_of(window, ANNA), items_of(window, BERT)) == (5, 3)
    assert window.review.case_id == trade.WHAT_CASE

    engine.say(
        trade.picked("L4", "m4x9tt", "olive"),
        CaseResolved(t_ns=NOW, case_id=trade.WHO_CASE, verdict=bert, decided_by=request.by),
    )
    qtbot.waitUntil(lambda: trade.WHO_CASE not in window.model.review.cases, timeout=LONG_MS)
    assert items_of(window, BERT) == 4


def test_enter_accepts_the_likeliest_and_n_says_that_nothing_was_taken(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    begin_review(qtbot, window)
    press(window, Qt.Key.Key_Return)
    press(window, "n")  # too soon for the next case: nobody can have looked at it
    qtbot.waitUntil(lambda: len(engine.commands) == 1, timeout=LONG_MS)
    qtbot.waitUntil(window.review.ready, timeout=LONG_MS)
    press(window, "n")
    qtbot.waitUntil(lambda: len(engine.commands) == 2, timeout=LONG_MS)
    first, second = (verdict_of(request) for request in engine.commands)
    assert first == trade.who_case().hypotheses[0].verdict
    assert (second.visit_id, second.sku_id, second.quantity) == (None, None, 0)
    qtbot.waitUntil(lambda: window.review.headline.text() == "Nothing waits for you", timeout=LONG_MS)


def test_a_reviewer_who_knows_better_types_the_product(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    begin_review(qtbot, window)
    press(window, "s")
    press(window, "rice")
    shoot(window, "4-review-search")
    press(window, Qt.Key.Key_Tab)
    press(window, Qt.Key.Key_Down)
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(engine.commands) == 1, timeout=LONG_MS)
    verdict = verdict_of(engine.commands[0])
    assert (verdict.visit_id, verdict.sku_id, verdict.quantity) == (BERT, "rice", 1)


def test_a_refusal_is_shown_and_the_case_stays(qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow) -> None:
    def refuse(request: CommandRequest) -> Accepted | Refused:
        return Refused(command_id=request.command_id, reason="the case is closed")

    engine.answer = refuse
    begin_review(qtbot, window)
    press(window, "1")
    qtbot.waitUntil(lambda: stage_of(window) is DecisionStage.REFUSED, timeout=LONG_MS)
    qtbot.waitUntil(lambda: window.review.queue.table.rows[0].key == trade.WHO_CASE, timeout=LONG_MS)
    press(window, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: "refused: the case is closed" in window.review.deciding.answer.text(), timeout=LONG_MS)
    assert trade.WHO_CASE in window.model.review.cases


def test_the_clip_plays_stops_and_steps(qtbot: QtBot, window: ConsoleWindow) -> None:
    begin_review(qtbot, window)
    player = window.review.player
    qtbot.waitUntil(lambda: player.instant_ns > trade.who_case().start_ns - 3 * S, timeout=LONG_MS)
    press(window, Qt.Key.Key_Space)
    before_ns = player.instant_ns
    press(window, Qt.Key.Key_Right)
    assert not player.playing
    assert 0 < player.instant_ns - before_ns <= S // 10
    press(window, Qt.Key.Key_Left)
    press(window, Qt.Key.Key_Left)
    assert player.instant_ns < before_ns


def test_backspace_takes_the_last_decision_back_and_its_case_comes_again(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    begin_review(qtbot, window)
    press(window, "2")
    qtbot.waitUntil(lambda: stage_of(window) is DecisionStage.ACCEPTED, timeout=LONG_MS)
    bert = trade.who_case().hypotheses[1].verdict
    engine.say(CaseResolved(t_ns=NOW, case_id=trade.WHO_CASE, verdict=bert, decided_by=engine.commands[0].by))
    qtbot.waitUntil(lambda: stage_of(window) is DecisionStage.CLOSED, timeout=LONG_MS)
    press(window, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: len(engine.commands) == 2, timeout=LONG_MS)
    assert engine.commands[1].command == ReopenCase(case_id=trade.WHO_CASE)
    engine.say(CaseReopened(t_ns=NOW, case_id=trade.WHO_CASE, reopened_by="x"), trade.who_case())
    qtbot.waitUntil(lambda: window.review.case_id == trade.WHO_CASE and window.review.ready(), timeout=LONG_MS)
    assert stage_of(window) is DecisionStage.TAKEN_BACK
    press(window, Qt.Key.Key_Backspace)  # there is nothing more to take back
    press(window, "u")
    qtbot.waitUntil(lambda: len(engine.commands) == 3, timeout=LONG_MS)
    assert engine.commands[2].command == CannotTell(case_id=trade.WHO_CASE)


def test_two_keys_say_that_it_was_somebody_else_or_so_many(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    begin_review(qtbot, window)
    press(window, "o")
    shoot(window, "4-review-others")
    press(window, Qt.Key.Key_Escape)
    press(window, "o")
    press(window, "1")
    qtbot.waitUntil(lambda: len(engine.commands) == 1, timeout=LONG_MS)
    qtbot.waitUntil(window.review.ready, timeout=LONG_MS)
    press(window, "q")
    press(window, "3")
    qtbot.waitUntil(lambda: len(engine.commands) == 2, timeout=LONG_MS)
    first, second = (verdict_of(request) for request in engine.commands)
    assert (first.visit_id, first.sku_id, first.quantity) == (BERT, "olive", 1)
    assert (second.visit_id, second.sku_id, second.quantity) == ("c83wpa", "soap", 3)


def test_what_was_put_elsewhere_is_in_nobodys_cart(qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow) -> None:
    begin_review(qtbot, window)
    press(window, "p")
    qtbot.waitUntil(lambda: len(engine.commands) == 1, timeout=LONG_MS)
    verdict = verdict_of(engine.commands[0])
    assert (verdict.visit_id, verdict.sku_id, verdict.quantity) == (None, "olive", 1)


def test_a_case_is_passed_on_with_a_note_and_comes_to_others(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    begin_review(qtbot, window)
    press(window, "e")
    press(window, Qt.Key.Key_Return)
    assert not engine.commands, "without a note it stays"
    press(window, "two bottles, one hand: 1 or 2?")
    shoot(window, "4-review-passing-on")
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(engine.commands) == 1, timeout=LONG_MS)
    request = engine.commands[0]
    assert request.command == EscalateCase(case_id=trade.WHO_CASE, note="two bottles, one hand: 1 or 2?")
    engine.say(passed_on(by=request.by))
    qtbot.waitUntil(lambda: stage_of(window) is DecisionStage.CLOSED, timeout=LONG_MS)
    assert trade.WHO_CASE in window.model.review.cases
    assert window.review.case_id == trade.WHAT_CASE
    assert window.review.needs_person() == 1, "what we passed on does not wait for us"
    press(window, Qt.Key.Key_Backspace)  # what is passed on cannot be taken back
    qtbot.waitUntil(window.review.ready, timeout=LONG_MS)
    press(window, "1")
    qtbot.waitUntil(lambda: window.review.headline.text() == "Nothing waits for you", timeout=LONG_MS)
    assert "1 passed on to others" in window.review.about.text()
    qtbot.waitUntil(lambda: len(engine.commands) == 2, timeout=LONG_MS)
    qtbot.waitUntil(lambda: window.review.tally.text().endswith("1 as suggested; 1 passed on"), timeout=LONG_MS)


def test_a_note_of_somebody_else_stands_over_the_case(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    begin_review(qtbot, window)
    engine.say(passed_on(by="bo"))
    qtbot.waitUntil(lambda: window.review.about.text().startswith("bo passed it on: which"), timeout=LONG_MS)
    assert window.review.case_id == trade.WHO_CASE
    press(window, "e")
    press(window, Qt.Key.Key_Return)  # it cannot be passed on twice: the key does nothing, and Enter accepts
    qtbot.waitUntil(lambda: len(engine.commands) == 1, timeout=LONG_MS)
    assert verdict_of(engine.commands[0]) == trade.who_case().hypotheses[0].verdict


def test_a_part_of_what_moved_at_once_explains_so_much_of_it(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    begin_review(qtbot, window)
    shown = window.review.deciding.choices.buttons[0]
    assert shown.accessibleDescription().startswith("921 g expected, 923 g measured")
    other = replace(trade.who_case(), case_id=CaseId("the-other-part"), line_id=None, deadline_ns=NOW + 99 * S)
    engine.say(other)
    qtbot.waitUntil(
        lambda: shown.accessibleDescription().startswith("921 g of 923 g that moved at once"), timeout=LONG_MS
    )


def passed_on(*, by: str) -> NeedsReview:
    return replace(trade.who_case(), t_ns=NOW, escalation=Escalation(by=by, note="which of the two?"))

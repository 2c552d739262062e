"""Alarms on the health page: read, set aside with a reason, put back, and a flood of them."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.model import FLOOD
from console.qt import ConsoleWindow
from console.qt._alarms import AlarmList
from engine.domain import AlarmShelved, CommandRequest, Refused, SensorFault, SensorRecovered, ShelveAlarm
from tests.console import scene
from tests.console.driving import LONG_MS, press, turn_to
from tests.console.engine_standin import EngineStandIn
from tests.console.trade import NOW, S

HOUR_S = 3600


def stuck(number: int = 6) -> SensorFault:
    return SensorFault(
        t_ns=NOW + number,
        device_id=f"A-4-{number}",
        kind="stuck",
        cause="Its cell repeats one value",
        consequence="It is not weighed",
        remedy="Check its load cell",
    )


def aside(*, until_ns: int) -> AlarmShelved:
    return AlarmShelved(
        t_ns=NOW, device_id="A-4-6", kind="stuck", until_ns=until_ns, reason="a new cell is ordered", by="anna"
    )


def on_the_alarm(qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow) -> AlarmList:
    """The health page, with the keyboard on its one alarm."""
    engine.say(stuck())
    turn_to(qtbot, window, Qt.Key.Key_F7)
    qtbot.waitUntil(lambda: texts(window.health.alarms)[:1] == ["A-4-6: stuck"], timeout=LONG_MS)
    return window.health.alarms


def texts(alarms: AlarmList) -> list[str]:
    return [row.cells[1].text for row in alarms.rows.table.rows]


def test_an_alarm_is_on_the_health_page_until_it_is_over(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    alarms = on_the_alarm(qtbot, engine, window)
    said = " ".join(cell.text for cell in alarms.rows.table.rows[0].cells)
    assert all(words in said for words in (stuck().consequence, stuck().remedy))
    assert stuck().cause in alarms.hint.text()
    engine.say(SensorRecovered(t_ns=NOW + S, device_id="A-4-6", kind="stuck"))
    qtbot.waitUntil(lambda: alarms.hint.text() == "Nothing needs a person.", timeout=LONG_MS)
    assert not alarms.rows.isVisible()


def test_an_alarm_is_set_aside_by_keys_alone_and_stands_until_the_engine_says_so(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    alarms = on_the_alarm(qtbot, engine, window)
    assert "Its cell repeats one value. Enter sets it aside" in alarms.hint.text()
    press(window, Qt.Key.Key_Return)
    press(window, Qt.Key.Key_Return)
    assert engine.commands == [], "without a reason nothing is set aside"
    press(window, "a new cell is ordered")
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(engine.commands) == 1, timeout=LONG_MS)
    assert engine.commands[0].command == ShelveAlarm(
        device_id="A-4-6", kind="stuck", for_s=HOUR_S, reason="a new cell is ordered"
    )
    assert window.health.needs_person() == 1
    engine.say(aside(until_ns=NOW + HOUR_S * S))
    qtbot.waitUntil(lambda: window.health.needs_person() == 0, timeout=LONG_MS)
    qtbot.waitUntil(lambda: "by anna" in alarms.rows.table.rows[0].cells[2].text, timeout=LONG_MS)
    alarms.rows.selectRow(0)
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(engine.commands) == 2, timeout=LONG_MS)
    assert engine.commands[1].command == ShelveAlarm(device_id="A-4-6", kind="stuck", for_s=0)


def test_what_was_set_aside_comes_back_by_itself_and_goes_when_it_is_over(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    engine.say(stuck())
    engine.say(aside(until_ns=NOW + 60 * S))
    qtbot.waitUntil(lambda: len(window.model.health.shelved()) == 1, timeout=LONG_MS)
    engine.say(scene.health(NOW + 61 * S))
    qtbot.waitUntil(lambda: window.health.needs_person() == 1, timeout=LONG_MS)
    assert window.model.health.shelved() == []
    engine.say(SensorRecovered(t_ns=NOW + 62 * S, device_id="A-4-6", kind="stuck"))
    qtbot.waitUntil(lambda: window.health.needs_person() == 0, timeout=LONG_MS)


def test_an_engine_that_does_not_set_it_aside_says_why(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    def refuse(request: CommandRequest) -> Refused:
        return Refused(command_id=request.command_id, reason="ana is a viewer, who may not do that")

    engine.answer = refuse
    alarms = on_the_alarm(qtbot, engine, window)
    press(window, Qt.Key.Key_Return)
    press(window, "later")
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Not set aside: ana is a viewer" in alarms.hint.text(), timeout=LONG_MS)


def test_escape_leaves_it_where_it_is(qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow) -> None:
    alarms = on_the_alarm(qtbot, engine, window)
    press(window, Qt.Key.Key_Return)
    press(window, "later")
    press(window, Qt.Key.Key_Escape)
    assert not alarms.reason.isVisible()
    assert alarms.rows.hasFocus()
    assert engine.commands == []


def test_a_flood_is_one_line_a_kind_and_is_set_aside_as_one(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    turn_to(qtbot, window, Qt.Key.Key_F7)
    for number in range(FLOOD):
        engine.say(stuck(number))
    qtbot.waitUntil(lambda: len(texts(window.health.alarms)) == FLOOD, timeout=LONG_MS)
    engine.say(stuck(FLOOD))
    qtbot.waitUntil(lambda: texts(window.health.alarms) == [f"{FLOOD + 1} devices: stuck"], timeout=LONG_MS)
    press(window, Qt.Key.Key_F7)  # to what needs a person, now that there is something
    window.health.alarms.rows.selectRow(0)
    press(window, Qt.Key.Key_Return)
    press(window, "the controller is being changed")
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(engine.commands) == FLOOD + 1, timeout=LONG_MS)

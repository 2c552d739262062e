"""Parts of the window on their own: the mailbox's bounds, exact row changes, the process."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from console.qt import _link
from console.qt._link import EngineLost, Mailbox
from console.qt._table import Cell, Column, KeyedTable, Row
from console.qt._theme import Appearance, Theme
from engine.domain import Snapshot, VisitId, VisitLeft
from engine.wire import FACTS, FLOOR, Published
from tests.console import scene


def fact(seq: int) -> Published:
    return Published(topic=FACTS, epoch=1, seq=seq, body=VisitLeft(t_ns=seq, visit_id=VisitId("v")))


def floor(t_ns: int) -> Published:
    return Published(topic=FLOOR, epoch=1, seq=0, body=scene.floor_view(t_ns, []))


def snapshot(seq: int) -> Snapshot:
    return Snapshot(epoch=1, seq=seq, t_ns=0, wall_ns=0, store=scene.store(), facts=(), backgrounds=())


def test_the_mailbox_keeps_every_fact_and_the_newest_view() -> None:
    rings: list[int] = []
    box = Mailbox(lambda: rings.append(1))
    for message in (fact(1), floor(1), fact(2), floor(2)):
        assert box.put(message)
    assert [delivery.message for delivery in box.take()] == [fact(1), fact(2), floor(2)]
    assert list(box.take()) == []
    assert rings == [1]


def test_a_snapshot_replaces_the_facts_before_it_and_nothing_else() -> None:
    box = Mailbox(lambda: None)
    lost = EngineLost("no answer")
    for message in (lost, fact(1), snapshot(1), fact(2)):
        box.put(message)
    assert [delivery.message for delivery in box.take()] == [lost, snapshot(1), fact(2)]


def test_a_mailbox_that_nobody_empties_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_link, "FACTS_KEPT", 3)
    box = Mailbox(lambda: None)
    assert [box.put(fact(seq)) for seq in range(1, 5)] == [True, True, True, False]
    assert list(box.take()) == []


@pytest.mark.parametrize("wanted", ["", "a", "abc", "cba", "xaybzc", "bcd", "dcab"])
def test_rows_become_what_is_wanted_by_changes_that_qt_can_follow(qapp: QApplication, wanted: str) -> None:
    table = KeyedTable((Column("", stretch=True),), Theme(Appearance.DARK))
    QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for rows in ("abcd", wanted, wanted.upper().lower()[::-1]):
        table.show([Row(key, (Cell(f"{key} in {rows}"),)) for key in rows])
        assert [row.cells[0].text for row in table.rows] == [f"{key} in {rows}" for key in rows]


def test_a_console_without_an_engine_ends_with_1() -> None:
    arguments = ["--state", "tcp://127.0.0.1:9", "--door", "tcp://127.0.0.1:9", "--seconds", "0.2"]
    command = [sys.executable, "-m", "console", *arguments]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], check=False, capture_output=True, timeout=30)
    assert (done.returncode, done.stdout) == (1, b"")

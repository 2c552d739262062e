"""Senders and the inbox over real sockets: the core goes away and comes back, garbage arrives, the core is slow."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import zmq

from engine.domain import CameraHealth, CameraId, FramesDropped, PersonsSeen, Recorded
from engine.runtime.inbox import FactSender, Inbox, ShownView
from tests.runtime.build import seen, settled, wait_for

CONTEXT = zmq.Context[zmq.Socket[bytes]]


@pytest.fixture
def context() -> Iterator[CONTEXT]:
    context = zmq.Context()
    yield context
    context.destroy(linger=0)


@pytest.fixture
def endpoint(tmp_path: Path) -> str:
    return f"ipc://{tmp_path}/inbox"


def collect(inbox: Inbox, *, into: list[Recorded], count: int) -> None:
    def enough() -> bool:
        into.extend(inbox.receive().facts)
        return len(into) >= count

    wait_for(enough)


def test_facts_arrive_once_and_in_order_and_are_acknowledged_after_the_journal(context: CONTEXT, endpoint: str) -> None:
    sender = FactSender(endpoint, "shelves", lossless=True)
    inbox = Inbox(context, endpoint, boot_epoch=7, journaled={})
    for t_ms in range(300):
        sender.send(settled(t_ms))
    got: list[Recorded] = []
    collect(inbox, into=got, count=256)
    assert sender.status.waiting == 300
    inbox.journaled(got)
    collect(inbox, into=got, count=300)
    inbox.journaled(got)
    wait_for(lambda: sender.status.waiting == 0)
    assert [entry.fact for entry in got] == [settled(t_ms) for t_ms in range(300)]
    assert {(entry.boot_epoch, entry.source) for entry in got} == {(7, "shelves")}
    assert sender.close() == 0
    inbox.close()


def test_what_the_core_had_not_journaled_comes_again_after_its_restart(context: CONTEXT, endpoint: str) -> None:
    sender = FactSender(endpoint, "shelves", lossless=True)
    first = Inbox(context, endpoint, boot_epoch=7, journaled={})
    for t_ms in range(5):
        sender.send(settled(t_ms))
    got: list[Recorded] = []
    collect(first, into=got, count=5)
    journaled = got[:2]  # written, but the acknowledgement is never sent: the core dies
    first.close()
    for t_ms in range(5, 8):
        sender.send(settled(t_ms))
    second = Inbox(context, endpoint, boot_epoch=7, journaled={"shelves": journaled[-1].seq})
    again: list[Recorded] = []
    collect(second, into=again, count=6)
    second.journaled(again)
    wait_for(lambda: sender.status.waiting == 0)
    assert [entry.fact for entry in journaled + again] == [settled(t_ms) for t_ms in range(8)]
    sender.close()
    second.close()


def test_a_restarted_sender_is_heard(context: CONTEXT, endpoint: str) -> None:
    inbox = Inbox(context, endpoint, boot_epoch=7, journaled={})
    got: list[Recorded] = []
    for t_ms in (1, 2):
        sender = FactSender(endpoint, "shelves", lossless=True)
        sender.send(settled(t_ms))
        collect(inbox, into=got, count=t_ms)
        inbox.journaled(got)
        assert sender.close() == 0
    assert [entry.fact for entry in got] == [settled(1), settled(2)]
    inbox.close()


def test_a_slow_core_gets_the_newest_frame_and_the_number_of_lost_ones(context: CONTEXT, endpoint: str) -> None:
    inbox = Inbox(context, endpoint, boot_epoch=7, journaled={})
    sender = FactSender(endpoint, "perception-0", lossless=False)
    for t_ms in range(200):
        sender.send(seen(t_ms))
    wait_for(lambda: sender.status.waiting <= 10)
    got: list[Recorded] = []

    def caught_up() -> bool:
        got.extend(inbox.receive().facts)
        return sender.status.waiting == 0

    wait_for(caught_up)
    frames = [entry.fact for entry in got if isinstance(entry.fact, PersonsSeen)]
    lost = sum(entry.fact.count for entry in got if isinstance(entry.fact, FramesDropped))
    assert frames[-1] == seen(199)
    assert len(frames) + lost == 200
    assert lost == sender.status.dropped["c1"]
    sender.close()
    inbox.close()


def test_views_pass_and_garbage_is_counted(context: CONTEXT, endpoint: str) -> None:
    inbox = Inbox(context, endpoint, boot_epoch=7, journaled={})
    vandal = context.socket(zmq.DEALER)
    vandal.connect(endpoint)
    vandal.send(b"\xff not msgpack")
    vandal.close(linger=1000)
    health = CameraHealth(camera_id=CameraId("c1"), fps=9.9, lag_ms=40.0, drops=())
    sender = FactSender(endpoint, "perception-0", lossless=False)
    sender.show(health)
    shown: list[ShownView] = []

    def both_came() -> bool:
        shown.extend(inbox.receive().views)
        return bool(shown) and inbox.unreadable == 1

    wait_for(both_came)
    assert shown == [health]
    sender.close()
    inbox.close()

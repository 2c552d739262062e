"""What a sender keeps, drops and sends again."""

from engine.domain import FramesDropped, SensorFault, SensorRecovered
from engine.runtime.inbox._outbox import LatestOutbox, LosslessOutbox
from tests.runtime.build import seen, settled


def test_lossless_facts_are_kept_until_acknowledged_and_sent_again() -> None:
    outbox = LosslessOutbox(first_seq=10, capacity=100)
    for t_ms in (1, 2, 3):
        assert outbox.put(settled(t_ms))
    assert [(out.seq, out.after) for out in outbox.outgoing()] == [(10, 0), (11, 10), (12, 11)]
    assert outbox.outgoing() == []
    outbox.acked(10)
    outbox.rewind()
    assert [(out.seq, out.after) for out in outbox.outgoing()] == [(11, 0), (12, 11)]
    outbox.acked(12)
    assert (outbox.waiting, outbox.in_flight) == (0, 0)


def test_a_full_lossless_outbox_refuses_and_keeps_the_oldest() -> None:
    outbox = LosslessOutbox(first_seq=1, capacity=2)
    assert [outbox.put(settled(t_ms)) for t_ms in (1, 2, 3)] == [True, True, False]
    assert [out.fact.t_ns for out in outbox.outgoing()] == [1_000_000, 2_000_000]


def test_the_newest_frame_of_each_camera_wins_and_the_drop_is_told() -> None:
    outbox = LatestOutbox(first_seq=1)
    for t_ms in range(1, 9):
        outbox.put(seen(t_ms, camera=f"c{t_ms}"))
    assert len(outbox.outgoing()) == 8  # the window is full from here
    for t_ms in (20, 21, 22):
        outbox.put(seen(t_ms, camera="c1"))
    assert outbox.outgoing() == []
    outbox.acked(8)
    drops, frame = sorted((out.fact for out in outbox.outgoing()), key=lambda fact: type(fact).__name__)
    assert isinstance(drops, FramesDropped)
    assert (drops.camera_id, drops.count, drops.cause) == ("c1", 2, "core slow")
    assert frame == seen(22, camera="c1")
    assert outbox.dropped == {"c1": 2}


def test_drop_counts_survive_a_lost_connection() -> None:
    outbox = LatestOutbox(first_seq=1)
    outbox.put(seen(1))
    outbox.put(seen(2))
    outbox.outgoing()
    outbox.rewind()
    (drops,) = (out.fact for out in outbox.outgoing())
    assert isinstance(drops, FramesDropped)
    assert drops.count == 2


def test_an_alarm_that_was_on_its_way_goes_again_unless_a_newer_one_waits() -> None:
    fault = SensorFault(t_ns=1, device_id="c1", kind="moved", remedy="turn it back")
    over = SensorRecovered(t_ns=2, device_id="c1", kind="moved")
    outbox = LatestOutbox(first_seq=1)
    outbox.put(fault)
    outbox.outgoing()
    outbox.rewind()
    assert [sent.fact for sent in outbox.outgoing()] == [fault]
    outbox.put(over)
    outbox.rewind()
    assert [sent.fact for sent in outbox.outgoing()] == [over]
    assert outbox.dropped.total() == 0

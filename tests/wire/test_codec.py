"""What is encoded comes back the same; whatever else arrives is a ``FrameError`` and nothing worse."""

from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.domain import InputFact, Recorded, Reply, Request, Snapshot, Tick, VisitId, VisitLeft
from engine.store import StoreFolder
from engine.wire import (
    FACTS,
    TOPICS,
    FrameError,
    Topic,
    decode_published,
    decode_reply,
    decode_request,
    encode_published,
    encode_reply,
    encode_request,
)
from tests.wire.values import messages_of, values_of

DECODERS = (decode_published, decode_request, decode_reply)
ROUND_TRIPS = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PUBLISHED = [(topic, kind) for topic in TOPICS for kind in messages_of(topic.body)]


@pytest.mark.parametrize(("topic", "kind"), PUBLISHED, ids=lambda each: getattr(each, "__name__", ""))
@ROUND_TRIPS
@given(data=st.data(), epoch=st.integers(0, 2**63 - 1), seq=st.integers(0, 2**63 - 1))
def test_a_publication_comes_back_the_same(
    topic: Topic, kind: type[msgspec.Struct], data: st.DataObject, epoch: int, seq: int
) -> None:
    body: Any = data.draw(values_of(kind))
    frame = encode_published(topic, body, epoch=epoch, seq=seq)
    assert frame.startswith(topic.name.encode() + b"\0")
    published = decode_published(frame)
    assert (published.topic, published.epoch, published.seq, published.body) == (topic, epoch, seq, body)
    assert type(published.body) is kind


@pytest.mark.parametrize("kind", messages_of(InputFact), ids=lambda kind: kind.__name__)
@ROUND_TRIPS
@given(data=st.data())
def test_a_journal_entry_comes_back_the_same(kind: type[msgspec.Struct], data: st.DataObject) -> None:
    entry = Recorded(boot_epoch=1, source="here", seq=1, fact=data.draw(values_of(kind)))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(entry), type=Recorded) == entry


@pytest.mark.parametrize("kind", messages_of(Request), ids=lambda kind: kind.__name__)
@ROUND_TRIPS
@given(data=st.data())
def test_a_request_comes_back_the_same(kind: type[msgspec.Struct], data: st.DataObject) -> None:
    request: Any = data.draw(values_of(kind))
    assert decode_request(encode_request(request)) == request


@pytest.mark.parametrize(
    "kind", [each for each in messages_of(Reply) if each is not Snapshot], ids=lambda k: k.__name__
)
@ROUND_TRIPS
@given(data=st.data())
def test_a_reply_comes_back_the_same(kind: type[msgspec.Struct], data: st.DataObject) -> None:
    reply: Any = data.draw(values_of(kind))
    assert decode_reply(encode_reply(reply)) == reply


def test_a_snapshot_carries_a_whole_store(demo: StoreFolder) -> None:
    snapshot = Snapshot(epoch=7, seq=3, t_ns=1, wall_ns=2, store=demo.store, facts=(), backgrounds=())
    assert decode_reply(encode_reply(snapshot)) == snapshot


def test_fields_of_a_later_version_are_tolerated_everywhere(demo: StoreFolder) -> None:
    snapshot = Snapshot(epoch=7, seq=3, t_ns=1, wall_ns=2, store=demo.store, facts=(), backgrounds=())
    later = msgspec.msgpack.decode(encode_reply(snapshot))
    for part in (later, later["store"], later["store"]["cameras"][0]["calibration"], later["store"]["policy"]):
        part["of_tomorrow"] = [1, {"deep": True}]
    assert decode_reply(msgspec.msgpack.encode(later)) == snapshot


def test_an_unknown_tag_and_an_unknown_topic_are_frame_errors() -> None:
    left = VisitLeft(t_ns=1, visit_id=VisitId("v"))
    frame = encode_published(FACTS, left, epoch=1, seq=1)
    for strange in (
        frame.replace(b"VisitLeft", b"VisitLost"),
        frame.replace(b"facts\0", b"farts\0"),
        frame.replace(b"\0", b"\1"),
        frame[:-1],
        encode_published(FACTS, Tick(t_ns=1), epoch=1, seq=1),  # type: ignore[arg-type]  # an input is never told
    ):
        with pytest.raises(FrameError):
            decode_published(strange)


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"facts",
        b"facts\0",
        b"facts\0\xc1",
        b"facts\0\x81\xa1z" + b"\x91" * 100_000,  # nested too deep to skip
        b"facts\0\x83\xa5epoch\x01\xa3seq\x01\xa4body\x82\xa4type\xa9VisitLeft\xa8visit_id\xa2\xff\xfe",  # not UTF-8
        b"facts\0\x83\xa5epoch\x01\xa3seq\x01\xa4body\xdd\xff\xff\xff\xff",  # claims four thousand million items
        b"\x81\xa4type\xa2\xff\xfe",
        b"\x81\xa1z" + b"\x91" * 100_000,
    ],
    ids=range(9),
)
def test_known_garbage_is_a_frame_error(garbage: bytes) -> None:
    for decode in DECODERS:
        with pytest.raises(FrameError):
            decode(garbage)


@settings(max_examples=300, deadline=None)
@given(noise=st.binary(max_size=80), topic=st.sampled_from(TOPICS))
def test_garbage_never_raises_anything_else(noise: bytes, topic: Topic) -> None:
    for decode in DECODERS:
        for frame in (noise, topic.name.encode() + b"\0" + noise):
            with suppress(FrameError):
                decode(frame)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_damaged_message_is_read_or_refused(data: st.DataObject) -> None:
    body: Any = data.draw(values_of(data.draw(st.sampled_from(messages_of(FACTS.body)))))
    frame = bytearray(encode_published(FACTS, body, epoch=1, seq=1))
    frame[data.draw(st.integers(0, len(frame) - 1))] ^= data.draw(st.integers(1, 255))
    with suppress(FrameError):
        assert decode_published(bytes(frame)).topic in TOPICS

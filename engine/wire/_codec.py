"""Bytes and messages: one part a message, the topic's name first so that subscriptions can filter.

    b"facts" NUL msgpack(Envelope)

Unknown fields are tolerated; an unknown tag or garbage is a ``FrameError``, for the socket to count and skip.
"""

from typing import Any, TypeVar

import msgspec

from engine.domain import OutputFact, Reply, Request, View
from engine.wire._topics import TOPICS, Topic


class FrameError(ValueError):
    """These bytes are not a message that this version knows."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A published message: which engine run said it, the body as msgpack, and its place in the order.

    ``seq`` counts the facts of a run without gaps; a view has that of the last fact before it, 0 if unknown.
    """

    epoch: int
    seq: int
    body: msgspec.Raw


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """A decoded publication."""

    topic: Topic
    epoch: int
    seq: int
    body: OutputFact | View


T = TypeVar("T")

_SEPARATOR = b"\0"
# Text that is not UTF-8 and values nested too deep to skip have errors of their own in msgspec.
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_encoder = msgspec.msgpack.Encoder()
_envelopes = msgspec.msgpack.Decoder(Envelope)
_requests: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_replies: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)
_topics = {topic.name.encode(): topic for topic in TOPICS}
_bodies: dict[str, msgspec.msgpack.Decoder[Any]] = {topic.name: msgspec.msgpack.Decoder(topic.body) for topic in TOPICS}


def encode_published(topic: Topic, body: OutputFact | View, *, epoch: int, seq: int = 0) -> bytes:
    """One publication as one message part."""
    envelope = Envelope(epoch=epoch, seq=seq, body=msgspec.Raw(_encoder.encode(body)))
    return topic.name.encode() + _SEPARATOR + _encoder.encode(envelope)


def decode_published(frame: bytes) -> Published:
    """The publication in one message part. Raises ``FrameError``."""
    name, separator, payload = frame.partition(_SEPARATOR)
    topic = _topics.get(name)
    if not separator or topic is None:
        raise FrameError(f"unknown topic {name[:40]!r}")
    try:
        envelope = _envelopes.decode(payload)
        body = _bodies[topic.name].decode(envelope.body)
    except _UNREADABLE as error:
        raise FrameError(f"{topic.name}: {error}") from error
    return Published(topic=topic, epoch=envelope.epoch, seq=envelope.seq, body=body)


def encode_request(request: Request) -> bytes:
    """A request of a client."""
    return _encoder.encode(request)


def decode_request(frame: bytes) -> Request:
    """The request in a message. Raises ``FrameError``."""
    return _decode(_requests, frame)


def encode_reply(reply: Reply) -> bytes:
    """The engine's answer to a request."""
    return _encoder.encode(reply)


def decode_reply(frame: bytes) -> Reply:
    """The answer in a message. Raises ``FrameError``."""
    return _decode(_replies, frame)


def _decode(decoder: msgspec.msgpack.Decoder[T], frame: bytes) -> T:
    try:
        return decoder.decode(frame)
    except _UNREADABLE as error:
        raise FrameError(str(error)) from error

"""What travels between a sender and the inbox. Both ends are one release of one engine on one host."""

import msgspec

from engine.domain import (
    BackgroundPlate,
    BodiesTracked,
    CameraHealth,
    ControllerHealth,
    FramesDropped,
    InputFact,
    PersonsSeen,
    ProcessHealth,
)

ShownView = BackgroundPlate | CameraHealth | ControllerHealth | ProcessHealth
"""What a process shows of itself: replaced by the next, never journaled."""

LATEST_WINS = (PersonsSeen, BodiesTracked, FramesDropped)
"""Facts of which the newest is worth more than all: dropped when the core is slow, late when they come late."""


class Sent(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A fact. ``after`` is the sender's previous fact that is not acknowledged yet, 0 when there is none."""

    source: str
    seq: int
    after: int
    lossless: bool
    fact: msgspec.Raw


class Shown(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A view; ``kind`` is the name of its class."""

    kind: str
    body: msgspec.Raw


class Acked(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Everything up to ``seq`` is safe: journaled when lossless, taken in when latest-wins."""

    seq: int


view_types: dict[str, type[ShownView]] = {
    kind.__name__: kind for kind in (BackgroundPlate, CameraHealth, ControllerHealth, ProcessHealth)
}
encoder = msgspec.msgpack.Encoder()
to_inbox: msgspec.msgpack.Decoder[Sent | Shown] = msgspec.msgpack.Decoder(Sent | Shown)
to_sender = msgspec.msgpack.Decoder(Acked)
facts: msgspec.msgpack.Decoder[InputFact] = msgspec.msgpack.Decoder(InputFact)
views = {name: msgspec.msgpack.Decoder(kind) for name, kind in view_types.items()}

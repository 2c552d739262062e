"""PUB for state, ROUTER for requests; what they carry is defined in ``engine.wire``."""

from collections.abc import Iterable
from dataclasses import dataclass

import structlog
import zmq

from engine.domain import Operator, Reply, Request, View
from engine.runtime.hub._doorkeeper import Doorkeeper
from engine.runtime.ledger import Numbered
from engine.store import Access, NetworkSection
from engine.wire import FACTS, FrameError, Topic, decode_request, encode_published, encode_reply

log = structlog.get_logger()

_REQUESTS_AT_ONCE = 50


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request, the route its answer takes, and who asks; None in a store that does not ask who people are."""

    route: tuple[bytes, ...]
    request: Request
    operator: Operator | None


class Hub:
    """Publishes under one ``epoch``: an engine run. Facts carry the core's output number as ``seq``, without gaps."""

    def __init__(
        self,
        context: "zmq.Context[zmq.Socket[bytes]]",
        network: NetworkSection,
        *,
        epoch: int,
        access: Access | None = None,
    ) -> None:
        self.unreadable = 0
        self.epoch = epoch
        self._seq = 0
        self._doorkeeper = Doorkeeper(context, access) if access is not None else None
        self._state = context.socket(zmq.PUB)
        self._state.setsockopt(zmq.SNDHWM, 20_000)  # a reader that is further behind misses facts and sees the gap
        self.door = context.socket(zmq.ROUTER)
        for socket, endpoint in ((self._state, network.state), (self.door, network.door)):
            if self._doorkeeper is not None:
                self._doorkeeper.guard(socket)
            socket.bind(endpoint)

    def publish(self, outputs: Iterable[Numbered]) -> None:
        """Tell the facts, which are in the ledger by now."""
        for output in outputs:
            self._seq = output.out_seq
            self._state.send(encode_published(FACTS, output.fact, epoch=self.epoch, seq=output.out_seq))

    def show(self, topic: Topic, view: View) -> None:
        """Publish a picture of the moment; it tells the last fact before it, so that nobody misses that one."""
        self._state.send(encode_published(topic, view, epoch=self.epoch, seq=self._seq))

    def requests(self) -> list[Asked]:
        """The requests that wait; what cannot be read is counted and gets no answer."""
        asked: list[Asked] = []
        while len(asked) < _REQUESTS_AT_ONCE and self.door.poll(0):
            *route, frame = self.door.recv_multipart(copy=False)
            operator = self._doorkeeper.operator_of(frame) if self._doorkeeper is not None else None
            try:
                request = decode_request(frame.bytes)
                asked.append(Asked(route=tuple(part.bytes for part in route), request=request, operator=operator))
            except FrameError as error:
                self.unreadable += 1
                log.warning("request_unreadable", problem=str(error), count=self.unreadable)
        return asked

    def answer(self, asked: Asked, reply: Reply) -> None:
        """Answer a request; a client that is gone misses it."""
        self.door.send_multipart([*asked.route, encode_reply(reply)])

    def close(self) -> None:
        """Stop listening."""
        self._state.close(linger=200)
        self.door.close(linger=200)
        if self._doorkeeper is not None:
            self._doorkeeper.close()

"""Modbus TCP and TLS without a library in between: the steady reads of a store are most of what its shelves cost."""

import asyncio
import socket
import ssl
import time
from contextlib import suppress
from functools import partial

from drivers.shelf._framing import Frame, TcpFrames, tcp_frame
from drivers.shelf._pdu import CodecError
from drivers.shelf._wire import Answer, WireError

_DIAL_S = 1.0
_TLS_DIAL_S = 4.0  # small devices take seconds for the keys


class NetworkWire:
    """A connection to one unit behind a host and port."""

    def __init__(self, host: str, port: int, *, unit: int, tls: ssl.SSLContext | None = None, name: str = "") -> None:
        self._host, self._port, self._unit = host, port, unit
        self._tls, self._name = tls, name or host
        self._connection: _Connection | None = None

    @property
    def connected(self) -> bool:
        """Whether the connection stands; a silent device's does."""
        return self._connection is not None and not self._connection.lost

    async def dial(self) -> None:
        """Connect. Raises ``WireError``."""
        self.hang_up()
        loop = asyncio.get_running_loop()
        server_name = self._name if self._tls is not None else None
        try:
            async with asyncio.timeout(_DIAL_S if self._tls is None else _TLS_DIAL_S):
                _, self._connection = await loop.create_connection(
                    partial(_Connection, shows_certificate=self._tls is not None),
                    self._host,
                    self._port,
                    ssl=self._tls,
                    server_hostname=server_name,
                )
        except ssl.SSLCertVerificationError as error:
            raise WireError(f"its certificate is not trusted: {error.verify_message}", kind="unreachable") from None
        except ssl.SSLError as error:
            raise WireError(f"TLS failed: {error.reason or error}", kind="unreachable") from None
        except TimeoutError:
            raise WireError("nobody answers there", kind="unreachable") from None
        except OSError as error:
            raise WireError(error.strerror or str(error), kind="unreachable") from None

    async def ask(self, pdu: bytes, *, within_s: float) -> Answer:
        """Send a request and wait for its answer. Raises ``WireError``."""
        if self._connection is None:
            raise WireError("not connected", kind="unreachable")
        return await self._connection.ask(self._unit, pdu, within_s)

    def hang_up(self) -> None:
        """Drop the connection."""
        if self._connection is not None:
            self._connection.abort()
            self._connection = None

    def close(self) -> None:
        """Hang up for good."""
        self.hang_up()


class _Connection(asyncio.Protocol):
    """One timer for all requests: it is set anew when it goes off, not at every request."""

    def __init__(self, *, shows_certificate: bool) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._frames = TcpFrames()
        self._transaction = self._answered = 0
        self._stray = False  # something came that answers no question of ours
        self._trusted = not shows_certificate  # until it has answered, it may not take our certificate
        self._waiting: asyncio.Future[Answer] | None = None
        self._due_s = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.lost = False

    def ask(self, unit: int, pdu: bytes, within_s: float) -> "asyncio.Future[Answer]":
        waiting = self._waiting = self._loop.create_future()
        if self.lost or self._transport is None:
            waiting.set_exception(WireError("the connection is lost", kind="unreachable"))
            return waiting
        self._transaction = (self._transaction + 1) & 0xFFFF
        self._due_s = self._loop.time() + within_s
        self._stray = False
        if self._timer is not None and self._timer.when() > self._due_s:  # the last question was given longer
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._timer = self._loop.call_at(self._due_s, self._look)
        self._transport.write(tcp_frame(self._transaction, unit, pdu))
        return waiting

    def abort(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.lost = True
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what create_connection promises
        self._transport = transport
        with suppress(OSError):  # a small frame is not to wait for a second one
            transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        try:
            for frame in self._frames.feed(data):
                self._take(frame)
        except CodecError as error:  # where a frame begins cannot be known any more
            self._fail(WireError(f"it says {error}", kind="garbled"))
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        self._fail(WireError(self._why_lost(exc), kind="unreachable"))

    def _why_lost(self, error: Exception | None) -> str:
        """A certificate that is not taken is often told by hanging up alone, after all seemed well."""
        if isinstance(error, ssl.SSLError):
            return f"it ended TLS: {error.reason}. Is our certificate one it takes?"
        return "it hung up" if self._trusted else "it hung up before it answered: is our certificate one it takes?"

    def _take(self, frame: Frame) -> None:
        self._trusted = True
        if frame.transaction != self._transaction:
            # Too late, to a question given up since the last answer; or to none of ours.
            asked_before = (frame.transaction - self._answered) & 0xFFFF
            self._stray |= not 0 < asked_before < (self._transaction - self._answered) & 0xFFFF
            return
        self._answered = frame.transaction
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_result(Answer(frame.pdu, time.monotonic_ns()))

    def _look(self) -> None:
        self._timer = None
        if self._waiting is None or self._waiting.done():
            return
        if self._loop.time() < self._due_s:
            self._timer = self._loop.call_at(self._due_s, self._look)
        else:
            self._fail(self._why_unanswered())

    def _why_unanswered(self) -> WireError:
        if self._stray:
            return WireError("it answers what nobody asked", kind="garbled")
        if self._frames.half:
            return WireError("half an answer", kind="garbled")
        return WireError("no answer", kind="silent")

    def _fail(self, error: WireError) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_exception(error)

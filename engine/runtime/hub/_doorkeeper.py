"""Lets in whom the store knows: CURVE on every socket, and ZAP (ZeroMQ RFC 27) to ask whose key it is."""

import structlog
import zmq
from zmq.auth.thread import ThreadAuthenticator

from engine.domain import Operator
from engine.store import Access

log = structlog.get_logger()


class Doorkeeper:
    """Guards the sockets of one context; the only one there can be in it."""

    def __init__(self, context: "zmq.Context[zmq.Socket[bytes]]", access: Access) -> None:
        self._access = access
        self._authenticator = ThreadAuthenticator(context)
        self._authenticator.configure_curve_callback(credentials_provider=self)
        self._authenticator.start()

    def guard(self, socket: "zmq.Socket[bytes]") -> None:
        """Ask everybody who connects; before the socket is bound."""
        socket.curve_server = True
        socket.curve_secretkey = self._access.keys.secret.encode()

    def callback(self, _domain: str, key: bytes) -> bool:
        """Whether the owner of that key may come in; called in the authenticator's thread."""
        known = self._access.operator(key.decode()) is not None
        if not known:
            log.warning("stranger_refused", key=key.decode())
        return known

    def operator_of(self, frame: zmq.Frame) -> Operator | None:
        """Who sent this part of a message."""
        return self._access.operator(str(frame.get("User-Id")))

    def close(self) -> None:
        """Let go of the context."""
        self._authenticator.stop()

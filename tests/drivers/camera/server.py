"""Devices on real sockets for the camera drivers: each connection gets the next script of bytes, then is hung up."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

Script = Callable[[socket.socket], None]


class ScriptedServer:
    """Answers connections one after the other; the last script is used for all that follow."""

    def __init__(self, *scripts: Script, port: int = 0) -> None:
        self._scripts = list(scripts)
        self._listening = socket.create_server(("127.0.0.1", port))
        self.port = int(self._listening.getsockname()[1])
        self._connection: socket.socket | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def __enter__(self) -> "ScriptedServer":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Hang up, and refuse from now on."""
        self._stopped.set()
        for each in (self._listening, self._connection):
            with suppress(OSError):
                if each is not None:
                    each.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listening.close()

    def _serve(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
            self._connection = connection
            with connection, suppress(OSError):
                script(connection)


def say(*pieces: bytes) -> Script:
    """Say these and hang up."""

    def script(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass

    return script


def http(status: str, body: bytes = b"", *, seen: list[bytes] | None = None) -> Script:
    """Read a request, answer it, hang up."""

    def script(connection: socket.socket) -> None:
        request = connection.recv(4096)
        if seen is not None:
            seen.append(request.split(b"\r\n")[0])
        head = f"HTTP/1.1 {status}\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + body)

    return script


def part(jpeg: bytes, *, head: bytes = b"") -> bytes:
    """One part of a multipart stream."""
    return b"--b\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n%b\r\n" % (len(jpeg), head) + jpeg + b"\r\n"

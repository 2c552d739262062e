"""An RTSP camera on real sockets: H.264 over RTP (RFC 2326, 3550, 6184), inside TCP or beside it by UDP.

It can ask for a password, refuse a transport, send what it kept in a burst, fall silent and hang up.
"""

import hashlib
import io
import re
import socket
import struct
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import av
import numpy as np

FPS = 25
WIDTH_PX, HEIGHT_PX = 320, 180
FIRST_LEVEL, LEVEL_STEP, LEVELS = 40, 4, 40
_DARKENED = 2.6  # grey levels, by the encoder
_LARGEST_PAYLOAD = 1300
_CLOCK_HZ = 90_000


@lru_cache
def pictures(width_px: int = WIDTH_PX) -> tuple[tuple[bytes, ...], ...]:
    """The NAL units of each picture: grey ones, each a step lighter than the one before; every fifth a key frame."""
    file = io.BytesIO()
    with av.open(file, "w", format="h264") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = width_px, width_px * 9 // 16, "yuv420p"
        stream.options = {"g": "5", "bf": "0", "preset": "ultrafast", "tune": "zerolatency"}
        units: list[tuple[bytes, ...]] = []
        for number in range(LEVELS):
            level = FIRST_LEVEL + LEVEL_STEP * number
            picture = np.full((stream.height, stream.width, 3), level, np.uint8)
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")):
                units.append(tuple(part for part in re.split(b"\0?\0\0\1", bytes(packet)) if part))
    return tuple(units)


def number_of(level: float) -> int:
    """Which of the pictures has this grey level."""
    return round((level + _DARKENED - FIRST_LEVEL) / LEVEL_STEP)


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """What the camera is like."""

    user: str = ""
    password: str = ""
    scheme: Literal["basic", "digest"] = "digest"
    transports: tuple[str, ...] = ("tcp", "udp")
    path: str = "/live"
    kept: int = 0  # pictures that are sent at once when it begins
    video: bool = True
    width_px: int = WIDTH_PX


class RtspCamera:
    """Serves its pictures in a loop to whoever plays.

    ``sent_ns`` is when each picture since the burst left, ``transports`` what was chosen.
    """

    def __init__(self, behaviour: Behaviour | None = None, *, port: int = 0) -> None:
        self.behaviour = behaviour or Behaviour()
        self.silent = threading.Event()
        self.sending = threading.Lock()  # who holds it holds pictures back
        self.requests: list[str] = []
        self.sent_ns: list[int] = []
        self.transports: list[str] = []
        self._stopped = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", port))
        self.port = int(self._listening.getsockname()[1])
        self._connections: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def url(self, *, user: str = "", password: str = "", path: str = "/live") -> str:
        """Its address."""
        return f"rtsp://{f'{user}:{password}@' if user else ''}127.0.0.1:{self.port}{path}"

    def __enter__(self) -> "RtspCamera":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Hang up, and refuse from now on."""
        self._stopped.set()
        for each in (self._listening, *self._connections):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listening.close()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self._connections.append(connection)
            thread = threading.Thread(target=_Session(self, connection).run)
            self._threads.append(thread)
            thread.start()

    def pause(self, seconds: float) -> bool:
        """Wait; False when it is over."""
        return not self._stopped.wait(seconds)


class _Session:
    def __init__(self, camera: RtspCamera, connection: socket.socket) -> None:
        self._camera = camera
        self._behaviour = camera.behaviour
        self._connection = connection
        self._udp: socket.socket | None = None
        self._player: threading.Thread | None = None
        self._over = threading.Event()
        self._rtp_seq = 0

    def run(self) -> None:
        with self._connection, suppress(OSError):
            for request in self._requests():
                method, url = request.split(" ")[:2]
                fields = {name.lower(): value.strip() for name, value in re.findall(r"^([\w-]+):(.*)$", request, re.M)}
                self._camera.requests.append(method)
                self._answer(fields.get("cseq", "0"), *self._reply(method, url, fields))
                if method == "PLAY":
                    self._player = threading.Thread(target=self._play)
                    self._player.start()
        self._over.set()
        if self._player is not None:
            self._player.join()
        if self._udp is not None:
            self._udp.close()

    def _requests(self) -> Iterator[str]:
        with self._connection.makefile("rb") as stream:
            while first := stream.read(1):
                if first == b"$":  # RTCP of the client
                    stream.read(struct.unpack(">xH", stream.read(3))[0])
                    continue
                lines = [first + stream.readline()]
                while lines[-1].strip():
                    lines.append(stream.readline())
                yield b"".join(lines).decode()

    def _reply(self, method: str, url: str, fields: dict[str, str]) -> tuple[str, dict[str, str], str]:
        if method == "OPTIONS":
            return "200 OK", {"Public": "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN"}, ""
        if self._behaviour.user and not self._knows(method, fields.get("authorization", "")):
            return "401 Unauthorized", {"WWW-Authenticate": self._challenge()}, ""
        if f"127.0.0.1:{self._camera.port}{self._behaviour.path}" not in url:
            return "404 Not Found", {}, ""
        if method == "DESCRIBE":
            return "200 OK", {"Content-Base": f"{url}/", "Content-Type": "application/sdp"}, self._sdp()
        if method == "SETUP":
            return self._setup(fields["transport"])
        return "200 OK", {"Session": "7"}, ""

    def _setup(self, transport: str) -> tuple[str, dict[str, str], str]:
        wanted = "tcp" if "TCP" in transport else "udp"
        if wanted not in self._behaviour.transports:
            return "461 Unsupported Transport", {}, ""
        self._camera.transports.append(wanted)
        if wanted == "tcp":
            return "200 OK", {"Session": "7", "Transport": "RTP/AVP/TCP;unicast;interleaved=0-1"}, ""
        ports = re.findall(r"client_port=(\d+)", transport)
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", 0))
        self._udp.connect(("127.0.0.1", int(ports[0])))
        mine = self._udp.getsockname()[1]
        answer = f"RTP/AVP;unicast;client_port={ports[0]}-{int(ports[0]) + 1};server_port={mine}-{mine + 1}"
        return "200 OK", {"Session": "7", "Transport": answer}, ""

    def _sdp(self) -> str:
        head = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\na=control:*\r\n"
        if not self._behaviour.video:
            return head + "m=audio 0 RTP/AVP 0\r\na=control:trackID=0\r\n"
        sets = [unit for unit in pictures(self._behaviour.width_px)[0] if unit[0] & 31 in (7, 8)]
        sprop = ",".join(b64encode(unit).decode() for unit in sets)
        return (
            f"{head}m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/{_CLOCK_HZ}\r\n"
            f"a=fmtp:96 packetization-mode=1;profile-level-id={sets[0][1:4].hex()};sprop-parameter-sets={sprop}\r\n"
            "a=control:trackID=0\r\n"
        )

    def _challenge(self) -> str:
        return 'Basic realm="cam"' if self._behaviour.scheme == "basic" else 'Digest realm="cam", nonce="abc123"'

    def _knows(self, method: str, said: str) -> bool:
        user, password = self._behaviour.user, self._behaviour.password
        if self._behaviour.scheme == "basic":
            return said.startswith("Basic ") and b64decode(said[6:]).decode() == f"{user}:{password}"
        fields = dict(re.findall(r'(\w+)="([^"]*)"', said))
        secret = _md5(f"{user}:cam:{password}")
        what = _md5(f"{method}:{fields.get('uri', '')}")
        due = _md5(f"{secret}:abc123:{what}")
        return (fields.get("username"), fields.get("response")) == (user, due)

    def _answer(self, cseq: str, status: str, fields: dict[str, str], body: str) -> None:
        if body:
            fields = {**fields, "Content-Length": str(len(body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self._connection.sendall(f"RTSP/1.0 {status}\r\nCSeq: {cseq}\r\n{head}\r\n{body}".encode())

    def _play(self) -> None:
        units = pictures(self._behaviour.width_px)
        started_s = time.monotonic()
        number = 0
        with suppress(OSError):
            while not self._over.is_set():
                due_s = started_s + (number - self._behaviour.kept) / FPS
                if not self._camera.pause(max(0.0, due_s - time.monotonic())):
                    return
                if not self._camera.silent.is_set():
                    if number >= self._behaviour.kept:
                        self._camera.sent_ns.append(time.monotonic_ns())
                    with self._camera.sending:
                        pass
                    self._send_picture(units[number % LEVELS], number * _CLOCK_HZ // FPS)
                number += 1

    def _send_picture(self, units: Sequence[bytes], stamp: int) -> None:
        for at, unit in enumerate(units):
            last = at == len(units) - 1
            if len(unit) <= _LARGEST_PAYLOAD:
                self._send(unit, stamp, marked=last)
                continue
            body = unit[1:]
            for start in range(0, len(body), _LARGEST_PAYLOAD):
                ends = start + _LARGEST_PAYLOAD >= len(body)
                head = bytes([unit[0] & 0xE0 | 28, (start == 0) << 7 | ends << 6 | unit[0] & 31])
                self._send(head + body[start : start + _LARGEST_PAYLOAD], stamp, marked=last and ends)

    def _send(self, payload: bytes, stamp: int, *, marked: bool) -> None:
        head = struct.pack(">BBHII", 0x80, 96 | marked << 7, self._rtp_seq & 0xFFFF, stamp & 0xFFFFFFFF, 77)
        self._rtp_seq += 1
        packet = head + payload
        if self._udp is not None:
            self._udp.send(packet)
        else:
            self._connection.sendall(b"$\0" + struct.pack(">H", len(packet)) + packet)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()

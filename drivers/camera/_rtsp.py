"""Why an RTSP stream cannot be opened: FFmpeg does not say, so the camera is asked itself (RFC 2326, DESCRIBE)."""

import io
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from drivers.camera._address import login_of, without_login
from drivers.camera._login import NO_LOGIN, WRONG_LOGIN, authorisation
from engine.ports import DeviceError

RTSP_PORT = 554
_TIMEOUT_S = 2.0
_LONGEST_LINE = 4096
_MOST_LINES = 100
_LARGEST_BODY = 65536


@dataclass(frozen=True)
class _Answer:
    status: int
    reason: str
    challenges: tuple[str, ...]
    body: bytes


def why_not(url: str) -> DeviceError:
    """What keeps a stream from being opened, as far as its camera tells."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or RTSP_PORT), _TIMEOUT_S) as connection:
            return _verdict(_describe(connection, url), knows_login=login_of(url) is not None)
    except TimeoutError:
        return DeviceError("it does not answer", kind="silent")
    except OSError as error:
        return DeviceError(error.strerror or str(error), kind="unreachable")
    except ValueError as error:
        return DeviceError(f"not RTSP: {error}", kind="garbled", remedy="check the address and its port")


def _describe(connection: socket.socket, url: str) -> _Answer:
    uri, login = without_login(url), login_of(url)
    with connection.makefile("rwb") as stream:
        answer = _ask(stream, uri, 1, "")
        if answer.status == 401 and login is not None:
            said = authorisation(answer.challenges, login, method="DESCRIBE", uri=uri)
            if said is not None:
                answer = _ask(stream, uri, 2, f"Authorization: {said}\r\n")
        return answer


def _ask(stream: io.BufferedRWPair, uri: str, cseq: int, more: str) -> _Answer:
    stream.write(f"DESCRIBE {uri} RTSP/1.0\r\nCSeq: {cseq}\r\nAccept: application/sdp\r\n{more}\r\n".encode())
    stream.flush()
    first = stream.readline(_LONGEST_LINE).decode(errors="replace").strip()
    version, _, rest = first.partition(" ")
    status, _, reason = rest.partition(" ")
    if not version.startswith("RTSP/") or not status.isdigit():
        raise ValueError(f"it said {first[:40]!r}")
    challenges: list[str] = []
    length = 0
    for _ in range(_MOST_LINES):
        line = stream.readline(_LONGEST_LINE).decode(errors="replace").strip()
        if not line:
            break
        name, _, value = line.partition(":")
        if name.lower() == "www-authenticate":
            challenges.append(value.strip())
        elif name.lower() == "content-length" and value.strip().isdigit():
            length = min(int(value), _LARGEST_BODY)
    return _Answer(int(status), reason, tuple(challenges), stream.read(length))


def _verdict(answer: _Answer, *, knows_login: bool) -> DeviceError:
    said = f"RTSP {answer.status} {answer.reason}"
    match answer.status:
        case 401 | 403:
            remedy = WRONG_LOGIN if knows_login else NO_LOGIN
            problem = "the user or password is wrong" if knows_login else "it wants a user and a password"
            return DeviceError(f"{problem} ({said})", kind="refused", remedy=remedy)
        case 404:
            return DeviceError(f"it has no such stream ({said})", kind="refused", remedy="correct the url's path")
        case 200 if b"m=video" not in answer.body:
            return DeviceError(
                "the stream has no video", kind="garbled", remedy="choose one that has, by the url's path"
            )
        case 200:
            remedy = "set the camera to H.264 or H.265, or try another transport in store.toml"
            return DeviceError("no picture comes, though it offers video", kind="silent", remedy=remedy)
        case _:
            return DeviceError(f"it refuses: {said}", kind="refused", remedy="look into the camera's own settings")

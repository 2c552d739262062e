"""Cameras on the network say who they are; strangers and garbage on the same port say nothing."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hypothesis import given
from hypothesis import strategies as st

from engine.runtime.perception._discovery import FoundCamera, _read, discover

Answers = Callable[[str], list[bytes]]


@contextmanager
def cameras(answers: Answers) -> Iterator[tuple[str, int]]:
    """A device on UDP that sends these to each probe's message."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        device.bind(("127.0.0.1", 0))

        def serve() -> None:
            while probe := device.recvfrom(65535):
                if not probe[0]:
                    return
                assert b"NetworkVideoTransmitter" in probe[0]
                message = re.search(rb"MessageID>([^<]+)<", probe[0])
                assert message is not None
                for answer in answers(message[1].decode()):
                    device.sendto(answer, probe[1])

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield device.getsockname()
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closing:
                closing.sendto(b"", device.getsockname())
            thread.join()


def match(message: str, service: str, scopes: str = "") -> bytes:
    return (
        f"<e:Envelope><e:Header><w:RelatesTo>{message}</w:RelatesTo></e:Header><e:Body><d:ProbeMatches><d:ProbeMatch>"
        f"<d:Scopes>{scopes}</d:Scopes><d:XAddrs>{service}</d:XAddrs></d:ProbeMatch></d:ProbeMatches></e:Body>"
        "</e:Envelope>"
    ).encode()


def test_cameras_are_found_once_each_and_by_host() -> None:
    def answers(message: str) -> list[bytes]:
        scopes = "onvif://www.onvif.org/name/Aisle%203 onvif://www.onvif.org/hardware/X1 onvif://www.onvif.org/type/ptz"
        two = match(message, "http://10.0.0.22/onvif http://[fe80::1]/onvif", scopes)
        return [two, two, match(message, "http://10.0.0.21:8080/onvif?a=1&amp;b=2")]

    with cameras(answers) as where:
        found = discover(seconds=0.5, where=where)
    assert found == [
        FoundCamera(host="10.0.0.21", service="http://10.0.0.21:8080/onvif?a=1&b=2", name="", hardware=""),
        FoundCamera(host="10.0.0.22", service="http://10.0.0.22/onvif", name="Aisle 3", hardware="X1"),
    ]


def test_answers_to_others_and_garbage_are_left_out() -> None:
    def answers(message: str) -> list[bytes]:
        return [b"\xff\x00", match("uuid:of-another", "http://10.0.0.9/onvif"), match(message, "nowhere http://[/")]

    with cameras(answers) as where:
        assert discover(seconds=0.3, where=where) == []


@given(st.text(max_size=200))
def test_whatever_is_answered_nothing_is_raised(noise: str) -> None:
    _read(f"m<d:XAddrs>{noise}<d:Scopes>{noise}<", "m")

"""Which cameras are on this network: WS-Discovery (2005/04), as the ONVIF Core Specification asks of every camera."""

import re
import socket
import time
import uuid
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote, urlsplit

_EVERYBODY = ("239.255.255.250", 3702)
_LARGEST = 65535
_ASKED_AGAIN_S = 1.0  # datagrams are lost
_PROBE = """<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"
 xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"
 xmlns:n="http://www.onvif.org/ver10/network/wsdl"><s:Header>
<a:Action s:mustUnderstand="1">http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action>
<a:MessageID>{message}</a:MessageID>
<a:To s:mustUnderstand="1">urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>
</s:Header><s:Body><d:Probe><d:Types>n:NetworkVideoTransmitter</d:Types></d:Probe></s:Body></s:Envelope>"""
# Only two lists of words are wanted of the answers, so they are not parsed as XML, which strangers could abuse.
_ADDRESSES = re.compile(r"<(?:\w+:)?XAddrs[^>]*>([^<]*)<")
_SCOPES = re.compile(r"<(?:\w+:)?Scopes[^>]*>([^<]*)<")
_SCOPE = re.compile(r"onvif://www\.onvif\.org/(name|hardware)/(\S+)")


@dataclass(frozen=True, kw_only=True)
class FoundCamera:
    """A camera that answered: its host, its own service's address, and what it calls itself."""

    host: str
    service: str
    name: str
    hardware: str


def discover(*, seconds: float, where: tuple[str, int] = _EVERYBODY) -> list[FoundCamera]:
    """The cameras that answer in so long, by host. Raises ``OSError`` without a network."""
    message = f"uuid:{uuid.uuid4()}"
    probe = _PROBE.format(message=message).encode()
    found: dict[str, FoundCamera] = {}
    until_s = time.monotonic() + seconds
    asked_s = float("-inf")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
        while (now_s := time.monotonic()) < until_s:
            if now_s - asked_s >= _ASKED_AGAIN_S:
                asking.sendto(probe, where)
                asked_s = now_s
            asking.settimeout(max(0.01, min(until_s, asked_s + _ASKED_AGAIN_S) - now_s))
            try:
                answer = asking.recv(_LARGEST).decode(errors="replace")
            except TimeoutError:
                continue
            camera = _read(answer, message)
            if camera is not None:
                found[camera.service] = camera
    return sorted(found.values(), key=lambda camera: (camera.host, camera.service))


def _read(answer: str, message: str) -> FoundCamera | None:
    """What an answer to the message says; None for anything else."""
    addresses, scopes = _ADDRESSES.search(answer), _SCOPES.search(answer)
    if message not in answer or addresses is None:
        return None
    said = {kind: unquote(value) for kind, value in _SCOPE.findall(unescape(scopes[1]) if scopes is not None else "")}
    for service in unescape(addresses[1]).split():
        try:
            host = urlsplit(service).hostname
        except ValueError:
            continue
        if host:
            name, hardware = said.get("name", ""), said.get("hardware", "")
            return FoundCamera(host=host, service=service, name=name, hardware=hardware)
    return None

"""How the engine's state travels: topics, codec, and the client that every replica uses."""

from engine.wire._client import Address, EngineClient, EngineUnreachableError
from engine.wire._codec import (
    Envelope,
    FrameError,
    Published,
    decode_published,
    decode_reply,
    decode_request,
    encode_published,
    encode_reply,
    encode_request,
)
from engine.wire._keys import ClientKey, KeyFileError, new_pair, read_client_key, write_client_key, write_private
from engine.wire._topics import BACKGROUND, FACTS, FLOOR, HEALTH, LEASES, OVERLAY, STOCK, TOPICS, Topic

__all__ = [
    "BACKGROUND",
    "FACTS",
    "FLOOR",
    "HEALTH",
    "LEASES",
    "OVERLAY",
    "STOCK",
    "TOPICS",
    "Address",
    "ClientKey",
    "EngineClient",
    "EngineUnreachableError",
    "Envelope",
    "FrameError",
    "KeyFileError",
    "Published",
    "Topic",
    "decode_published",
    "decode_reply",
    "decode_request",
    "encode_published",
    "encode_reply",
    "encode_request",
    "new_pair",
    "read_client_key",
    "write_client_key",
    "write_private",
]

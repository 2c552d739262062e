"""The gate as a store has it: a TCP device that says what its reader and its beam saw, one line each.

    TOKEN eyJhbGciOi...      PASS in      PASS out

Tokens are what the entry app would show: JWT, EdDSA, short-lived, each usable once.
"""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt

TOKEN_LIFE_S = 60


class GateServer:
    """Says each line to every connected client; what nobody heard waits for the next one. ``met``: somebody came."""

    def __init__(self, entry_key_pem: bytes) -> None:
        self.met = asyncio.Event()
        self._key = entry_key_pem
        self._writers: set[asyncio.StreamWriter] = set()
        self._unsaid: list[bytes] = []
        self._server: asyncio.Server | None = None

    @classmethod
    def with_key(cls, file: Path) -> "GateServer":
        """A gate whose tokens are signed with the entry app's private key in ``file``."""
        return cls(file.read_bytes())

    async def start(self, host: str, port: int) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._meet, host, port)

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._writers)

    async def show_token(self, token_id: str, *, staff: bool = False) -> None:
        """Somebody holds a code before the reader."""
        expires = datetime.now(UTC) + timedelta(seconds=TOKEN_LIFE_S)
        claims = {"jti": token_id, "exp": expires, **({"role": "staff"} if staff else {})}
        await self._say(f"TOKEN {jwt.encode(claims, self._key, algorithm='EdDSA')}")

    async def pass_through(self, *, inward: bool) -> None:
        """Somebody breaks the beam."""
        await self._say("PASS in" if inward else "PASS out")

    async def close(self) -> None:
        """Stop listening and hang up."""
        if self._server is not None:
            self._server.close()
        for writer in tuple(self._writers):
            writer.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self.met.set()
        for line in self._unsaid:
            writer.write(line)
        self._unsaid.clear()
        with suppress(ConnectionError, asyncio.CancelledError):  # asyncio logs what a connection's task raises
            await reader.read()  # until it hangs up: what is said to nobody would be lost
        self._writers.discard(writer)
        writer.close()

    async def _say(self, text: str) -> None:
        line = text.encode() + b"\n"
        if not self._writers:
            self._unsaid.append(line)
        for writer in self._writers:
            writer.write(line)

"""Judge entry tokens: signed by the entry app's key, in time, and each used once, also over restarts."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt


class TokenRefusedError(Exception):
    """The token does not open the gate; the message says why, without anything from the token."""


@dataclass(frozen=True, kw_only=True)
class Admitted:
    """A token that opens the gate."""

    staff: bool


class TokenDesk:
    """Accepts JSON Web Tokens signed with EdDSA, with ``exp``, ``jti`` and, for staff, ``role: staff``."""

    def __init__(self, public_key_pem: bytes, used: Path, *, wall_clock: Callable[[], float] = time.time) -> None:
        self._key = public_key_pem
        self._wall_clock = wall_clock
        used.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._db = sqlite3.connect(used, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("CREATE TABLE IF NOT EXISTS used (jti TEXT PRIMARY KEY, until_s INTEGER NOT NULL) STRICT")

    def admit(self, token: str) -> Admitted:
        """Judge a token and use it up. Raises ``TokenRefusedError``."""
        claims = self._claims(token)
        self._use(str(claims["jti"]), int(claims["exp"]))
        return Admitted(staff=claims.get("role") == "staff")

    def close(self) -> None:
        """Close the list of used tokens."""
        self._db.close()

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=["EdDSA"],
                options={"require": ["exp", "jti"], "verify_exp": False, "verify_nbf": False, "verify_iat": False},
            )
            in_time = int(claims["exp"]) > self._wall_clock()
        except jwt.InvalidSignatureError:
            raise TokenRefusedError("not signed with this store's entry key") from None
        except (jwt.PyJWTError, ValueError, TypeError):
            raise TokenRefusedError("not an entry token") from None
        if not in_time:
            raise TokenRefusedError("expired")
        return claims

    def _use(self, jti: str, until_s: int) -> None:
        self._db.execute("DELETE FROM used WHERE until_s < ?", (int(self._wall_clock()),))
        try:
            self._db.execute("INSERT INTO used (jti, until_s) VALUES (?, ?)", (jti, until_s))
        except sqlite3.IntegrityError:
            raise TokenRefusedError("used before") from None

"""How a device is told user and password: Basic (RFC 7617) and Digest (RFC 7616, and 2617 before it)."""

import hashlib
import re
import secrets
from base64 import b64encode
from collections.abc import Callable, Sequence

from drivers.camera._address import Login

WRONG_LOGIN = "correct user and password in keys/cameras.toml"
NO_LOGIN = "put its user and password into keys/cameras.toml"

_FIELD = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')
_HASHES: dict[str, Callable[[bytes], "hashlib._Hash"]] = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


def authorisation(challenges: Sequence[str], login: Login, *, method: str, uri: str) -> str | None:
    """The ``Authorization`` that answers one of the ``WWW-Authenticate`` fields; None where none is understood.

    Digest goes before Basic, and SHA-256 before MD5.
    """
    digests = [fields for kind, fields in map(_read, challenges) if kind == "digest"]
    for algorithm in ("SHA-256", "MD5"):
        for fields in digests:
            if fields.get("algorithm", "MD5").upper() == algorithm:
                return _digest(fields, login, algorithm, method=method, uri=uri)
    if any(_read(challenge)[0] == "basic" for challenge in challenges):
        return "Basic " + b64encode(f"{login.user}:{login.password}".encode()).decode()
    return None


def _read(challenge: str) -> tuple[str, dict[str, str]]:
    kind, _, rest = challenge.strip().partition(" ")
    return kind.lower(), {name.lower(): quoted or plain for name, quoted, plain in _FIELD.findall(rest)}


def _digest(fields: dict[str, str], login: Login, algorithm: str, *, method: str, uri: str) -> str:
    def hashed(*parts: str) -> str:
        return _HASHES[algorithm](":".join(parts).encode()).hexdigest()

    realm, nonce = fields.get("realm", ""), fields.get("nonce", "")
    secret, what = hashed(login.user, realm, login.password), hashed(method, uri)
    said = {"username": login.user, "realm": realm, "nonce": nonce, "uri": uri}
    if "auth" in re.split(r"\s*,\s*", fields.get("qop", "")):
        mine, count = secrets.token_hex(8), "00000001"
        said |= {"response": hashed(secret, nonce, count, mine, "auth", what), "cnonce": mine}
        tail = f", qop=auth, nc={count}"
    else:
        said |= {"response": hashed(secret, nonce, what)}
        tail = ""
    if "opaque" in fields:
        said["opaque"] = fields["opaque"]
    listed = ", ".join(f'{name}="{value}"' for name, value in said.items())
    return f"Digest {listed}, algorithm={algorithm}{tail}"

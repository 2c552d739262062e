"""A person's key file: what a console proves with who sits before it."""

import os
import stat
import tomllib
from pathlib import Path

import msgspec
import zmq

from engine.domain import CurveKey, KeyPair

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyFileError(ValueError):
    """A file with keys cannot be used; the message names the file, the key and the remedy."""


class ClientKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person's own pair, and the public key of the one engine that they trust."""

    name: str
    engine: CurveKey
    pair: KeyPair


def new_pair() -> KeyPair:
    """A pair that nobody else has."""
    public, secret = zmq.curve_keypair()
    return KeyPair(public=public.decode(), secret=secret.decode())


def read_client_key(file: Path) -> ClientKey:
    """The key that a person was given. Raises ``KeyFileError``."""
    try:
        if file.stat().st_mode & _OTHERS:
            raise KeyFileError(f"{file}: mode: others may read it. Do: chmod 600 of that file")
        return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), ClientKey)
    except OSError as error:
        raise KeyFileError(f"{file}: file: {error.strerror}. Name the file that `tillfree people add` wrote") from None
    except (msgspec.ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problem, _, key = str(error).partition(" - at ")
        remedy = "Have it made anew with `tillfree people add`"
        raise KeyFileError(f"{file}: {key.strip('`') or '$'}: {problem}. {remedy}") from None


def write_client_key(file: Path, key: ClientKey) -> None:
    """Write a key to a new file that only its owner may read. Raises ``FileExistsError``."""
    write_private(
        file,
        f'name = "{key.name}"\nengine = "{key.engine}"\n\n'
        f'[pair]\npublic = "{key.pair.public}"\nsecret = "{key.pair.secret}"\n',
    )


def write_private(file: Path, text: str) -> None:
    """Write a new file that only its owner may read. Raises ``FileExistsError``."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600), "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())

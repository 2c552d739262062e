"""Keys in files of their own: what was sealed with a key is gone once the key is destroyed."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.runtime.durable import make_folder, sync_folder

NONCE_BYTES = 12


class KeyRing:
    """One random AES-256 key a file, readable by the engine's user alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, name: str) -> AESGCM:
        """A new key, on disk before it is used."""
        make_folder(self._folder)
        key = AESGCM.generate_key(256)
        fd = os.open(self._file(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.write(fd, key)
            os.fsync(fd)
        except OSError:
            self._file(name).unlink()
            raise
        finally:
            os.close(fd)
        sync_folder(self._folder)
        return AESGCM(key)

    def get(self, name: str) -> AESGCM | None:
        """The key, None when it was destroyed."""
        try:
            return AESGCM(self._file(name).read_bytes())
        except (FileNotFoundError, ValueError):
            return None

    def destroy(self, name: str) -> None:
        """Overwrite and remove a key; one that is gone already is fine."""
        try:
            with self._file(name).open("r+b") as file:
                file.write(bytes(32))
                file.flush()
                os.fsync(file.fileno())
        except FileNotFoundError:
            return
        self._file(name).unlink(missing_ok=True)
        sync_folder(self._folder)

    def names(self) -> list[str]:
        """The keys that are there."""
        return sorted(file.stem for file in self._folder.glob("*.key"))

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.key"


def seal(key: AESGCM, plain: bytes, *, about: bytes) -> bytes:
    """Nonce, ciphertext and tag; opening it needs the same ``about``."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + key.encrypt(nonce, plain, about)


def unseal(key: AESGCM, sealed: bytes, *, about: bytes) -> bytes:
    """What was sealed. Raises ``cryptography.exceptions.InvalidTag``."""
    return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about)

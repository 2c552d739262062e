"""One core a store: two writers of one journal would be the end of both."""

import fcntl
import os
from pathlib import Path


class StoreInUseError(Exception):
    """Another engine works on this store folder."""


class StoreLock:
    """Held while the process lives; the kernel lets go of it when the process dies, however it dies."""

    def __init__(self, state_dir: Path) -> None:
        self._fd = os.open(state_dir / "core.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._fd)
            raise StoreInUseError(f"another engine works on {state_dir.parent}; stop it first") from None

    def release(self) -> None:
        """Let another engine have the store."""
        os.close(self._fd)

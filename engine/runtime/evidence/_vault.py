"""Evidence of open cases on disk, each sealed with a key of its own."""

import hashlib
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec
import structlog
from cryptography.exceptions import InvalidTag

from engine.domain import CaseId, Evidence
from engine.runtime.durable import write_durably
from engine.runtime.sealing import KeyRing, seal, unseal

log = structlog.get_logger()

_HOUR_S = 3600.0
_evidence = msgspec.msgpack.Decoder(Evidence)


class EvidenceVault:
    """Writes evidence when a case is flagged; destroys it when the case is closed or too old."""

    def __init__(self, folder: Path, keys: KeyRing) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._keys = keys

    def keep(self, evidence: Evidence) -> None:
        """Seal and write; evidence that is there already stays. A full disk costs the evidence and is said."""
        name = _name(evidence.case_id)
        if self._file(name).exists():
            return
        self._keys.destroy(name)  # of a write that a crash cut short
        try:
            key = self._keys.create(name)
            write_durably(self._file(name), seal(key, msgspec.msgpack.encode(evidence), about=name.encode()))
        except OSError:
            log.exception("evidence_lost", case_id=evidence.case_id)

    def read(self, case_id: CaseId) -> Evidence:
        """What is kept for a case; empty when there is nothing any more."""
        name = _name(case_id)
        key = self._keys.get(name)
        try:
            if key is not None:
                return _evidence.decode(unseal(key, self._file(name).read_bytes(), about=name.encode()))
        except (FileNotFoundError, InvalidTag, msgspec.MsgspecError):
            log.exception("evidence_unreadable", case_id=case_id)
        return Evidence(case_id=case_id, frames=(), steps=())

    def destroy(self, case_id: CaseId) -> None:
        """The case is closed."""
        self._destroy(_name(case_id))

    def sweep(self, *, wanted: Iterable[CaseId], keep_hours: float) -> None:
        """Destroy what belongs to no such case or is older than that."""
        names = {_name(case_id) for case_id in wanted}
        limit_s = time.time() - keep_hours * _HOUR_S
        for name in self._keys.names():
            file = self._file(name)
            if name not in names or not file.exists() or file.stat().st_mtime < limit_s:
                self._destroy(name)

    def _destroy(self, name: str) -> None:
        self._keys.destroy(name)
        self._file(name).unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.sealed"


def _name(case_id: CaseId) -> str:
    return hashlib.sha256(case_id.encode()).hexdigest()[:32]

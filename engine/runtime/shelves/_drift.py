"""How far each plate's zero has wandered, kept in the store's folder so that a restart does not forget it."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import structlog

from engine.domain import PlateId
from engine.runtime.durable import write_durably
from engine.runtime.shelves._poller import ShelvesOfController

log = structlog.get_logger()

_KEEP_S = 600.0


class DriftRecord:
    """``zero-drift.json`` in a folder: grams by plate."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "zero-drift.json"

    def read(self) -> dict[PlateId, float]:
        """What was kept; nothing where there is nothing, or nothing that can be read."""
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=dict[PlateId, float])
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.DecodeError) as error:
            log.warning("zero_drift_lost", file=str(self._file), problem=str(error))
            return {}

    def keep(self, shelves: Sequence[ShelvesOfController]) -> None:
        """Write what all plates have drifted by now."""
        self._write({plate_id: round(grams, 1) for one in shelves for plate_id, grams in one.drifted_g.items()})

    def forget(self, plate_id: PlateId) -> None:
        """A plate that has just been zeroed has not wandered; the engine must not be running."""
        drifted_g = self.read()
        if drifted_g.pop(plate_id, None) is not None:
            self._write(drifted_g)

    def _write(self, drifted_g: Mapping[PlateId, float]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_durably(self._file, msgspec.json.encode(drifted_g, order="sorted"))

    async def keep_on(self, shelves: Sequence[ShelvesOfController]) -> None:
        """Keep it every ten minutes, for ever; a slow disk delays no controller."""
        while True:
            await asyncio.sleep(_KEEP_S)
            await asyncio.to_thread(self.keep, shelves)

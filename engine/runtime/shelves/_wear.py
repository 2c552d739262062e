"""How often a controller's settings were written today: its memory stands only so many writes."""

import datetime
from collections.abc import Callable
from pathlib import Path

import msgspec

from engine.domain import ControllerId
from engine.ports import DeviceError
from engine.runtime.durable import write_durably


class _Day(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    date: str
    writes: int
    ever: int


def _today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()


class WearRecord:
    """``CONTROLLER.eeprom.json`` in a folder: kept before a write is made, so that none goes uncounted."""

    def __init__(self, folder: Path, controller_id: ControllerId, *, today: Callable[[], str] = _today) -> None:
        self._controller_id = controller_id
        self._file = folder / f"{controller_id}.eeprom.json"
        self._today = today

    def spend(self, writes: int, *, per_day: int) -> None:
        """Note that so many writes are about to be made. Raises ``DeviceError``."""
        kept, date = self._read(), self._today()
        so_far = kept.writes if kept.date == date else 0
        if so_far + writes > per_day:
            problem = f"its memory was written {so_far} times today, and lasts ten years with {per_day} a day"
            remedy = "wait until tomorrow, or use what it has without writing"
            raise DeviceError(f"{self._controller_id}: {problem}: {remedy}", kind="refused")
        day = _Day(date=date, writes=so_far + writes, ever=kept.ever + writes)
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_durably(self._file, msgspec.json.encode(day))

    def _read(self) -> _Day:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=_Day)
        except FileNotFoundError:
            return _Day(date="", writes=0, ever=0)
        except (OSError, msgspec.DecodeError) as error:
            problem = f"{self._file}: {error}: nobody knows how often its memory was written"
            raise DeviceError(f"{problem}: mend the file, or delete it to count anew", kind="refused") from None

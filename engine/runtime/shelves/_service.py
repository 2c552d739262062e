"""What a technician does with a store's controllers while the engine is not running: look, zero, tare, span."""

import asyncio
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from engine.domain import ControllerId, Floats, PlateId
from engine.ports import DeviceError, SettingsError, ShelfCommand, ShelfDevice
from engine.runtime.drivers import open_shelf
from engine.runtime.shelves._drift import DriftRecord
from engine.runtime.shelves._wear import WearRecord
from engine.store import ControllerSection, StoreFolder

_LOOK_S = 0.1
_MEAN_OF = 10
_PATIENCE_S = 3.0


@dataclass(frozen=True, kw_only=True)
class CellView:
    """One channel as it is now: grams, or NaN and what is wrong; ``stable`` None where the controller does not say."""

    controller_id: ControllerId
    channel: int
    plate_id: PlateId | None
    grams: float
    stable: bool | None
    problem: str


class ShelfWatch:
    """The cells of some controllers, read over links of its own; ``cells`` has what each said last."""

    def __init__(self, folder: StoreFolder, sections: tuple[ControllerSection, ...]) -> None:
        self._links = [(section, open_shelf(folder, section)) for section in sections]
        self._plates = {(plate.controller_id, plate.channel): plate.plate_id for plate in folder.store.plates}
        self._cells: dict[ControllerId, tuple[CellView, ...]] = {}

    @property
    def cells(self) -> tuple[CellView, ...]:
        """What there is to show, in the order of store.toml."""
        return tuple(cell for section, _ in self._links for cell in self._cells.get(section.id, ()))

    async def run(self) -> None:
        """Read for ever; a silent controller delays no other."""
        async with asyncio.TaskGroup() as group:
            for section, link in self._links:
                group.create_task(self._follow(section, link))

    async def once(self) -> None:
        """Read every controller once, for as long as patience lasts."""
        await asyncio.gather(*(self._look(section, link, _PATIENCE_S) for section, link in self._links))

    async def close(self) -> None:
        """Hang up."""
        for _, link in self._links:
            await link.close()

    async def _follow(self, section: ControllerSection, link: ShelfDevice) -> None:
        while True:
            await self._look(section, link, 0.0)
            await asyncio.sleep(_LOOK_S)

    async def _look(self, section: ControllerSection, link: ShelfDevice, patience_s: float) -> None:
        until_s = asyncio.get_running_loop().time() + patience_s
        while True:
            try:
                samples = await link.read()
            except DeviceError as error:
                blank = np.full(section.channels, np.nan)
                self._cells[section.id] = self._views(
                    section, blank, None, dict.fromkeys(range(len(blank)), str(error))
                )
                if asyncio.get_running_loop().time() >= until_s:
                    return
                await asyncio.sleep(_LOOK_S)
            else:
                problems = {fault.channel: fault.kind for fault in samples.faults}
                self._cells[section.id] = self._views(section, samples.grams, samples.stable, problems)
                return

    def _views(
        self, section: ControllerSection, grams: Floats, stable: NDArray[np.bool_] | None, problems: Mapping[int, str]
    ) -> tuple[CellView, ...]:
        return tuple(
            CellView(
                controller_id=section.id,
                channel=channel,
                plate_id=self._plates.get((section.id, channel)),
                grams=float(value_g),
                stable=bool(stable[channel]) if stable is not None else None,
                problem=problems.get(channel, "no reading" if np.isnan(value_g) else ""),
            )
            for channel, value_g in enumerate(grams)
        )


class Technician:
    """Tells one controller what to do. Raises ``SettingsError``, also while the engine runs.

    What is zeroed under a running engine looks as if everything had been taken.
    """

    def __init__(self, folder: StoreFolder, section: ControllerSection, channel: int) -> None:
        if not 0 <= channel < section.channels:
            raise SettingsError(f"{section.id} has channels 0 to {section.channels - 1}: name one of them")
        door = folder.installation.network.door
        if _answers(door):
            raise SettingsError(f"the engine runs ({door} answers) and would take this for goods: end it first")
        self._link = open_shelf(folder, section)
        self._channel = channel
        self._wear = WearRecord(folder.shelves_dir, section.id)
        self._drift = DriftRecord(folder.shelves_dir)
        here = (section.id, channel)
        self._plates = [plate.plate_id for plate in folder.store.plates if (plate.controller_id, plate.channel) == here]

    async def grams(self) -> float:
        """The mean of a few readings of the channel. Raises ``DeviceError``."""
        readings = [(await self._link.read()).grams[self._channel]]
        for _ in range(_MEAN_OF - 1):
            await asyncio.sleep(_LOOK_S / 2)
            readings.append((await self._link.read()).grams[self._channel])
        return float(np.mean(readings))

    async def tell(self, command: ShelfCommand, known_g: float | None) -> None:
        """Have it done. Raises ``DeviceError``."""
        await self._link.command(command, self._channel, wear=self._wear, known_g=known_g)
        for plate_id in self._plates:
            self._drift.forget(plate_id)

    async def close(self) -> None:
        """Hang up."""
        await self._link.close()


def _answers(endpoint: str) -> bool:
    url = urlsplit(endpoint)
    if url.scheme != "tcp" or not url.hostname or not url.port:
        return False
    with suppress(OSError), socket.create_connection((url.hostname, url.port), timeout=1.0):
        return True
    return False

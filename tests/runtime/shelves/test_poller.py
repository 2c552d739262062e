"""Polling: rates are kept, a silent controller delays nobody, loss and return are facts."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from engine.domain import (
    ControllerHealth,
    ControllerId,
    GondolaId,
    InputFact,
    Plate,
    PlateId,
    SensorFault,
    SensorRecovered,
    Shelf,
    ShelfBaseline,
    ShelfId,
    Store,
)
from engine.ports import CellFault, DeviceError, ShelfLink, ShelfSamples
from engine.runtime.shelves import ShelvesOfController, check_wiring, poll_controller
from engine.store import ControllerSection, Installation, StoreFolder, StoreFolderError, StoreSection

DEADLINE_S = 10.0


@dataclass
class Sink:
    """Keeps what the shelves say."""

    facts: list[InputFact] = field(default_factory=list)
    views: list[ControllerHealth] = field(default_factory=list)

    def send(self, fact: InputFact) -> bool:
        self.facts.append(fact)
        return True

    def show(self, view: ControllerHealth) -> None:
        self.views.append(view)


@dataclass
class Link:
    """A controller with two plates at rest, or one that says nothing for ``silence_s`` and fails."""

    silence_s: float = 0.0
    silent: bool = False
    faults: tuple[CellFault, ...] = ()

    async def read(self) -> ShelfSamples:
        if self.silent:
            await asyncio.sleep(self.silence_s)
            raise DeviceError("127.0.0.1:502 unit 1 does not answer: check its power and cable")
        t_ns = time.monotonic_ns()
        grams = np.array([np.nan, 500 + t_ns % 7 / 7, 900 + t_ns % 5 / 5])
        return ShelfSamples(t_ns=t_ns, grams=grams, faults=self.faults)

    async def close(self) -> None:
        """Nothing to hang up."""


def store_of(*controllers: str) -> Store:
    """One shelf of two plates a controller, on channels 1 and 2."""
    plates, shelves = [], []
    for name in controllers:
        ids = tuple(PlateId(f"{name}-1-{number}") for number in (1, 2))
        shelves.append(Shelf(shelf_id=ShelfId(f"{name}-1"), gondola_id=GondolaId(name), plate_ids=ids))
        plates += [
            Plate(
                plate_id=plate_id,
                shelf_id=shelves[-1].shelf_id,
                centre_m=(0.1 * channel, 0.0, 1.0),
                width_m=0.1,
                depth_m=0.4,
                yaw_rad=0.0,
                clearance_m=0.3,
                controller_id=ControllerId(name),
                channel=channel,
            )
            for channel, plate_id in enumerate(ids, start=1)
        ]
    return Store(
        name="two plates",
        currency="EUR",
        floor_m=((0, 0), (1, 0), (1, 1)),
        gates=(),
        gondolas=(),
        shelves=tuple(shelves),
        plates=tuple(plates),
        facings=(),
        products=(),
        cameras=(),
    )


def section(name: str, hz: float = 50.0) -> ControllerSection:
    """A controller's place in store.toml."""
    return ControllerSection(
        id=ControllerId(name), driver="shelf.modbus", host="127.0.0.1", port=502, profile="p", channels=3, sample_hz=hz
    )


@asynccontextmanager
async def polling(sink: Sink, **links: ShelfLink) -> AsyncIterator[None]:
    """Controllers by name, polled until the block ends."""
    store = store_of(*links)
    tasks = [
        asyncio.create_task(poll_controller(section(name), link, ShelvesOfController(store, ControllerId(name)), sink))
        for name, link in links.items()
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def until(condition: Callable[[], bool]) -> None:
    """Let the polls run until the condition holds."""
    deadline_s = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline_s
        await asyncio.sleep(0.005)


async def test_a_silent_controller_delays_no_other() -> None:
    sink = Sink()
    async with polling(sink, mute=Link(silence_s=30.0, silent=True), well=Link()):
        await until(lambda: any(view.controller_id == "well" for view in sink.views))
    (health,) = [view for view in sink.views if view.controller_id == "well"]
    assert health.hz == pytest.approx(50, abs=5)
    assert health.fault == ""


async def test_plates_are_found_on_their_channels() -> None:
    sink = Sink()
    async with polling(sink, one=Link()):
        await until(lambda: any(isinstance(fact, ShelfBaseline) for fact in sink.facts))
    (baseline,) = [fact for fact in sink.facts if isinstance(fact, ShelfBaseline)]
    assert baseline.resumed
    assert [(part.plate_id, round(part.mass_mg, -4)) for part in baseline.plates] == [
        ("one-1-1", 500_000),
        ("one-1-2", 900_000),
    ]


async def test_loss_and_return_of_a_controller_are_told_once() -> None:
    sink, link = Sink(), Link(silence_s=0.05)
    async with polling(sink, one=link):
        await until(lambda: bool(sink.facts))
        link.silent = True
        await until(lambda: any(isinstance(fact, SensorFault) for fact in sink.facts))
        await until(lambda: bool(sink.views and sink.views[-1].fault))
        link.silent = False
        await until(lambda: any(isinstance(fact, SensorRecovered) for fact in sink.facts))
        await until(lambda: len([fact for fact in sink.facts if isinstance(fact, ShelfBaseline)]) == 2)
    (fault,) = [fact for fact in sink.facts if isinstance(fact, SensorFault)]
    assert (fault.device_id, fault.kind) == ("one", "unreachable")
    assert "check its power" in fault.remedy
    assert all(fact.resumed for fact in sink.facts if isinstance(fact, ShelfBaseline))


async def test_what_a_controller_says_of_a_cell_is_told_of_its_plate() -> None:
    sink = Sink()
    async with polling(sink, one=Link(faults=(CellFault(channel=2, kind="supply"),))):
        await until(lambda: any(isinstance(fact, SensorFault) for fact in sink.facts))
    (fault,) = [fact for fact in sink.facts if isinstance(fact, SensorFault)]
    assert (fault.device_id, fault.kind, fault.remedy) == ("one-1-2", "supply", "Check the controller's power supply")


def test_a_shelf_on_an_unknown_controller_is_refused_by_name(tmp_path: Path) -> None:
    installation = Installation(store=StoreSection(name="two plates", currency="EUR"))
    folder = StoreFolder(path=tmp_path, store=store_of("one"), installation=installation)
    with pytest.raises(StoreFolderError, match=r"layout\.toml: one-1: .*controllers one"):
        check_wiring(folder, [section("other")])
    check_wiring(folder, [section("one")])

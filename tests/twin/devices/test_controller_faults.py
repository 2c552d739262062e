"""Faults of a scenario's file end to end: real Modbus clients see what a store's link would see."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from drivers.shelf import open_modbus
from drivers.twin.devices._controllers import ShelfController, Trouble
from drivers.twin.physics import ControllerFaults, PlateLoads
from drivers.twin.scenario import Programme
from engine.domain import ControllerId, Floats, PlateId, Store
from engine.ports import DeviceError, ShelfLink
from engine.store import ControllerSection
from tests.twin.devices.test_devices import DEADLINE_S, floats, free_port

HEAD = 'title = "Something breaks"\n[[shopper]]\nname = "anna"\naction = []\n'


@dataclass
class Clock:
    """The scenario's time, as the test has it."""

    now_s: float = 0.0


@dataclass(frozen=True)
class Peer:
    """A controller with faults, its clock and who asks it."""

    clock: Clock
    section: ControllerSection
    client: AsyncModbusTcpClient
    asked: asyncio.Event

    async def grams(self) -> Floats:
        answer = await self.client.read_holding_registers(0, count=36, device_id=1)
        return np.array(floats(answer.registers))


@asynccontextmanager
async def broken(demo: Store, file: Path, faults: str) -> AsyncIterator[Peer]:
    """The demo store's lower controller of gondola A on a socket, in a scenario with these faults."""
    file.write_text(HEAD + faults)
    programme = Programme(seed=1, scenario=file)
    section = ControllerSection(
        id=ControllerId("a-low"),
        driver="shelf.modbus",
        host="127.0.0.1",
        port=free_port(),
        profile="generic-float32",
        channels=18,
    )
    clock, found = Clock(), programme.faults(demo)
    loads = PlateLoads(programme.world(demo), seed=1, faults=found)
    asked = asyncio.Event()

    def weigh(plate_ids: tuple[PlateId, ...]) -> Floats:
        asked.set()
        return loads.grams(plate_ids, clock.now_s)

    trouble = Trouble(faults=ControllerFaults(found, section.id), now_s=lambda: clock.now_s)
    device = ShelfController(section, demo, weigh, trouble)
    await device.start()
    following = asyncio.create_task(device.follow_faults())
    client = AsyncModbusTcpClient(section.host, port=section.port, timeout=0.1, retries=0, reconnect_delay=0)
    assert await client.connect()
    try:
        yield Peer(clock, section, client, asked)
    finally:
        client.close()
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await device.close()


async def test_stuck_and_swapped_cells_are_so_on_their_channels(demo: Store, tmp_path: Path) -> None:
    faults = """
        [[fault]]
        kind = "stuck"
        plate = "A-1-1"
        from_s = 10
        [[fault]]
        kind = "swapped"
        plate = "A-1-2"
        other = "A-1-6"
        from_s = 10
    """
    async with broken(demo, tmp_path / "faults.toml", faults) as peer:
        before_g = await peer.grams()
        samples_g = []
        for number in range(20):
            peer.clock.now_s = 10.0 + number / 50
            samples_g.append(await peer.grams())
    of_plate = np.array(samples_g)
    assert len(np.unique(of_plate[:, 0])) == 1
    assert len(np.unique(of_plate[:, 2])) > 3
    assert of_plate[:, [1, 5]].mean(axis=0) == pytest.approx(before_g[[5, 1]], abs=20.0)
    assert abs(before_g[1] - before_g[5]) > 40.0


async def test_a_dead_cell_says_what_the_transmitter_says_without_one(demo: Store, tmp_path: Path) -> None:
    faults = '[[fault]]\nkind = "dead"\nplate = "A-1-3"\nfrom_s = 5\nto_s = 6\n'
    async with broken(demo, tmp_path / "faults.toml", faults) as peer:
        said_g = []
        for now_s in (4.0, 5.0, 6.0):
            peer.clock.now_s = now_s
            said_g.append((await peer.grams())[2])
    assert np.isnan(said_g[1]) or said_g[1] in (0.0, 20_000.0, -20_000.0)
    assert said_g[2] == pytest.approx(said_g[0], abs=20.0)


async def test_an_offline_controller_hangs_up_refuses_and_comes_back(
    demo: Store, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    faults = '[[fault]]\nkind = "offline"\ncontroller = "a-low"\nfrom_s = 5\nto_s = 6\n'
    async with broken(demo, tmp_path / "faults.toml", faults) as peer:
        link = store_link(peer.section, profiles=pytestconfig.rootpath / "resources" / "profiles")
        assert (await link.read()).grams.shape == (18,)
        peer.clock.now_s = 5.5
        with pytest.raises(DeviceError, match="cannot be reached"):
            await read_until_it_fails(link)
        peer.clock.now_s = 6.5
        async with asyncio.timeout(DEADLINE_S):
            while not await answers(link):
                await asyncio.sleep(0.01)
        await link.close()


async def test_lost_answers_time_out_and_the_next_is_answered(demo: Store, tmp_path: Path) -> None:
    faults = '[[fault]]\nkind = "lossy"\ncontroller = "a-low"\nshare = 1.0\nfrom_s = 5\nto_s = 6\n'
    async with broken(demo, tmp_path / "faults.toml", faults) as peer:
        peer.clock.now_s = 5.5
        with pytest.raises(ModbusException, match="No response"):
            await peer.grams()
        peer.clock.now_s = 6.5
        assert len(await peer.grams()) == 18


async def test_about_the_share_of_answers_is_lost(demo: Store, tmp_path: Path) -> None:
    faults = '[[fault]]\nkind = "lossy"\ncontroller = "a-low"\nshare = 0.3\n'
    async with broken(demo, tmp_path / "faults.toml", faults) as peer:
        peer.client.comm_params.timeout_connect = 0.05
        lost = 0
        for _ in range(30):
            try:
                await peer.grams()
            except ModbusException:
                lost += 1
                await peer.client.connect()
    assert 3 <= lost <= 20


async def test_a_late_answer_is_of_the_instant_at_which_it_was_asked_for(demo: Store, tmp_path: Path) -> None:
    faults = """
        [[fault]]
        kind = "late"
        controller = "a-low"
        late_s = 0.05
        [[fault]]
        kind = "dead"
        plate = "A-1-1"
        from_s = 1
    """
    async with broken(demo, tmp_path / "faults.toml", faults) as peer:
        began_s = time.monotonic()
        asking = asyncio.create_task(peer.grams())
        await peer.asked.wait()
        peer.clock.now_s = 2.0
        asked_g = await asking
        assert time.monotonic() - began_s >= 0.05
        later_g = await peer.grams()
    assert asked_g[0] != later_g[0]
    assert asked_g[1:] == pytest.approx(later_g[1:], abs=20.0)


async def test_where_somebody_else_listens_the_message_names_controller_and_remedy(demo: Store, tmp_path: Path) -> None:
    async with broken(demo, tmp_path / "faults.toml", "") as peer:
        second = ShelfController(
            peer.section,
            demo,
            lambda plates: np.zeros(len(plates)),
            Trouble(faults=ControllerFaults((), peer.section.id), now_s=time.monotonic),
        )
        with pytest.raises(OSError, match=r"a-low: somebody else listens .* store\.toml"):
            await second.start()


def store_link(section: ControllerSection, *, profiles: Path) -> ShelfLink:
    profile = profiles / f"{section.profile}.toml"
    return open_modbus(section.host, section.port, unit=1, profile=profile, channels=section.channels)


async def read_until_it_fails(link: ShelfLink) -> None:
    """Read until nobody can be reached; a connection that just ended does not answer first."""
    async with asyncio.timeout(DEADLINE_S):
        while True:
            try:
                await link.read()
            except DeviceError as error:
                if "cannot be reached" in str(error):
                    raise
            await asyncio.sleep(0.005)


async def answers(link: ShelfLink) -> bool:
    try:
        await link.read()
    except DeviceError:
        return False
    return True

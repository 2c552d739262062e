"""The twin's hardware on real sockets, asked by real clients: what a store's devices would say and nothing more."""

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path

import jwt
import msgspec
import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from numpy.typing import NDArray
from pymodbus.client import AsyncModbusTcpClient

from drivers.camera import open_mjpeg, open_smart
from drivers.gate import open_gate
from drivers.twin.devices import GateServer, TruthRecord
from drivers.twin.devices._controllers import ShelfController, Trouble
from drivers.twin.devices._gate import TOKEN_LIFE_S
from drivers.twin.devices._stream import MjpegServer, SmartCamera
from drivers.twin.physics import ControllerFaults
from engine.domain import BodiesTracked, CameraId, ControllerId, PersonsSeen, PlateId, Store
from engine.ports import DeviceError
from engine.store import ControllerSection
from tests.runtime.build import seen

DEADLINE_S = 5.0
ENTRY_KEY = Ed25519PrivateKey.generate()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition while servers of this loop live on; fail loudly when it does not come."""
    async with asyncio.timeout(DEADLINE_S):
        while not condition():
            await asyncio.sleep(0.002)


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        return int(listening.getsockname()[1])


# --- shelf controllers --------------------------------------------------------------------------------------------


def weigh(plate_ids: tuple[PlateId, ...]) -> NDArray[np.float64]:
    """Each plate's grams tell which plate it is."""
    return np.array([grams_of(plate_id) for plate_id in plate_ids])


def grams_of(plate_id: PlateId) -> float:
    return float(int(plate_id[-1]) * 100 + int(plate_id[-3])) - 0.5


@asynccontextmanager
async def controller(store: Store, *, channels: int = 20) -> AsyncIterator[AsyncModbusTcpClient]:
    section = ControllerSection(
        id=ControllerId("a-low"),
        driver="shelf.modbus",
        host="127.0.0.1",
        port=free_port(),
        profile="generic-float32",
        channels=channels,
    )
    trouble = Trouble(faults=ControllerFaults((), section.id), now_s=time.monotonic)
    device = ShelfController(section, store, weigh, trouble)
    await device.start()
    client = AsyncModbusTcpClient(section.host, port=section.port)
    async with asyncio.timeout(DEADLINE_S):
        while not await client.connect():
            await asyncio.sleep(0.002)
    try:
        yield client
    finally:
        client.close()
        await device.close()


def floats(registers: Sequence[int]) -> list[float]:
    pairs = zip(registers[::2], registers[1::2], strict=True)
    return [float(struct.unpack(">f", struct.pack(">HH", high, low))[0]) for high, low in pairs]


async def test_a_controller_answers_grams_as_float32_high_word_first(demo: Store) -> None:
    plates = [plate for plate in demo.plates if plate.controller_id == "a-low"]
    async with controller(demo) as client:
        answer = await client.read_holding_registers(0, count=40, device_id=1)
        grams = floats(answer.registers)
    assert len(plates) == 18
    assert grams[:18] == [grams_of(plate.plate_id) for plate in plates]
    assert grams[18:] == [0.0, 0.0]  # channels with nothing plugged in


@pytest.mark.parametrize(("first", "count"), [(6, 2), (10, 20), (35, 1), (7, 4)])
async def test_a_part_of_the_registers_is_that_part(demo: Store, first: int, count: int) -> None:
    async with controller(demo) as client:
        whole = (await client.read_holding_registers(0, count=40, device_id=1)).registers
        part = await client.read_holding_registers(first, count=count, device_id=1)
    assert part.registers == whole[first : first + count]


async def test_a_register_that_is_not_there_is_an_exception_of_the_protocol(demo: Store) -> None:
    async with controller(demo, channels=18) as client:
        answer = await client.read_holding_registers(30, count=20, device_id=1)
        again = await client.read_holding_registers(0, count=2, device_id=1)
    assert answer.isError()
    assert floats(again.registers) == [grams_of(PlateId("A-1-1"))]


# --- gate ---------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def gate_server(folder: Path) -> AsyncIterator[tuple[GateServer, int]]:
    key_file = folder / "entry.key.pem"
    key_file.write_bytes(ENTRY_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    server, port = GateServer.with_key(key_file), free_port()
    await server.start("127.0.0.1", port)
    try:
        yield server, port
    finally:
        await server.close()


async def test_a_code_of_staff_says_so_and_another_does_not(tmp_path: Path) -> None:
    async with gate_server(tmp_path) as (server, port):
        await server.show_token("shopper-1")
        await server.show_token("shopper-2", staff=True)
        readings = open_gate("127.0.0.1", port).readings()
        tokens = [(await anext(readings)).token for _ in range(2)]
    roles = [jwt.decode(token, ENTRY_KEY.public_key(), algorithms=["EdDSA"]).get("role") for token in tokens]
    assert roles == [None, "staff"]


def test_a_truth_file_from_before_parties_can_be_read() -> None:
    line = b'{"t_ns":1,"deed":"pick","shopper":0,"sku_id":"cola","plate_id":"A-4-6"}'
    record = msgspec.json.decode(line, type=TruthRecord)
    assert (record.by, record.to, record.by_staff) == (None, None, False)


async def test_a_gate_says_signed_short_lived_tokens_and_passages(tmp_path: Path) -> None:
    async with gate_server(tmp_path) as (server, port):
        await server.show_token("shopper-1")  # before anybody listens: it waits
        readings = open_gate("127.0.0.1", port).readings()
        token = (await anext(readings)).token
        await server.pass_through(inward=True)
        await server.pass_through(inward=False)
        assert [(await anext(readings)).passage for _ in range(2)] == ["in", "out"]
    claims = jwt.decode(token, ENTRY_KEY.public_key(), algorithms=["EdDSA"])
    assert claims["jti"] == "shopper-1"
    assert 0 < claims["exp"] - time.time() <= TOKEN_LIFE_S
    with pytest.raises(DeviceError, match="hung up"):
        await anext(readings)


async def test_what_is_said_while_nobody_listens_waits_for_the_next_listener(tmp_path: Path) -> None:
    async with gate_server(tmp_path) as (server, port):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        await until(server.met.is_set)
        writer.close()
        await until(lambda: not server.listeners)
        await server.pass_through(inward=True)
        await server.pass_through(inward=False)
        readings = open_gate("127.0.0.1", port).readings()
        assert [(await anext(readings)).passage for _ in range(2)] == ["in", "out"]


# --- cameras ------------------------------------------------------------------------------------------------------


async def test_an_ip_camera_streams_its_newest_picture_to_everybody() -> None:
    server, port = MjpegServer([CameraId("one"), CameraId("two")]), free_port()
    await server.start("127.0.0.1", port)
    first, second, stranger = (open_mjpeg(f"http://127.0.0.1:{port}/{name}") for name in ("one", "one", "three"))
    try:
        count = 0

        def publish_until_both_have_two() -> bool:
            nonlocal count
            count += 1
            server.publish(CameraId("one"), b"picture %d" % count)
            server.publish(CameraId("two"), b"other")
            return all(camera.newest(after_seq=1) is not None for camera in (first, second))

        await until(publish_until_both_have_two)
        await until(lambda: "HTTP 404" in stranger.fault)
        assert first.fault == second.fault == ""
    finally:
        await server.close()
        for camera in (first, second, stranger):
            await asyncio.to_thread(camera.close)


async def test_a_smart_camera_says_what_is_seen_and_nothing_of_the_world() -> None:
    server, port = SmartCamera(), free_port()
    await server.start("127.0.0.1", port)
    camera = open_smart(f"tcp://127.0.0.1:{port}")
    heard: list[PersonsSeen | BodiesTracked] = []

    def publish_until_heard() -> bool:
        server.publish(seen(0, camera="face-a"))
        heard.extend(camera.seen())
        return len(heard) >= 2

    try:
        await until(publish_until_heard)
        assert all(isinstance(fact, PersonsSeen) and fact.persons == seen(0).persons for fact in heard)
    finally:
        await server.close()
        await asyncio.to_thread(camera.close)

"""Both sides show a certificate, or there is no reading: against pymodbus' TLS server, and jsmodbus behind node's.

node says why it refuses somebody; pymodbus, as whatever is built on asyncio, just hangs up.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pymodbus.server import ModbusTlsServer
from pymodbus.simulator import DataType, SimData, SimDevice

from drivers.shelf import open_modbus
from engine.ports import DeviceError, ShelfLink, TlsFiles
from tests.drivers.shelf.peers.certificates import Authority, Identity
from tests.drivers.shelf.peers.devices import HERE, PATIENT, Peer, float32

GRAMS = [12.5, -3.0]


@dataclass(frozen=True)
class Store:
    """Who vouches for the devices and the engine of a store, and the device."""

    authority: Authority
    device: Identity


@pytest.fixture
def store(tmp_path: Path) -> Store:
    authority = Authority(tmp_path, "store")
    return Store(authority=authority, device=authority.identity("device", device_at_loopback=True))


@contextlib.asynccontextmanager
async def pymodbus_device(store: Store) -> AsyncIterator[int]:
    """A TLS server that answers clients that the store's authority vouches for; yields its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(store.device.certificate, store.device.key)
    context.load_verify_locations(store.authority.file)
    context.verify_mode = ssl.CERT_REQUIRED
    data = SimData(0, values=float32(GRAMS), datatype=DataType.REGISTERS)
    server = ModbusTlsServer(SimDevice(1, simdata=[data]), address=("127.0.0.1", 0), sslctx=context)
    await server.serve_forever(background=True)
    listening: object = server.transport  # which pymodbus calls a transport
    assert isinstance(listening, asyncio.Server)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        await server.shutdown()  # type: ignore[no-untyped-call]


@contextlib.asynccontextmanager
async def node_device(store: Store) -> AsyncIterator[int]:
    """The same of jsmodbus."""
    files = f"{store.device.certificate} {store.device.key} {store.authority.file}"
    async with Peer(("node", HERE / "jsmodbus_device.js"), environment={"TLS": files}).serve(float32(GRAMS)) as port:
        yield port


Controller = Callable[[Store], AbstractAsyncContextManager[int]]


@pytest.fixture(params=[pymodbus_device, node_device])
def controller(request: pytest.FixtureRequest) -> Controller:
    device: Controller = request.param
    return device


def link_to(port: int, tls: TlsFiles) -> ShelfLink:
    return open_modbus("127.0.0.1", port, unit=1, profile=PATIENT, channels=2, tls=tls)


async def faults_of(link: ShelfLink, tries: int) -> list[str]:
    said = []
    for _ in range(tries):
        with pytest.raises(DeviceError) as told:
            await link.read()
        assert told.value.kind == "unreachable"
        said.append(str(told.value))
    await link.close()
    return said


async def test_who_shows_a_certificate_of_the_store_reads(store: Store, controller: Controller) -> None:
    engine = store.authority.identity("engine")
    tls = TlsFiles(ca=store.authority.file, certificate=engine.certificate, key=engine.key)
    async with controller(store) as port:
        link = link_to(port, tls)
        for _ in range(5):
            assert (await link.read()).grams.tolist() == GRAMS
        await link.close()


async def test_who_shows_none_is_refused_and_told(store: Store, controller: Controller) -> None:
    async with controller(store) as port:
        said = await faults_of(link_to(port, TlsFiles(ca=store.authority.file)), 3)
        assert any("certificate" in each.lower() for each in said)


async def test_who_shows_a_strangers_is_refused_and_told(store: Store, controller: Controller, tmp_path: Path) -> None:
    stranger = Authority(tmp_path, "elsewhere").identity("stranger")
    tls = TlsFiles(ca=store.authority.file, certificate=stranger.certificate, key=stranger.key)
    async with controller(store) as port:
        said = await faults_of(link_to(port, tls), 3)
        assert any("certificate" in each.lower() for each in said), said


async def test_a_device_that_shows_a_strangers_certificate_is_not_believed(
    store: Store, controller: Controller, tmp_path: Path
) -> None:
    engine = store.authority.identity("engine")
    other = Authority(tmp_path, "elsewhere")
    tls = TlsFiles(ca=other.file, certificate=engine.certificate, key=engine.key)
    async with controller(store) as port:
        (said,) = await faults_of(link_to(port, tls), 1)
        assert "certificate is not trusted" in said


async def test_a_device_whose_certificate_names_another_is_not_believed(store: Store, controller: Controller) -> None:
    engine = store.authority.identity("engine")
    tls = TlsFiles(
        ca=store.authority.file, certificate=engine.certificate, key=engine.key, server_name="scale-7.example"
    )
    async with controller(store) as port:
        (said,) = await faults_of(link_to(port, tls), 1)
        assert "certificate is not trusted" in said
        assert "scale-7.example" in said

"""What store.toml says of a controller's connection becomes a link, and what is wrong with it a line for people."""

from pathlib import Path

import pytest

from engine.domain import ControllerId
from engine.ports import SettingsError
from engine.runtime.drivers import open_shelf
from engine.runtime.readiness import problems
from engine.store import ControllerSection, Installation, SerialSection, StoreFolder, StoreSection, TlsSection
from tests.drivers.shelf.test_serial import Bus, bus
from tests.drivers.shelf.test_tls import Signed, device, ours, sign
from tests.runtime.shelves.test_poller import store_of

__all__ = ["bus", "ours"]  # fixtures


def folder_of(path: Path, section: ControllerSection) -> StoreFolder:
    """A store with one controller."""
    installation = Installation(store=StoreSection(name="one", currency="EUR"), controller=(section,))
    return StoreFolder(path=path, store=store_of(), installation=installation)


async def test_certificates_are_files_of_the_folder(tmp_path: Path, ours: Signed) -> None:
    sign(tmp_path, "engine", ours)
    async with device(sign(tmp_path, "device", ours), trusts=ours) as port:
        section = ControllerSection(
            id=ControllerId("one"),
            driver="shelf.modbus",
            host="127.0.0.1",
            port=port,
            tls=TlsSection(ca="ours.pem", certificate="engine.pem", key="engine.key.pem"),
            profile="generic-float32",
            channels=1,
        )
        link = open_shelf(folder_of(tmp_path, section), section)
        assert (await link.read()).grams.tolist() == [42.0]
        await link.close()


def test_a_certificate_that_is_not_there_is_said_before_the_store_opens(tmp_path: Path) -> None:
    tls = TlsSection(ca="keys/plant.pem")
    section = ControllerSection(
        id=ControllerId("one"),
        driver="shelf.modbus",
        host="127.0.0.1",
        port=1,
        tls=tls,
        profile="generic-float32",
        channels=1,
    )
    folder = folder_of(tmp_path, section)
    with pytest.raises(SettingsError, match=r"keys/plant\.pem: tls\.ca: No such file"):
        open_shelf(folder, section)
    assert any(line.startswith(f"one: {tmp_path}/keys/plant.pem: tls.ca: ") for line in problems(folder))


async def test_controllers_of_one_bus_share_it(tmp_path: Path, bus: Bus) -> None:
    bus.grams = {3: 3.5, 4: -4.0}
    sections = [
        ControllerSection(
            id=ControllerId(f"unit-{unit}"),
            driver="shelf.modbus-rtu",
            serial=SerialSection(device=str(bus.device), baud=115200, parity="none"),
            unit=unit,
            profile="generic-float32",
            channels=1,
        )
        for unit in bus.grams
    ]
    links = [open_shelf(folder_of(tmp_path, section), section) for section in sections]
    assert [(await link.read()).grams[0] for link in links] == [3.5, -4.0]
    for link in links:
        await link.close()


def test_a_bus_without_its_adapter_is_said(tmp_path: Path) -> None:
    section = ControllerSection(
        id=ControllerId("one"),
        driver="shelf.modbus-rtu",
        serial=SerialSection(device=str(tmp_path / "ttyUSB0")),
        profile="generic-float32",
        channels=1,
    )
    said = [line for line in problems(folder_of(tmp_path, section)) if line.startswith("one: ")]
    assert said == [f"one: {tmp_path}/ttyUSB0: no serial line. Plug in its adapter, or correct device"]

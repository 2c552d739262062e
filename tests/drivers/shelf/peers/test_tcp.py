"""The link against Modbus TCP servers of other people's making."""

import pytest

from drivers.shelf import open_modbus
from engine.ports import DeviceError
from tests.drivers.shelf.peers.devices import PATIENT, Peer, float32, reading

GRAMS = [float(channel) * 12.5 - 100.0 for channel in range(70)]  # more than one read holds


async def test_every_channel_is_read(tcp_peer: Peer) -> None:
    async with tcp_peer.serve(float32(GRAMS)) as port:
        link = open_modbus("127.0.0.1", port, unit=tcp_peer.unit, profile=PATIENT, channels=len(GRAMS))
        for _ in range(20):
            assert (await link.read()).grams.tolist() == GRAMS
        await link.close()


async def test_channels_that_are_not_there_are_told_and_never_guessed(tcp_peer: Peer) -> None:
    """Two of the peers answer with an exception, jsmodbus with fewer registers and no error."""
    async with tcp_peer.serve(float32([1.0, 2.0])) as port:
        link = open_modbus("127.0.0.1", port, unit=tcp_peer.unit, profile=PATIENT, channels=3)
        for _ in range(3):
            with pytest.raises(DeviceError, match="check its profile"):
                await link.read()
        await link.close()


async def test_a_device_that_was_restarted_is_found_again(tcp_peer: Peer) -> None:
    async with tcp_peer.serve(float32([1.0, 2.0])) as port:
        link = open_modbus("127.0.0.1", port, unit=tcp_peer.unit, profile=PATIENT, channels=2)
        assert (await link.read()).grams.tolist() == [1.0, 2.0]
    with pytest.raises(DeviceError, match=f"127.0.0.1:{port}"):
        await link.read()
    async with tcp_peer.serve(float32([3.0, 4.0]), at=port):
        assert (await reading(link)).grams.tolist() == [3.0, 4.0]
    await link.close()

"""A smart camera on a real socket: its people go on under its own name, its rate and its loss are seen."""

import asyncio
import time

from drivers.camera import open_smart
from engine.domain import BodiesTracked, CameraId, PersonsSeen
from engine.runtime.perception._relay import Relay

CLAIM = b'{"type":"PersonsSeen","t_ns":0,"camera_id":"another","frame_seq":1,"persons":[]}\n'


async def say(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A device that says one thing and hangs up."""
    writer.write(CLAIM)
    await writer.drain()
    writer.close()


async def test_a_device_speaks_for_itself_only_and_its_loss_is_told() -> None:
    device = await asyncio.start_server(say, "127.0.0.1", 0)
    port = device.sockets[0].getsockname()[1]
    relay = Relay(CameraId("door"), open_smart(f"tcp://127.0.0.1:{port}"))
    heard: list[PersonsSeen | BodiesTracked] = []
    deadline_s = time.monotonic() + 10
    try:
        while not (heard and "hung up" in relay.health(time.monotonic_ns()).fault):
            assert time.monotonic() < deadline_s
            heard += relay.seen()
            await asyncio.sleep(0.02)
        health = relay.health(time.monotonic_ns())
    finally:
        device.close()
        await asyncio.to_thread(relay.close)

    assert {fact.camera_id for fact in heard if isinstance(fact, PersonsSeen)} == {"door"}
    assert (health.camera_id, health.fps > 0) == ("door", True)

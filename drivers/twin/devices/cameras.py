"""The rendering process: ``python -m drivers.twin.devices.cameras FOLDER``, a world of its own and an HTTP server.

Says a line when its cameras serve the empty store, waits for the instant at which the world begins, then keeps up.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import cv2
import simplejpeg

from drivers.twin.devices._camera_faults import CameraFaults
from drivers.twin.devices._poses import poses
from drivers.twin.devices._stream import MjpegServer
from drivers.twin.render import CameraRenderer, HeldItem, Pose, RoomLight, SceneItem, StoreScene
from drivers.twin.scenario import Fault, Item, Light, Programme, World
from engine.domain import CameraId
from engine.store import StoreFolder, open_store

_JPEG_QUALITY = 85
_NICENESS = 5


class RenderedCameras:
    """Every camera of a store with pixels, rendered in turn at the store's frame rate."""

    def __init__(
        self,
        folder: StoreFolder,
        world: World,
        *,
        seed: int,
        light: Light | None = None,
        faults: Sequence[Fault] = (),
    ) -> None:
        self._world = world
        self._light = light or Light()
        self._faults = CameraFaults(faults, seed=seed)
        self._sections = [section for section in folder.installation.camera if section.driver == "camera.mjpeg"]
        self._period_s = 1 / folder.installation.perception.frames_hz
        self._standing: dict[int, SceneItem] = {
            item.item_id: _standing(item) for item in world.goods.items if item.stands
        }
        self._scene = StoreScene(folder.store, self._standing.values())
        self._renderers = {
            section.id: CameraRenderer(
                self._scene, folder.store.camera_by_id[section.id].calibration, seed=seed * 100 + number
            )
            for number, section in enumerate(self._sections)
        }
        self._server = MjpegServer([section.id for section in self._sections])

    async def start(self) -> None:
        """Listen on the address that the cameras' URLs share."""
        url = urlsplit(self._sections[0].url)
        await self._server.start(url.hostname or "127.0.0.1", url.port or 80)

    async def run(self, start_ns: "asyncio.Future[int]") -> None:
        """Render for ever; the world stands still until ``start_ns`` is known and reached."""
        slot_s = self._period_s / len(self._sections)
        due_s = time.monotonic()
        while True:
            for section in self._sections:
                if start_ns.done():
                    self._world.advance((time.monotonic_ns() - start_ns.result()) / 1e9)
                late_s = self._faults.late_s(section.id, self._world.t_s)
                if late_s is not None:
                    jpeg = await asyncio.to_thread(self.picture, section.id)
                    asyncio.get_running_loop().call_later(late_s, self._server.publish, section.id, jpeg)
                due_s = max(due_s + slot_s, time.monotonic() - self._period_s)
                await asyncio.sleep(max(0.0, due_s - time.monotonic()))

    def picture(self, camera_id: CameraId) -> bytes:
        """What a camera delivers at the world's present instant, as JPEG."""
        self._rearrange()
        bodies = poses(self._world, bodies=len(self._scene.bodies))
        light = self._light
        room = RoomLight(
            level=light.level(self._world.t_s),
            flicker_hz=light.flicker_hz,
            flicker_share=light.flicker_share,
            flicker_rad=light.flicker_rad,
        )
        picture = self._renderers[camera_id].render(bodies, self._held(bodies), self._world.t_s, room)
        jpeg: bytes = simplejpeg.encode_jpeg(picture, quality=_JPEG_QUALITY, colorspace="BGR")
        return jpeg

    def _held(self, bodies: list[Pose]) -> list[HeldItem]:
        return [
            HeldItem(sku_id=hand.item.sku_id, person=number, hand=side)
            for number, (shopper, _) in enumerate(zip(self._world.shoppers, bodies, strict=True))
            for side, hand in shopper.hands
            if hand.item is not None
        ]

    def _rearrange(self) -> None:
        for item in self._world.goods.items:
            stands = item.item_id in self._standing
            if stands and not item.stands:
                self._scene.take(item.item_id)
                del self._standing[item.item_id]
            elif not stands and item.stands:
                self._standing[item.item_id] = _standing(item)
                self._scene.put(self._standing[item.item_id])


def _standing(item: Item) -> SceneItem:
    return SceneItem(
        item_id=item.item_id,
        sku_id=item.sku_id,
        x_m=item.position_m[0],
        y_m=item.position_m[1],
        z_m=item.position_m[2],
        yaw_rad=item.yaw_rad,
    )


async def _serve(cameras: RenderedCameras) -> None:
    loop = asyncio.get_running_loop()
    start_ns: asyncio.Future[int] = loop.create_future()
    loop.add_reader(sys.stdin, lambda: _begin(loop, start_ns))
    await cameras.start()
    sys.stdout.write("serving\n")
    sys.stdout.flush()
    await cameras.run(start_ns)


def _begin(loop: asyncio.AbstractEventLoop, start_ns: "asyncio.Future[int]") -> None:
    line = sys.stdin.readline()
    if not line:
        loop.stop()  # the twin is gone
    elif not start_ns.done():
        start_ns.set_result(int(line))


def main() -> None:
    """Render a store's cameras."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    Programme.declare(parser)
    chosen = parser.parse_args()
    programme = Programme.of(parser, chosen)
    os.nice(_NICENESS)  # punctual shelves and gates come first
    cv2.setNumThreads(1)
    folder = open_store(chosen.folder)
    world, light = programme.world(folder.store), programme.light(folder.store)
    faults = programme.faults(folder.store)
    cameras = RenderedCameras(folder, world, seed=programme.seed, light=light, faults=faults)
    asyncio.run(_serve(cameras))


if __name__ == "__main__":
    main()

"""The whole simulated store on its sockets: shelves, gate and cameras, driven by one world.

Rendering needs processor time and the shelves need punctuality, so cameras with pixels live in processes of their own,
each with a world of the same programme. The store opens when the engine has come to its gate.
"""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import msgspec
import numpy as np
from numpy.typing import NDArray

from drivers.twin.devices._bodies import true_bodies
from drivers.twin.devices._camera_faults import CameraFaults
from drivers.twin.devices._controllers import ShelfController, Trouble
from drivers.twin.devices._gate import GateServer
from drivers.twin.devices._stream import SmartCamera
from drivers.twin.physics import ControllerFaults, PlateLoads
from drivers.twin.render import Body, Pose, joints, load_bodies
from drivers.twin.scenario import Deed, Programme, Truth
from drivers.twin.sight import Sight
from engine.domain import CameraId, PlateId
from engine.store import CameraSection, ControllerSection, StoreFolder

_STEP_S = 0.01
_OPENING_S = 5.0
_SMART = "camera.smart"

SHOPPING_OVER = "shopping is over"
"""The line on standard output after the last shopper has left; the devices stay up until SIGTERM."""


class TruthRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the truth file: a deed (``Truth``) with its instant on the host's monotonic clock."""

    t_ns: int
    deed: str
    shopper: int
    sku_id: str | None
    plate_id: str | None
    by: int | None = None
    to: int | None = None
    by_staff: bool = False

    @classmethod
    def of(cls, event: Truth, *, t_ns: int) -> "TruthRecord":
        """A deed that happened at ``t_ns``."""
        return cls(
            t_ns=t_ns,
            deed=event.deed,
            shopper=event.shopper,
            sku_id=event.sku_id,
            plate_id=event.plate_id,
            by=event.by,
            to=event.to,
            by_staff=event.by_staff,
        )


class TwinStore:
    """The devices and the world behind them."""

    def __init__(self, folder: StoreFolder, programme: Programme) -> None:
        self._folder = folder
        self._programme = programme
        self._seed = programme.seed
        self._world = programme.world(folder.store)
        self._faults = programme.faults(folder.store)
        self._light = programme.light(folder.store)
        self._loads = PlateLoads(self._world, seed=programme.seed, faults=self._faults)
        self._start_ns = 0

    async def run(self, truth: IO[str]) -> None:
        """Serve everything until told to stop; play the scenario, write what really happened to ``truth``."""
        watching: list[asyncio.Task[None]] = []
        installation = self._folder.installation
        controllers = [self._controller(section) for section in installation.controller]
        for controller in controllers:
            await controller.start()
            watching.append(asyncio.create_task(controller.follow_faults()))
        gate = GateServer.with_key(self._folder.keys_dir / "entry.key.pem")
        await gate.start(installation.gate[0].host, installation.gate[0].port)
        bodies = load_bodies()
        joints(bodies[0], Pose(body_index=0, x_m=0.0, y_m=0.0, yaw_rad=0.0))  # compiled before anybody waits for it
        smart = await self._start_smart([section for section in installation.camera if section.driver == _SMART])
        pixels = self._start_rendering([section for section in installation.camera if section.driver != _SMART])
        try:
            await self._open(gate, pixels)
            if smart:
                watching.append(asyncio.create_task(self._watch(smart, bodies)))
            await self._play(gate, truth)
            sys.stdout.write(f"{SHOPPING_OVER}\n")
            sys.stdout.flush()
            await asyncio.Event().wait()
        finally:
            for task in watching:
                task.cancel()
            for process in pixels:
                process.terminate()
                process.wait()
            for controller in controllers:
                await controller.close()
            await gate.close()
            for camera in smart.values():
                await camera.close()

    def _controller(self, section: ControllerSection) -> ShelfController:
        trouble = Trouble(faults=ControllerFaults(self._faults, section.id), now_s=self._now_s)
        return ShelfController(section, self._folder.store, self._weigh, trouble)

    def _weigh(self, plate_ids: tuple[PlateId, ...]) -> NDArray[np.float64]:
        return self._loads.grams(plate_ids, self._now_s())

    def _now_s(self) -> float:
        return (time.monotonic_ns() - self._start_ns) / 1e9 if self._start_ns else -_OPENING_S

    async def _open(self, gate: GateServer, pixels: Sequence["subprocess.Popen[str]"]) -> None:
        for process in pixels:
            assert process.stdout is not None  # noqa: S101 - opened with a pipe
            await asyncio.to_thread(process.stdout.readline)
        await gate.met.wait()
        self._start_ns = time.monotonic_ns() + int(_OPENING_S * 1e9)
        for process in pixels:
            assert process.stdin is not None  # noqa: S101 - opened with a pipe
            process.stdin.write(f"{self._start_ns}\n")
            process.stdin.flush()

    async def _play(self, gate: GateServer, truth: IO[str]) -> None:
        told = 0
        while not self._world.over:
            self._world.advance(self._now_s())
            for event in self._world.truths[told:]:
                self._write(truth, event)
                await _act(gate, event)
            told = len(self._world.truths)
            await asyncio.sleep(_STEP_S)

    def _write(self, truth: IO[str], event: Truth) -> None:
        record = TruthRecord.of(event, t_ns=self._start_ns + int(event.t_s * 1e9))
        truth.write(msgspec.json.encode(record).decode() + "\n")
        truth.flush()

    async def _start_smart(self, sections: list[CameraSection]) -> dict[CameraId, SmartCamera]:
        started: dict[CameraId, SmartCamera] = {}
        for section in sections:
            url = urlsplit(section.url)
            started[section.id] = SmartCamera()
            await started[section.id].start(url.hostname or "127.0.0.1", url.port or 0)
        return started

    async def _watch(self, smart: dict[CameraId, SmartCamera], bodies: tuple[Body, ...]) -> None:
        period_s = 1 / self._folder.installation.perception.frames_hz
        sight = Sight(self._folder.store, seed=self._seed)
        faults = CameraFaults(self._faults, seed=self._seed)
        while True:
            numbers = [shopper.number for shopper in self._world.shoppers]
            gain = self._light.gain(self._world.t_s)
            for seen in sight.look(numbers, true_bodies(self._world, bodies), gain=gain):
                late_s = faults.late_s(seen.camera_id, self._world.t_s)
                if seen.camera_id in smart and late_s is not None:
                    asyncio.get_running_loop().call_later(late_s, smart[seen.camera_id].publish, seen)
            await asyncio.sleep(period_s)

    def _start_rendering(self, sections: list[CameraSection]) -> list["subprocess.Popen[str]"]:
        if not sections:
            return []
        arguments = self._programme.arguments()
        command = [sys.executable, "-m", "drivers.twin.devices.cameras", str(self._folder.path), *arguments]
        return [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)]


async def _act(gate: GateServer, event: Truth) -> None:
    match event.deed:
        case Deed.TOKEN:
            await gate.show_token(f"shopper-{event.shopper}", staff=event.by_staff)
        case Deed.ENTER:
            await gate.pass_through(inward=True)
        case Deed.LEAVE:
            await gate.pass_through(inward=False)
        case _:
            pass


def run_twin(folder: StoreFolder, programme: Programme, *, truth: Path) -> None:
    """Run the simulated store of a folder until SIGTERM or SIGINT. Raises ``ScenarioError``."""
    store = TwinStore(folder, programme)
    with truth.open("w", encoding="utf-8") as file:
        asyncio.run(_until_told(store.run(file)))


async def _until_told(running: Coroutine[None, None, None]) -> None:
    task = asyncio.create_task(running)
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, task.cancel)
    with suppress(asyncio.CancelledError):
        await task

"""The process: cameras and models, one frame after the other, and what is told of them."""

import signal
import threading
import time
from collections.abc import Callable
from functools import partial

import cv2
import structlog

from engine.domain import CameraId
from engine.ports import CameraLink
from engine.runtime.drivers import open_camera, open_smart_camera
from engine.runtime.inbox import FactSender
from engine.runtime.perception._eye import Eye
from engine.runtime.perception._perceiver import Perceiver
from engine.runtime.perception._relay import Relay
from engine.runtime.perception._rota import Rota
from engine.runtime.perception._shelves import Shelves
from engine.runtime.perception._two_streams import TwoStreams
from engine.runtime.supervise import Watched
from engine.store import CameraSection, StoreFolder
from engine.vision import Model, PersonDetector, PoseEstimator, load_model

log = structlog.get_logger()

DETECTOR = "nanodet-320x544-int8"
POSE = "movenet-lightning"
CLOSE_POSE = "movenet-thunder-int8"
SMART = "camera.smart"

_IDLE_S = 0.004
_HEALTH_S = 1.0
_ALARMS_S = 0.25
_BACKGROUND_S = 10.0
_FIRST_BACKGROUND_S = 3.0


def run_perception(folder: StoreFolder, name: str, camera_ids: tuple[CameraId, ...]) -> None:
    """The body of a perception process: look at some of a store's cameras until SIGTERM or SIGINT."""
    watched = Watched()
    stopped = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda _number, _frame: stopped.set())
    sender = FactSender(folder.installation.network.inbox, name, lossless=False)
    try:
        _watch(folder, camera_ids, sender, until=stopped, watched=watched)
    finally:
        sender.close()


def _watch(
    folder: StoreFolder,
    camera_ids: tuple[CameraId, ...],
    sender: FactSender,
    *,
    until: threading.Event,
    watched: Watched,
) -> None:
    cv2.setNumThreads(1)
    sections = [section for section in folder.installation.camera if section.id in camera_ids]
    relays = [Relay(section.id, open_smart_camera(folder, section)) for section in sections if section.driver == SMART]
    eyes = [_eye(folder, section) for section in sections if section.driver != SMART]
    process = _Process(eyes, relays, sender, load_perceiver(folder) if eyes else None)
    try:
        while not until.is_set():
            watched.beat()
            if not process.turn():
                until.wait(_IDLE_S)
    finally:
        for eye in eyes:
            eye.close()
        for relay in relays:
            relay.close()


class _Process:
    def __init__(self, eyes: list[Eye], relays: list[Relay], sender: FactSender, perceiver: Perceiver | None) -> None:
        self._eyes = eyes
        self._rota = Rota(eyes)
        self._relays = relays
        self._sender = sender
        self._perceiver = perceiver
        self._health_due_s = self._alarms_due_s = 0.0
        self._background_due_s = time.monotonic() + _FIRST_BACKGROUND_S

    def turn(self) -> bool:
        """Do the next thing; False when there was nothing to do."""
        self._report()
        said = [fact for relay in self._relays for fact in relay.seen()]
        for fact in said:
            self._sender.send(fact)
        return self._look() or bool(said)

    def _look(self) -> bool:
        turn = self._rota.next()
        if turn is None or self._perceiver is None:
            return False
        seen = turn.eye.look(turn.frame, self._perceiver)
        if seen is not None:
            self._sender.send(seen)
        return True

    def _report(self) -> None:
        now_s = time.monotonic()
        if now_s >= self._alarms_due_s:
            self._alarms_due_s = now_s + _ALARMS_S
            self._report_alarms()
        if now_s >= self._health_due_s:
            self._health_due_s = now_s + _HEALTH_S
            self._report_health()
        if now_s >= self._background_due_s:
            self._background_due_s = now_s + _BACKGROUND_S
            self._report_backgrounds()

    def _report_alarms(self) -> None:
        cameras: list[Eye | Relay] = [*self._eyes, *self._relays]
        for camera in cameras:
            for fact in camera.alarms(time.monotonic_ns()):
                self._sender.send(fact)

    def _report_health(self) -> None:
        for relay in self._relays:
            self._sender.show(relay.health(time.monotonic_ns()))
        for eye in self._eyes:
            self._sender.show(eye.health(time.monotonic_ns()))
            for dropped in eye.dropped(time.monotonic_ns()):
                self._sender.send(dropped)

    def _report_backgrounds(self) -> None:
        for eye in self._eyes:
            plate = eye.background(time.monotonic_ns())
            if plate is not None:
                self._sender.show(plate)


def _eye(folder: StoreFolder, section: CameraSection) -> Eye:
    camera = folder.store.camera_by_id[section.id]
    return Eye(camera, _link(folder, section), frames_hz=folder.installation.perception.frames_hz)


def _link(folder: StoreFolder, section: CameraSection) -> CameraLink:
    main = partial(open_camera, folder, section, section.url)
    return TwoStreams(open_camera(folder, section, section.substream), main) if section.substream else main()


def load_perceiver(folder: StoreFolder, *, watch: Callable[[Model], Model] = lambda model: model) -> Perceiver:
    """The models that a store's perception uses, on the provider it chooses; ``watch`` may stand before each."""
    providers = (folder.installation.perception.provider,)
    detector, pose, close = (watch(load_model(name, providers=providers)) for name in (DETECTOR, POSE, CLOSE_POSE))
    log.info("models_loaded", provider=detector.provider)
    return Perceiver(
        PersonDetector(detector),
        PoseEstimator(pose),
        close=PoseEstimator(close),
        shelves=Shelves(folder.store.plates),
    )

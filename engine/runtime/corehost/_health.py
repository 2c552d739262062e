"""What every process last said of itself, put together."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from engine.core import LagEstimator
from engine.domain import BackgroundPlate, CameraHealth, ControllerHealth, EngineHealth, InputFact, Kept, ProcessHealth
from engine.runtime.inbox import ShownView
from engine.runtime.kept import kept
from engine.store import StoreFolder

_FORGOTTEN_NS = 10_000_000_000
_KEPT_NS = 10_000_000_000


@dataclass(frozen=True)
class _Said:
    view: CameraHealth | ControllerHealth | ProcessHealth
    at_ns: int


class HealthBoard:
    """Keeps the newest view of each camera, controller and process; forgets what is silent for 10 s."""

    def __init__(self, *, started_ns: int, folder: StoreFolder, lags: LagEstimator) -> None:
        self._lags = lags
        self._folder = folder
        self._kept: tuple[Kept, ...] = ()
        self._kept_ns = started_ns - _KEPT_NS
        self.backgrounds: dict[str, BackgroundPlate] = {}
        self._started_ns = started_ns
        self._said: dict[tuple[str, str], _Said] = {}
        self._worst_lag_ns = 0

    def note(self, view: ShownView, now_ns: int) -> BackgroundPlate | None:
        """Take a view in; a background plate is returned when it changed."""
        match view:
            case BackgroundPlate():
                known = self.backgrounds.get(view.camera_id)
                self.backgrounds[view.camera_id] = view
                return view if known is None or known.jpeg != view.jpeg else None
            case CameraHealth():
                self._said["camera", view.camera_id] = _Said(view, now_ns)
            case ControllerHealth():
                self._said["controller", view.controller_id] = _Said(view, now_ns)
            case ProcessHealth():
                self._said["process", view.name] = _Said(view, now_ns)
        return None

    def hear(self, fact: InputFact) -> None:
        """Learn from a fact how far cameras lag behind scales."""
        self._lags.take(fact)

    def note_lag(self, lag_ns: int) -> None:
        """How long facts that were due took to be told."""
        self._worst_lag_ns = max(self._worst_lag_ns, lag_ns)

    def health(self, now_ns: int, *, blocked: str) -> EngineHealth:
        """The engine's health; ``core_lag_ms`` is the worst since the last call."""
        views = self._fresh(now_ns)
        processes = tuple(view for view in views if isinstance(view, ProcessHealth))
        health = EngineHealth(
            t_ns=now_ns,
            uptime_s=round((now_ns - self._started_ns) / 1e9, 1),
            processes=_with_core(processes, blocked) if blocked else processes,
            cameras=self._with_lags([view for view in views if isinstance(view, CameraHealth)]),
            controllers=tuple(view for view in views if isinstance(view, ControllerHealth)),
            core_lag_ms=round(self._worst_lag_ns / 1e6, 2),
            journal_free_mb=round(shutil.disk_usage(self._folder.journal_dir).free / 1e6, 1),
            kept=self._kept_at(now_ns),
        )
        self._worst_lag_ns = 0
        return health

    def _kept_at(self, now_ns: int) -> tuple[Kept, ...]:
        if now_ns - self._kept_ns >= _KEPT_NS:
            self._kept, self._kept_ns = kept(self._folder), now_ns
        return self._kept

    def _with_lags(self, cameras: list[CameraHealth]) -> tuple[CameraHealth, ...]:
        lags = self._lags.lags()
        return tuple(
            msgspec.structs.replace(
                camera,
                behind_scales_ms=round(1000 * lags[camera.camera_id].lag_s),
                behind_scales_sigma_ms=round(1000 * lags[camera.camera_id].sigma_s),
            )
            if camera.camera_id in lags
            else camera
            for camera in cameras
        )

    def _fresh(self, now_ns: int) -> Iterable[CameraHealth | ControllerHealth | ProcessHealth]:
        self._said = {key: said for key, said in self._said.items() if now_ns - said.at_ns < _FORGOTTEN_NS}
        return [self._said[key].view for key in sorted(self._said)]


def _with_core(processes: tuple[ProcessHealth, ...], state: str) -> tuple[ProcessHealth, ...]:
    core = next((process for process in processes if process.name == "core"), None)
    if core is None:
        core = ProcessHealth(name="core", state="", restarts=0, cpu_share=0.0, memory_mb=0.0)
    others = tuple(process for process in processes if process.name != "core")
    return (msgspec.structs.replace(core, state=state), *others)

"""How the engine is: what needs a person on top, figures below."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from console.language import N_, _, enumerated, number
from console.model import (
    LOW_DISK_MB,
    SLOW_LAG_MS,
    ConsoleModel,
    FaultKey,
    HealthChanged,
    Place,
    camera_problem,
    words,
)
from console.qt._alarms import AlarmList
from console.qt._page import Page, label, panel
from console.qt._speech import leading
from console.qt._table import Cell, Column, KeyedView, Row
from console.qt._text import date_time
from console.qt._theme import Theme
from engine.domain import CameraHealth, CameraId, ControllerHealth, EngineHealth, Kept, ProcessHealth

_KEPT = (
    Column(N_("What")),
    Column(N_("Holds"), stretch=True),
    Column(N_("Files"), number=True),
    Column(N_("Size"), number=True),
    Column(N_("Since")),
    Column(N_("Deleted")),
)


_FIGURES = (N_("Up for"), N_("Core lag"), N_("Journal disk free"), N_("Frames"), N_("Models run on"))


class HealthPage(Page):
    """Problems, cameras, shelf controllers, processes."""

    name = Place.HEALTH
    listens = (HealthChanged,)

    def __init__(self, model: ConsoleModel, theme: Theme) -> None:
        super().__init__(model, theme)
        self.alarms = AlarmList(model, theme)
        self.figures = {name: label("–", "figure") for name in _FIGURES}
        camera_columns = (
            Column(""),
            Column(N_("Camera")),
            Column(N_("Frames/s"), number=True),
            Column(N_("Lag"), number=True),
            Column(N_("Behind scales"), number=True),
            Column(N_("Dropped/s"), number=True),
            Column(N_("Dropped, by cause"), stretch=True),
        )
        self.cameras = KeyedView(_("Cameras"), camera_columns, theme)
        shelf_columns = (
            Column(""),
            Column(N_("Controller")),
            Column(N_("Polls/s"), number=True),
            Column(N_("State"), stretch=True),
        )
        self.controllers = KeyedView(_("Shelf controllers"), shelf_columns, theme)
        process_columns = (
            Column(""),
            Column(N_("Process")),
            Column(N_("State"), stretch=True),
            Column(N_("Restarts"), number=True),
            Column(N_("CPU"), number=True),
            Column(N_("Memory"), number=True),
        )
        self.processes = KeyedView(_("Processes"), process_columns, theme)
        self.kept = KeyedView(_("Kept of people"), _KEPT, theme)
        self._lay_out()
        self.setFocusProxy(self.cameras)

    def needs_person(self) -> int:
        """Problems."""
        return len(self.model.health.problems())

    def refresh(self, at_ns: int) -> None:
        """Everything, once a second at most by nature of the topic."""
        self.alarms.refresh()
        self.setFocusProxy(self.alarms if self.model.health.alarms() else self.cameras)
        view = self.model.health.view
        if view is None:
            return
        self._show_figures(view)
        self.cameras.show_rows(self._camera_rows(view))
        self.controllers.show_rows([self._controller_row(controller) for controller in view.controllers])
        self.processes.show_rows([_process_row(process) for process in view.processes])
        self.kept.show_rows([_kept_row(one) for one in view.kept])
        self.kept.fit(len(view.kept))

    def _lay_out(self) -> None:
        figures = QHBoxLayout()
        figures.setSpacing(10)
        for name, figure in self.figures.items():
            figures.addWidget(_figure_panel(name, figure))
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(panel(_("Shelf controllers"), self.controllers))
        right.addWidget(panel(_("Processes"), self.processes))
        tables = QHBoxLayout()
        tables.setSpacing(8)
        tables.addWidget(panel(_("Cameras"), self.cameras), 6)
        tables.addLayout(right, 5)
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 10, 10, 10)
        box.setSpacing(8)
        box.addWidget(panel(_("Needs a person"), self.alarms))
        box.addLayout(figures)
        box.addLayout(tables, 1)
        box.addWidget(panel(_("Kept of people on the engine's disk"), self.kept))

    def _show_figures(self, view: EngineHealth) -> None:
        self.figures["Up for"].setText(words.age(view.uptime_s))
        self._set_figure("Core lag", words.milliseconds(view.core_lag_ms), bad=view.core_lag_ms > SLOW_LAG_MS)
        free = _("{size} GB", size=number(view.journal_free_mb / 1000, 1))
        self._set_figure("Journal disk free", free, bad=view.journal_free_mb < LOW_DISK_MB)
        self.figures["Frames"].setText(_("{rate} /s", rate=number(sum(camera.fps for camera in view.cameras))))
        self.figures["Models run on"].setText(words.providers(view.cameras))

    def _set_figure(self, name: str, text: str, *, bad: bool) -> None:
        self.figures[name].setText(f"⚠ {text}" if bad else text)

    def _camera_rows(self, view: EngineHealth) -> list[Row]:
        said = {camera.camera_id for camera in view.cameras}
        silent = [camera.camera_id for camera in self.model.store.cameras if camera.camera_id not in said]
        return [self._camera_row(camera) for camera in view.cameras] + [_silent_row(camera_id) for camera_id in silent]

    def _camera_row(self, camera: CameraHealth) -> Row:
        problem = camera_problem(camera)
        ink = "alarm" if problem else "ink"
        dropped = [_("{cause} {count}", cause=words.code(d.cause), count=d.count) for d in camera.drops if d.count]
        drops = enumerated(dropped) or _("none")
        cells = (
            Cell("⚠" if problem else "●", "alarm" if problem else "faint"),
            Cell(str(camera.camera_id), ink),
            Cell(number(camera.fps, 1), ink),
            Cell(words.milliseconds(camera.lag_ms), ink),
            Cell(_behind_scales(camera), "quiet"),
            Cell(number(self.model.health.drops_hz(camera.camera_id), 1), "quiet"),
            Cell(problem or drops, ink if problem else "quiet"),
        )
        return Row(camera.camera_id, cells, spoken=_of_device(camera.camera_id, problem or _("well")))

    def _controller_row(self, controller: ControllerHealth) -> Row:
        faults = [fault for key, fault in self.model.health.faults.items() if _is_of(key, controller)]
        problem = controller.fault or (words.code(faults[0].kind) if faults else "")
        ink = "alarm" if problem else "ink"
        cells = (
            Cell("⚠" if problem else "●", "alarm" if problem else "faint"),
            Cell(controller.controller_id, ink),
            Cell(number(controller.hz, 1), ink),
            Cell(problem or _("well"), ink if problem else "quiet"),
        )
        return Row(controller.controller_id, cells, spoken=_of_device(controller.controller_id, problem or _("well")))


def _of_device(device_id: str, state: str) -> str:
    return _("{device}: {state}", device=device_id, state=state)


def _behind_scales(camera: CameraHealth) -> str:
    """How far its pictures lie behind the scales, as trade has taught it so far."""
    behind_ms, sigma_ms = camera.behind_scales_ms, camera.behind_scales_sigma_ms
    if behind_ms is None or sigma_ms is None:
        return "–"
    return _("{time} ± {sigma} ms", time=number(behind_ms), sigma=number(sigma_ms))


def _silent_row(camera_id: CameraId) -> Row:
    """A camera of the store of which the engine gives no figures."""
    state = _("no figures")
    cells = (Cell("○", "faint"), Cell(str(camera_id), "quiet"), *(Cell("–", "quiet"),) * 4, Cell(state, "quiet"))
    return Row(camera_id, cells, spoken=_of_device(camera_id, state))


def _is_of(key: FaultKey, controller: ControllerHealth) -> bool:
    return key.device_id == controller.controller_id


def _process_row(process: ProcessHealth) -> Row:
    bad = process.state != "running"
    ink, state = "alarm" if bad else "ink", words.code(process.state)
    cells = (
        Cell("⚠" if bad else "●", "alarm" if bad else "faint"),
        Cell(process.name, ink),
        Cell(state, ink if bad else "quiet"),
        Cell(number(process.restarts), ink),
        Cell(words.share(process.cpu_share * 100), ink),
        Cell(_("{size} MB", size=number(process.memory_mb)), ink),
    )
    return Row(process.name, cells, spoken=_of_device(process.name, state))


def _kept_row(one: Kept) -> Row:
    since = "–" if one.oldest_wall_ns is None else date_time(one.oldest_wall_ns)
    cells = (
        Cell(words.code(one.name)),
        Cell(one.holds, "quiet"),
        Cell(number(one.files), "quiet"),
        Cell(_("{size} MB", size=number(one.megabytes, 1)), "quiet"),
        Cell(since, "quiet"),
        Cell(one.deleted),
    )
    spoken = _("{name}: {holds}; deleted {when}", name=words.code(one.name), holds=one.holds, when=one.deleted)
    return Row(one.name, cells, spoken=spoken)


def _figure_panel(name: str, figure: QLabel) -> QWidget:
    figure.setContentsMargins(10, 0, 10, 8)
    figure.setAlignment(leading())
    figure.setAccessibleName(_(name))
    return panel(_(name), figure)

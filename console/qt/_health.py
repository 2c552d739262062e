"""How the engine is: what needs a person on top, figures below."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

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
from console.qt._table import Cell, Column, KeyedView, Row
from console.qt._text import date_time
from console.qt._theme import Theme
from engine.domain import CameraHealth, CameraId, ControllerHealth, EngineHealth, Kept, ProcessHealth

_ROW_PX = 26
_KEPT = (
    Column("What"),
    Column("Holds", stretch=True),
    Column("Files", number=True),
    Column("Size", number=True),
    Column("Since"),
    Column("Deleted"),
)


_FIGURES = ("Up for", "Core lag", "Journal disk free", "Frames", "Models run on")


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
            Column("Camera"),
            Column("Frames/s", number=True),
            Column("Lag", number=True),
            Column("Behind scales", number=True),
            Column("Dropped/s", number=True),
            Column("Dropped, by cause", stretch=True),
        )
        self.cameras = KeyedView("Cameras", camera_columns, theme)
        shelf_columns = (
            Column(""),
            Column("Controller"),
            Column("Polls/s", number=True),
            Column("State", stretch=True),
        )
        self.controllers = KeyedView("Shelf controllers", shelf_columns, theme)
        process_columns = (
            Column(""),
            Column("Process"),
            Column("State", stretch=True),
            Column("Restarts", number=True),
            Column("CPU", number=True),
            Column("Memory", number=True),
        )
        self.processes = KeyedView("Processes", process_columns, theme)
        self.kept = KeyedView("Kept of people", _KEPT, theme)
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
        self.kept.setFixedHeight(_ROW_PX * (1 + len(view.kept)) + 2)

    def _lay_out(self) -> None:
        figures = QHBoxLayout()
        figures.setSpacing(10)
        for name, figure in self.figures.items():
            figures.addWidget(_figure_panel(name, figure))
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(panel("SHELF CONTROLLERS", self.controllers))
        right.addWidget(panel("PROCESSES", self.processes))
        tables = QHBoxLayout()
        tables.setSpacing(8)
        tables.addWidget(panel("CAMERAS", self.cameras), 6)
        tables.addLayout(right, 5)
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 10, 10, 10)
        box.setSpacing(8)
        box.addWidget(panel("NEEDS A PERSON", self.alarms))
        box.addLayout(figures)
        box.addLayout(tables, 1)
        box.addWidget(panel("KEPT OF PEOPLE ON THE ENGINE'S DISK", self.kept))

    def _show_figures(self, view: EngineHealth) -> None:
        self.figures["Up for"].setText(words.age(view.uptime_s))
        self._set_figure("Core lag", f"{view.core_lag_ms:.0f} ms", bad=view.core_lag_ms > SLOW_LAG_MS)
        free = f"{view.journal_free_mb / 1000:.1f} GB"
        self._set_figure("Journal disk free", free, bad=view.journal_free_mb < LOW_DISK_MB)
        self.figures["Frames"].setText(f"{sum(camera.fps for camera in view.cameras):.0f} /s")
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
        drops = ", ".join(f"{drop.cause} {drop.count}" for drop in camera.drops if drop.count) or "none"
        cells = (
            Cell("⚠" if problem else "●", "alarm" if problem else "faint"),
            Cell(str(camera.camera_id), ink),
            Cell(f"{camera.fps:.1f}", ink),
            Cell(f"{camera.lag_ms:.0f} ms", ink),
            Cell(_behind_scales(camera), "quiet"),
            Cell(f"{self.model.health.drops_hz(camera.camera_id):.1f}", "quiet"),
            Cell(problem or drops, ink if problem else "quiet"),
        )
        return Row(camera.camera_id, cells, spoken=f"{camera.camera_id}: {problem or 'well'}")

    def _controller_row(self, controller: ControllerHealth) -> Row:
        faults = [fault for key, fault in self.model.health.faults.items() if _is_of(key, controller)]
        problem = controller.fault or (faults[0].kind if faults else "")
        ink = "alarm" if problem else "ink"
        cells = (
            Cell("⚠" if problem else "●", "alarm" if problem else "faint"),
            Cell(controller.controller_id, ink),
            Cell(f"{controller.hz:.1f}", ink),
            Cell(problem or "well", ink if problem else "quiet"),
        )
        return Row(controller.controller_id, cells, spoken=f"{controller.controller_id}: {problem or 'well'}")


def _behind_scales(camera: CameraHealth) -> str:
    """How far its pictures lie behind the scales, as trade has taught it so far."""
    behind_ms, sigma_ms = camera.behind_scales_ms, camera.behind_scales_sigma_ms
    return "–" if behind_ms is None or sigma_ms is None else f"{behind_ms:.0f} ± {sigma_ms:.0f} ms"


def _silent_row(camera_id: CameraId) -> Row:
    """A camera of the store of which the engine gives no figures."""
    cells = (Cell("○", "faint"), Cell(str(camera_id), "quiet"), *(Cell("–", "quiet"),) * 4, Cell("no figures", "quiet"))
    return Row(camera_id, cells, spoken=f"{camera_id}: no figures")


def _is_of(key: FaultKey, controller: ControllerHealth) -> bool:
    return key.device_id == controller.controller_id


def _process_row(process: ProcessHealth) -> Row:
    bad = process.state != "running"
    ink = "alarm" if bad else "ink"
    cells = (
        Cell("⚠" if bad else "●", "alarm" if bad else "faint"),
        Cell(process.name, ink),
        Cell(process.state, ink if bad else "quiet"),
        Cell(str(process.restarts), ink),
        Cell(f"{process.cpu_share * 100:.0f} %", ink),
        Cell(f"{process.memory_mb:.0f} MB", ink),
    )
    return Row(process.name, cells, spoken=f"{process.name} is {process.state}")


def _kept_row(one: Kept) -> Row:
    since = "–" if one.oldest_wall_ns is None else date_time(one.oldest_wall_ns)
    cells = (
        Cell(one.name),
        Cell(one.holds, "quiet"),
        Cell(str(one.files), "quiet"),
        Cell(f"{one.megabytes:.1f} MB", "quiet"),
        Cell(since, "quiet"),
        Cell(one.deleted),
    )
    return Row(one.name, cells, spoken=f"{one.name}: {one.holds}; deleted {one.deleted}")


def _figure_panel(name: str, figure: QLabel) -> QWidget:
    figure.setContentsMargins(10, 0, 10, 8)
    figure.setAlignment(Qt.AlignmentFlag.AlignLeft)
    figure.setAccessibleName(name)
    return panel(name.upper(), figure)

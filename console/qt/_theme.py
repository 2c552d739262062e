"""Colours and the style sheet. Grey when all is well; amber and red only for what needs a person."""

from dataclasses import dataclass, fields, replace
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette

from console.qt._style import style_sheet


class Appearance(StrEnum):
    """Which palette a person wants."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class Colours:
    """One palette. Every ink but ``faint`` has a contrast of at least 4.5:1 on every ground."""

    ground: str
    panel: str
    raised: str
    line: str
    ink: str
    quiet: str
    faint: str
    focus: str
    selected: str
    warn: str
    alarm: str
    shoppers: tuple[str, ...]

    def shopper(self, index: int | None) -> QColor:
        """A shopper's colour; neutral for nobody known."""
        return QColor(self.quiet if index is None else self.shoppers[index % len(self.shoppers)])

    def faded(self) -> "Colours":
        """The palette of values that are no longer true: everything but the alarm sinks towards grey."""
        sunk = {
            field.name: mix(getattr(self, field.name), self.panel)
            for field in fields(self)
            if field.name in ("ink", "quiet", "faint", "warn", "selected")
        }
        return replace(self, **sunk, shoppers=(sunk["quiet"],))


DARK = Colours(
    ground="#15181b",
    panel="#1c2024",
    raised="#262b30",
    line="#31373d",
    ink="#dadee2",
    quiet="#98a1a9",
    faint="#5d666e",
    focus="#7aa5d6",
    selected="#2b3641",
    warn="#e2a93b",
    alarm="#f27d74",
    shoppers=("#74aadf", "#93c182", "#c79fd6", "#5fbab1", "#d98da2", "#b9b662", "#9ba8e6", "#c49a7a"),
)
LIGHT = Colours(
    ground="#eef0f2",
    panel="#ffffff",
    raised="#e8ebee",
    line="#d3d8dd",
    ink="#1e2328",
    quiet="#59636c",
    faint="#a4adb5",
    focus="#2a6cb5",
    selected="#dfe9f4",
    warn="#915b00",
    alarm="#b3261e",
    shoppers=("#2c6fb0", "#4a7f36", "#84509b", "#1f7f77", "#a94763", "#76731a", "#4b5bb5", "#8a5a34"),
)


_UNKNOWN = "#c4cad0"


class Theme(QObject):
    """The palette in use; views repaint when it changes."""

    changed = Signal()

    def __init__(self, appearance: Appearance, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.appearance = appearance
        self.stale = False
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)

    @property
    def base(self) -> Colours:
        """The palette for what is always true: navigation, connection, alarms."""
        if self.appearance is Appearance.SYSTEM:
            return LIGHT if QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Light else DARK
        return LIGHT if self.appearance is Appearance.LIGHT else DARK

    @property
    def colours(self) -> Colours:
        """The palette for the engine's values: faded while the engine is lost."""
        return self.base.faded() if self.stale else self.base

    def on_picture(self, index: int | None) -> QColor:
        """A shopper's colour on a dimmed background plate, which is dark in every palette."""
        return QColor(_UNKNOWN) if index is None or self.stale else DARK.shopper(index)

    def set_stale(self, stale: bool) -> None:
        """Fade the engine's values, or bring them back."""
        if stale != self.stale:
            self.stale = stale
            self.changed.emit()

    def next_appearance(self) -> None:
        """System, light, dark, and round again."""
        order = list(Appearance)
        self.choose(order[(order.index(self.appearance) + 1) % len(order)])

    def choose(self, appearance: Appearance) -> None:
        """Show this one from now on."""
        self.appearance = appearance
        self.changed.emit()

    def palette(self) -> QPalette:
        """For Fusion, where the style sheet does not reach."""
        colours = self.base
        palette = QPalette()
        for role, colour in (
            (QPalette.ColorRole.Window, colours.ground),
            (QPalette.ColorRole.Base, colours.panel),
            (QPalette.ColorRole.AlternateBase, colours.panel),
            (QPalette.ColorRole.Button, colours.raised),
            (QPalette.ColorRole.Text, colours.ink),
            (QPalette.ColorRole.WindowText, colours.ink),
            (QPalette.ColorRole.ButtonText, colours.ink),
            (QPalette.ColorRole.PlaceholderText, colours.quiet),
            (QPalette.ColorRole.Highlight, colours.selected),
            (QPalette.ColorRole.HighlightedText, colours.ink),
            (QPalette.ColorRole.ToolTipBase, colours.raised),
            (QPalette.ColorRole.ToolTipText, colours.ink),
        ):
            palette.setColor(role, QColor(colour))
        return palette

    def style_sheet(self, *, values: bool) -> str:
        """The style sheet for the window, or for the pages that show the engine's ``values``."""
        colours = self.colours if values else self.base
        from_right = QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft
        named = {field.name: str(getattr(colours, field.name)) for field in fields(colours)}
        return style_sheet(named, from_right=from_right)

    def _follow_system(self) -> None:
        if self.appearance is Appearance.SYSTEM:
            self.changed.emit()


def mix(colour: str, ground: str, *, share: float = 0.5) -> str:
    """So much of a colour, the rest of another."""
    a, b = QColor(colour), QColor(ground)
    return QColor(*(round(share * x + (1 - share) * y) for x, y in zip(_rgb(a), _rgb(b), strict=True))).name()


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()

"""The weight of the shelf around a step, against the level before it."""

import numpy as np
import pyqtgraph
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.language import _, listed
from console.model import words
from console.qt._theme import Theme
from engine.domain import WeightSettled


class WeightCurve(QWidget):
    """Grams over seconds; 0 s is when the step began. The upright line is the clip's instant."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._plot = pyqtgraph.PlotWidget()
        self._plot.getPlotItem().setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # time runs to the right
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        for part in (self._plot, self._plot.viewport()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._curves: list[pyqtgraph.PlotDataItem] = []
        self._now = pyqtgraph.InfiniteLine(angle=90)
        self._expected = pyqtgraph.InfiniteLine(
            angle=0, label="", labelOpts={"position": 0.98, "anchors": [(1, 0), (1, 1)]}
        )
        self._expected.hide()
        self._plot.addItem(self._now, ignoreBounds=True)
        self._plot.addItem(self._expected)
        font = QFont()
        font.setPixelSize(10)
        for side in ("left", "bottom"):
            self._plot.getAxis(side).setStyle(tickFont=font, tickLength=-4)
            self._plot.getAxis(side).enableAutoSIPrefix(False)
        self._plot.setLabel("bottom", _("seconds from the step"))
        self._plot.setLabel("left", _("grams"))
        box = QVBoxLayout(self)
        box.setContentsMargins(4, 0, 8, 4)
        box.addWidget(self._plot)
        self.setMinimumSize(260, 140)
        self.setAccessibleName(_("Weight curve"))
        theme.changed.connect(self._recolour)
        self._recolour()

    def show_steps(self, steps: tuple[WeightSettled, ...], *, origin_ns: int, expected_g: float | None) -> None:
        """Draw the steps' traces; ``expected_g`` is what the likeliest hypothesis would weigh, signed."""
        for curve in self._curves:
            self._plot.removeItem(curve)
        self._curves = [self._draw(step, origin_ns) for step in steps if step.trace_mg and step.trace_period_ms]
        self._expected.setVisible(expected_g is not None and bool(self._curves))
        if expected_g is not None:
            self._expected.setValue(expected_g)
            self._expected.label.setFormat(_("{mass} expected", mass=words.grams(1000 * abs(expected_g))))
        self._plot.setVisible(bool(self._curves))
        self.setAccessibleDescription(listed([_in_words(step) for step in steps]))
        self._recolour()

    def show_instant(self, seconds: float) -> None:
        """Move the upright line."""
        self._now.setValue(seconds)

    def _draw(self, step: WeightSettled, origin_ns: int) -> "pyqtgraph.PlotDataItem":
        begin_s = (step.start_ns - origin_ns) / 1e9 - step.trace_lead_ms / 1000
        seconds = begin_s + np.arange(len(step.trace_mg)) * step.trace_period_ms / 1000
        return self._plot.plot(seconds, np.array(step.trace_mg) / 1000)

    def _recolour(self) -> None:
        colours = self._theme.colours
        self._plot.setBackground(colours.panel)
        for side in ("left", "bottom"):
            axis = self._plot.getAxis(side)
            axis.setPen(colours.line)
            axis.setTextPen(colours.quiet)
        for curve in self._curves:
            curve.setPen(pyqtgraph.mkPen(colours.ink, width=1.6))
        self._now.setPen(pyqtgraph.mkPen(colours.focus, width=1))
        self._expected.setPen(pyqtgraph.mkPen(colours.quiet, width=1, style=Qt.PenStyle.DashLine))
        self._expected.label.setColor(colours.quiet)


def _in_words(step: WeightSettled) -> str:
    mass, sigma = words.grams(step.mass_mg), words.grams(step.sigma_mg, decimals=1)
    return _("{mass}, uncertain by {sigma}", mass=mass, sigma=sigma)

"""The shelves: controllers polled at their rate, samples turned into weight facts."""

from engine.runtime.shelves._drift import DriftRecord
from engine.runtime.shelves._poller import ShelvesOfController, check_wiring, poll_controller
from engine.runtime.shelves._shelves import run_shelves
from engine.runtime.shelves._watch import ControllerWatch, ShelfFactSink

__all__ = [
    "ControllerWatch",
    "DriftRecord",
    "ShelfFactSink",
    "ShelvesOfController",
    "check_wiring",
    "poll_controller",
    "run_shelves",
]

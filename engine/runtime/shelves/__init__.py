"""The shelves: controllers polled at their rate, samples turned into weight facts; what a technician does to them."""

from engine.runtime.shelves._drift import DriftRecord
from engine.runtime.shelves._poller import ShelvesOfController, check_wiring, poll_controller
from engine.runtime.shelves._service import CellView, ShelfWatch, Technician
from engine.runtime.shelves._shelves import run_shelves
from engine.runtime.shelves._watch import ControllerWatch, ShelfFactSink
from engine.runtime.shelves._wear import WearRecord

__all__ = [
    "CellView",
    "ControllerWatch",
    "DriftRecord",
    "ShelfFactSink",
    "ShelfWatch",
    "ShelvesOfController",
    "Technician",
    "WearRecord",
    "check_wiring",
    "poll_controller",
    "run_shelves",
]

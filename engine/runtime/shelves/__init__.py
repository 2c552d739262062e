"""The shelves: controllers polled at their rate, samples turned into weight facts."""

from engine.runtime.shelves._poller import ShelfFactSink, ShelvesOfController, check_wiring, poll_controller
from engine.runtime.shelves._shelves import run_shelves

__all__ = ["ShelfFactSink", "ShelvesOfController", "check_wiring", "poll_controller", "run_shelves"]

"""An engine whose clock is its input: everything from sensor to statement in one process, as fast as it can.

What devices would say comes in with the instant at which it would arrive; what the engine concludes goes out with the
instant at which it would have said so. The same input gives the same output on any machine, however loaded.
"""

from engine.runtime.paced._camera import GivenCamera, GivenFrame
from engine.runtime.paced._engine import FleetingMind, Mind, PacedEngine
from engine.runtime.paced._messages import (
    Commanded,
    Decided,
    DoorsSaid,
    FrameTaken,
    Opening,
    PeopleSeen,
    ShelvesRead,
    Stimulus,
    TimePassed,
    Told,
)
from engine.runtime.paced._stream import read_message, run_paced, write_message

__all__ = [
    "Commanded",
    "Decided",
    "DoorsSaid",
    "FleetingMind",
    "FrameTaken",
    "GivenCamera",
    "GivenFrame",
    "Mind",
    "Opening",
    "PacedEngine",
    "PeopleSeen",
    "ShelvesRead",
    "Stimulus",
    "TimePassed",
    "Told",
    "read_message",
    "run_paced",
    "write_message",
]

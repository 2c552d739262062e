"""The engine that the crash bench cuts off: a process of its own, and what a disk beside it would hold.

Apart from ``engine.bench.crash``, so that the process starts without the twin.
"""

from engine.bench.cutoff._life import Given, Life
from engine.bench.cutoff._platter import Platter

__all__ = ["Given", "Life", "Platter"]

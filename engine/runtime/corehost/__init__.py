"""The core's process: inbox, journal, store core, ledger and hub around one loop."""

from engine.runtime.corehost._books import CHECKPOINT_FACTS, Books, HostClock
from engine.runtime.corehost._conductor import Conductor, Core, CoreType
from engine.runtime.corehost._host import CoreHost, run_core
from engine.runtime.corehost._lock import StoreInUseError
from engine.runtime.corehost._pipeline import Listeners
from engine.runtime.corehost._replay import digest, replay
from engine.runtime.corehost._risk import Risk, RiskPoint, risk
from engine.runtime.corehost._stock import stock_of
from engine.runtime.corehost._whatif import CartChange, Decided, WhatIf, said_again, what_if

__all__ = [
    "CHECKPOINT_FACTS",
    "Books",
    "CartChange",
    "Conductor",
    "Core",
    "CoreHost",
    "CoreType",
    "Decided",
    "HostClock",
    "Listeners",
    "Risk",
    "RiskPoint",
    "StoreInUseError",
    "WhatIf",
    "digest",
    "replay",
    "risk",
    "run_core",
    "said_again",
    "stock_of",
    "what_if",
]

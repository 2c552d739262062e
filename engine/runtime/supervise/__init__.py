"""Keep the engine's processes running: one table, restarts with back-off, a watchdog, a clean stop."""

from engine.runtime.supervise._child import ProcessSpec
from engine.runtime.supervise._serving import serve
from engine.runtime.supervise._supervisor import Supervisor
from engine.runtime.supervise._watched import Watched

__all__ = ["ProcessSpec", "Supervisor", "Watched", "serve"]

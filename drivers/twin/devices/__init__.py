"""The twin's hardware: controllers, gate and cameras on real sockets. Nothing here tells more than a store could."""

from drivers.twin.devices._bodies import true_bodies
from drivers.twin.devices._gate import GateServer
from drivers.twin.devices._store import SHOPPING_OVER, TruthRecord, TwinStore, run_twin

__all__ = ["SHOPPING_OVER", "GateServer", "TruthRecord", "TwinStore", "run_twin", "true_bodies"]

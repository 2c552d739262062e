"""The gates: signed tokens in, authorised entries and passages out."""

from engine.runtime.doors._doors import run_doors, watch_gate
from engine.runtime.doors._tokens import Admitted, TokenDesk, TokenRefusedError

__all__ = ["Admitted", "TokenDesk", "TokenRefusedError", "run_doors", "watch_gate"]

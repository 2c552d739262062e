"""Gates: a QR reader and a beam on one TCP connection, a line each.

TOKEN <jwt>      PASS in      PASS out
"""

from drivers.gate._tcp import GateLineError, decode_line, open_gate

__all__ = ["GateLineError", "decode_line", "open_gate"]

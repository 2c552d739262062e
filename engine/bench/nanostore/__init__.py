"""A recording of a real store played through Modbus, sensing, attribution and ledger: what the engine saw.

The format is that of the 2020 autonomous-checkout competition: one JSON document a line in ``plate_data.json``,
``planogram.json``, ``products.json`` and, where people were tracked, ``full_targets.json``; the store's geometry lies
beside it in ``../store``.
"""

from engine.bench.nanostore._events import Movement, movements
from engine.bench.nanostore._inject import InjectReport, Rates, inject_steps
from engine.bench.nanostore._play import NanostoreReport, RecordingPlayFailedError, play_nanostore
from engine.bench.nanostore._recording import GondolaTrace, Recording, RecordingError, read_recording
from engine.bench.nanostore._staging import stage_recording

__all__ = [
    "GondolaTrace",
    "InjectReport",
    "Movement",
    "NanostoreReport",
    "Rates",
    "Recording",
    "RecordingError",
    "RecordingPlayFailedError",
    "inject_steps",
    "movements",
    "play_nanostore",
    "read_recording",
    "stage_recording",
]

"""The perception process: frames in, small facts out, the frame forgotten. It scales by adding processes."""

from engine.runtime.perception._discovery import FoundCamera, discover
from engine.runtime.perception._eye import Eye
from engine.runtime.perception._perceiver import Perceiver, describe
from engine.runtime.perception._probe import LinkProbe, Probed, probe
from engine.runtime.perception._rota import Rota
from engine.runtime.perception._run import load_perceiver, run_perception

__all__ = [
    "Eye",
    "FoundCamera",
    "LinkProbe",
    "Perceiver",
    "Probed",
    "Rota",
    "describe",
    "discover",
    "load_perceiver",
    "probe",
    "run_perception",
]

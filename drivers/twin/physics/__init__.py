"""What the load cells feel and say: goods, hands, ringing, leakage, noise, wandering and faults, in grams per plate."""

from drivers.twin.physics._assumptions import SWEPT, Assumption, Assumptions, assumed, camera_lags_s, cited
from drivers.twin.physics._faults import ControllerFaults
from drivers.twin.physics._noise import QUANTILES, CellErrors, FittedPlates, PlateNoise, Provenance, fitted_plates
from drivers.twin.physics._plates import PlateLoads
from drivers.twin.physics._polling import Polling, Reading

__all__ = [
    "QUANTILES",
    "SWEPT",
    "Assumption",
    "Assumptions",
    "CellErrors",
    "ControllerFaults",
    "FittedPlates",
    "PlateLoads",
    "PlateNoise",
    "Polling",
    "Provenance",
    "Reading",
    "assumed",
    "camera_lags_s",
    "cited",
    "fitted_plates",
]

"""What the load cells feel: goods, hands, ringing, leakage to neighbours and noise, in grams per plate."""

from drivers.twin.physics._noise import QUANTILES, CellErrors, FittedPlates, PlateNoise, Provenance, fitted_plates
from drivers.twin.physics._plates import PlateLoads

__all__ = ["QUANTILES", "CellErrors", "FittedPlates", "PlateLoads", "PlateNoise", "Provenance", "fitted_plates"]

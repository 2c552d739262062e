"""The store core: who is where, who took what, and what it costs. Pure: facts in, facts out."""

from engine.core._core import StoreCore
from engine.core._lags import Lag, LagEstimator

__all__ = ["Lag", "LagEstimator", "StoreCore"]

"""Samples of load cells to weight steps with honest uncertainty; scale calibration. Pure."""

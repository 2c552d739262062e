"""People on the floor: frames of many cameras in, tracks with joints and hands out. Pure and deterministic."""

from engine.core.tracking._state import HandSample, Side, Track, TrackerState
from engine.core.tracking._tracker import FloorTracker

__all__ = ["FloorTracker", "HandSample", "Side", "Track", "TrackerState"]

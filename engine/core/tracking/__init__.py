"""People on the floor: frames of many cameras in, tracks with joints and hands out. Pure and deterministic."""

from engine.core.tracking._state import HandSample, Side, Track, TrackerState
from engine.core.tracking._tracker import HANDS_KEPT_NS, FloorTracker

__all__ = ["HANDS_KEPT_NS", "FloorTracker", "HandSample", "Side", "Track", "TrackerState"]

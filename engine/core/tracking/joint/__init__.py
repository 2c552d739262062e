"""Everybody's identity at once, from the boxes of many cameras: compiled kernels under one objective."""

from engine.core.tracking.joint._beliefs import Beliefs
from engine.core.tracking.joint._boxes import boxes_of
from engine.core.tracking.joint._map import scene_of
from engine.core.tracking.joint._round import FIRST_ERRORS, Round, play_round
from engine.core.tracking.joint._scene import Boxes, Scene

__all__ = ["FIRST_ERRORS", "Beliefs", "Boxes", "Round", "Scene", "boxes_of", "play_round", "scene_of"]

"""Trials: a scenario played against an engine in a process of its own, in simulated time."""

from engine.bench.trial._live import play_live
from engine.bench.trial._plan import TrialPlan
from engine.bench.trial._play import play
from engine.bench.trial._workers import Played, play_all

__all__ = ["Played", "TrialPlan", "play", "play_all", "play_live"]

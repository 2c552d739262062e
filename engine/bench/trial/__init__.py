"""Trials: a scenario played against an engine in a process of its own, in simulated time."""

from engine.bench.trial._clock import FIRST_NS, instant_of, seconds_at
from engine.bench.trial._feed import Feed
from engine.bench.trial._live import play_live
from engine.bench.trial._plan import TrialPlan
from engine.bench.trial._play import play
from engine.bench.trial._workers import Played, play_all

__all__ = ["FIRST_NS", "Feed", "Played", "TrialPlan", "instant_of", "play", "play_all", "play_live", "seconds_at"]

"""The scorer: what the engine said beside what was true, from one trial to a whole set. Pure: no clock, no files."""

from engine.bench.scoring._trial import Evidence, ReferenceLine, Trial, TruePlace

__all__ = ["Evidence", "ReferenceLine", "Trial", "TruePlace"]

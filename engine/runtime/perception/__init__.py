"""The perception process: frames in, small facts out, the frame forgotten. It scales by adding processes."""

from engine.runtime.perception._run import run_perception

__all__ = ["run_perception"]

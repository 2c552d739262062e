"""States of the core in files: a restart begins at the newest one that is whole and replays the journal after it."""

from engine.runtime.checkpoints._checkpoints import Checkpoint, CheckpointError, Checkpoints, read_checkpoint

__all__ = ["Checkpoint", "CheckpointError", "Checkpoints", "read_checkpoint"]

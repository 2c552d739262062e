"""Whose turn it is among the cameras that share a process."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.ports import Frame
from engine.runtime.perception._eye import Eye


@dataclass(frozen=True)
class Turn:
    """A frame that waits, and who is to look at it."""

    eye: Eye
    frame: Frame


class Rota:
    """The cameras of one process: who has waited longest is next, and no camera can hold up another."""

    def __init__(self, eyes: Sequence[Eye]) -> None:
        self._eyes = tuple(eyes)

    def next(self) -> Turn | None:
        """Whose turn it is; None while no frame is due."""
        for eye in sorted(self._eyes, key=lambda eye: eye.looked_ns):
            frame = eye.waiting()
            if frame is not None:
                return Turn(eye, frame)
        return None

"""Engine time seen from here: the console may run on another host, so the two monotonic clocks are mapped."""

from dataclasses import dataclass

NS_PER_S = 1_000_000_000


@dataclass
class EngineClock:
    """Maps this host's monotonic clock onto the engine's, by the message that travelled fastest so far."""

    offset_ns: int | None = None
    wall_offset_ns: int = 0

    def start(self, t_ns: int, *, wall_ns: int, at_ns: int) -> None:
        """Begin again with a snapshot: a new engine run may have another clock."""
        self.offset_ns = t_ns - at_ns
        self.wall_offset_ns = wall_ns - t_ns

    def hear(self, t_ns: int, *, at_ns: int) -> None:
        """A message stamped ``t_ns`` arrived ``at_ns``; a shorter way tells the offset better."""
        if self.offset_ns is None or t_ns - at_ns > self.offset_ns:
            self.offset_ns = t_ns - at_ns

    def engine_ns(self, at_ns: int) -> int:
        """The engine's clock at this host's ``at_ns``; ``at_ns`` itself before the first message."""
        return at_ns + (self.offset_ns or 0)

    def wall_ns(self, t_ns: int) -> int:
        """UTC of an engine instant."""
        return t_ns + self.wall_offset_ns

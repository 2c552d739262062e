"""Up to when the cameras have spoken: they lag behind the scales, so hand evidence must be waited for."""

import msgspec

_SILENT_NS = 1_000_000_000
"""A camera that said nothing for so long is not waited for."""


class Sight(msgspec.Struct, kw_only=True):
    """The newest instant each source of people has reported; ``heard_ns`` is where the tracker's time stands.

    ``since_ns`` is since when some source has told of people without a pause.
    """

    newest_ns: dict[str, int] = {}
    heard_ns: int = 0
    since_ns: int = 0

    def saw(self, source: str, t_ns: int) -> None:
        """A source spoke about the instant ``t_ns``."""
        if not self.speaks(t_ns):
            self.since_ns = t_ns
        self.newest_ns[source] = max(t_ns, self.newest_ns.get(source, t_ns))
        self.heard_ns = max(self.heard_ns, t_ns)

    def complete(self, until_ns: int, *, now_ns: int) -> bool:
        """Whether every source that still speaks has told everything up to ``until_ns``; False when none speaks."""
        speaking = [t_ns for t_ns in self.newest_ns.values() if t_ns > now_ns - _SILENT_NS]
        return bool(speaking) and min(speaking) >= until_ns

    def speaks(self, now_ns: int) -> bool:
        """Whether any source still tells of people."""
        return any(t_ns > now_ns - _SILENT_NS for t_ns in self.newest_ns.values())

    def spoken_s(self, now_ns: int) -> float:
        """For how long some source has told of people without a pause, until now; 0 when none tells."""
        return (now_ns - self.since_ns) / 1e9 if self.speaks(now_ns) else 0.0

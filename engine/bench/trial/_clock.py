"""The pacer's clock: nanoseconds, of which the scenario's second 0 is one instant."""

CHUNK_NS = 100_000_000
"""A trial goes on by so much at a time."""

OPENING_NS = 10_000_000_000
"""The instant that the scenario calls 0 s."""

FIRST_NS = OPENING_NS - 1_500_000_000
"""When the shelves are first read: they come to rest before anybody comes."""


def seconds_at(t_ns: int) -> float:
    """An instant in the scenario's seconds."""
    return (t_ns - OPENING_NS) / 1e9


def instant_of(t_s: float) -> int:
    """A second of the scenario as an instant."""
    return OPENING_NS + round(t_s * 1e9)

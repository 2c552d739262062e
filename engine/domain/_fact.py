"""What every fact is."""

import msgspec


class Fact(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Something that was so at ``t_ns``."""

    t_ns: int

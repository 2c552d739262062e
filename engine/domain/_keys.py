"""Keys of the wire: Curve25519 as libzmq takes them, as text in Z85 (ZeroMQ RFC 26 and 32)."""

from typing import Annotated

import msgspec

CurveKey = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-zA-Z.\-:+=^!/*?&<>()\[\]{}@%$#]{40}$")]
"""32 bytes in Z85. Its alphabet has neither quotes nor backslashes: TOML takes it as it is."""


class KeyPair(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one end of the wire is known by, and what proves that it is that end."""

    public: CurveKey
    secret: CurveKey

    def __repr__(self) -> str:
        return f"KeyPair(public={self.public!r})"

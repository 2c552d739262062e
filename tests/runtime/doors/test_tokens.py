"""Entry tokens, case by case, with keys made for the test."""

from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from engine.runtime.doors import TokenDesk, TokenRefusedError

NOW_S = 1_800_000_000
KEY = Ed25519PrivateKey.generate()
OTHER_KEY = Ed25519PrivateKey.generate()
PUBLIC_PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def token(key: Ed25519PrivateKey = KEY, **claims: object) -> str:
    return jwt.encode({"jti": "t1", "exp": NOW_S + 60, **claims}, key, algorithm="EdDSA")


@pytest.fixture
def used(tmp_path: Path) -> Path:
    return tmp_path / "tokens.db"


@pytest.fixture
def desk(used: Path) -> Iterator[TokenDesk]:
    desk = TokenDesk(PUBLIC_PEM, used, wall_clock=lambda: NOW_S)
    yield desk
    desk.close()


def test_a_good_token_opens_the_gate_once_also_over_restarts(desk: TokenDesk, used: Path) -> None:
    assert not desk.admit(token()).staff
    with pytest.raises(TokenRefusedError, match="used before"):
        desk.admit(token())
    again = TokenDesk(PUBLIC_PEM, used, wall_clock=lambda: NOW_S)
    with pytest.raises(TokenRefusedError, match="used before"):
        again.admit(token())
    again.close()


def test_staff_is_staff(desk: TokenDesk) -> None:
    assert desk.admit(token(role="staff")).staff


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        (token(exp=NOW_S - 1), "expired"),
        (token(OTHER_KEY), "not signed"),
        (jwt.encode({"jti": "t1", "exp": NOW_S + 60}, "x" * 32, algorithm="HS256"), "not an entry token"),
        (jwt.encode({"exp": NOW_S + 60}, KEY, algorithm="EdDSA"), "not an entry token"),
        (token(exp="soon"), "not an entry token"),
        ("", "not an entry token"),
        ("4006381333931", "not an entry token"),
    ],
)
def test_other_tokens_are_refused_with_a_reason(desk: TokenDesk, shown: str, reason: str) -> None:
    with pytest.raises(TokenRefusedError, match=reason):
        desk.admit(shown)

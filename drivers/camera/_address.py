"""A camera's address: what of it may be shown, and the user and password in it."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit, urlunsplit


@dataclass(frozen=True)
class Login:
    """A user and a password; neither is ever shown."""

    user: str
    password: str

    def __repr__(self) -> str:
        return "Login(...)"


def login_of(url: str) -> Login | None:
    """The user and password in an address, their percent-escapes taken out; None without a user."""
    parts = urlsplit(url)
    return Login(unquote(parts.username), unquote(parts.password or "")) if parts.username else None


def without_login(url: str) -> str:
    """The address as it may be logged and shown. Raises ``ValueError`` for what is no address."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))

"""Users and passwords of cameras: in ``keys/cameras.toml``, which nobody else may read, or in an address itself."""

import stat
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec

from engine.store._error import StoreFolderError
from engine.store._files import read_toml
from engine.store._installation import CameraSection

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class CameraLogin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[CAMERA]`` of ``keys/cameras.toml``."""

    user: str
    password: str

    def __repr__(self) -> str:
        return "CameraLogin(...)"


def read_logins(file: Path, cameras: tuple[CameraSection, ...]) -> dict[str, CameraLogin]:
    """What each camera wants to be told, by its id; none without the file. Raises ``StoreFolderError``."""
    if not file.exists():
        return {}
    if file.stat().st_mode & _OTHERS:
        raise StoreFolderError(file, key="mode", problem="others may read it", remedy="Do: chmod 600 of that file")
    logins = {name: _login(file, name, said) for name, said in read_toml(file, dict[str, object]).items()}
    sections = {str(section.id): section for section in cameras}
    for name in logins:
        if name not in sections:
            remedy = "Name cameras of store.toml"
            raise StoreFolderError(file, key=name, problem="there is no such camera", remedy=remedy)
        if any("@" in urlsplit(url).netloc for url in (sections[name].url, sections[name].substream)):
            problem, remedy = "its url in store.toml names a user too", "Keep the login here, and the address there"
            raise StoreFolderError(file, key=name, problem=problem, remedy=remedy)
    return logins


def _login(file: Path, name: str, said: object) -> CameraLogin:
    try:
        return msgspec.convert(said, CameraLogin)
    except msgspec.ValidationError as error:
        remedy = "Mend that: it is [CAMERA] with user and password"
        raise StoreFolderError(file, key=name, problem=str(error), remedy=remedy) from None


def with_login(url: str, login: CameraLogin) -> str:
    """The address with user and password in it, percent-escaped (RFC 3986, 3.2.1)."""
    parts = urlsplit(url)
    said = f"{quote(login.user, safe='')}:{quote(login.password, safe='')}"
    return urlunsplit(parts._replace(netloc=f"{said}@{parts.netloc}"))

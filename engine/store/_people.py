"""Who may speak with a store's engine: ``keys/people.toml``, and the engine's own keys in ``keys/engine.toml``."""

import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from engine.domain import BY_POLICY, CurveKey, KeyPair, Operator, Role
from engine.store._error import StoreFolderError
from engine.store._files import read_toml
from engine.store._installation import NetworkSection

PersonName = Annotated[str, msgspec.Meta(pattern=rf"^(?!{BY_POLICY}$)[A-Za-z0-9_-]{{1,40}}$")]
"""The engine signs its own decisions as the store's policy: nobody else may be called so."""

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LOOPBACK = ("localhost", "::1")
_ADD = "Name who may with `tillfree people add`"


class Person(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[NAME]`` of ``keys/people.toml``."""

    role: Role
    key: CurveKey


@dataclass(frozen=True, kw_only=True)
class Access:
    """The engine's own keys, and the people it knows by their names."""

    keys: KeyPair
    people: Mapping[str, Person]

    def operator(self, key: str) -> Operator | None:
        """Whose public key this is, or None."""
        found = (Operator(name=name, role=person.role) for name, person in self.people.items() if person.key == key)
        return next(found, None)


def people_file(keys_dir: Path) -> Path:
    """Where people and their public keys are."""
    return keys_dir / "people.toml"


def engine_keys_file(keys_dir: Path) -> Path:
    """Where the engine's own pair is."""
    return keys_dir / "engine.toml"


def read_access(keys_dir: Path) -> Access | None:
    """Who may; None where nobody is named, so nobody is asked. Raises ``StoreFolderError``."""
    if not people_file(keys_dir).exists():
        return None
    people = read_toml(people_file(keys_dir), dict[PersonName, Person])
    owners: dict[str, str] = {}
    for name, person in people.items():
        owner = owners.setdefault(person.key, name)
        if owner != name:
            problem, remedy = f"{owner} has the same key", "Give each person a key of their own"
            raise StoreFolderError(people_file(keys_dir), key=name, problem=problem, remedy=remedy)
    return Access(keys=read_engine_keys(keys_dir), people=people)


def read_engine_keys(keys_dir: Path) -> KeyPair:
    """The pair by which people know this engine. Raises ``StoreFolderError``."""
    file = engine_keys_file(keys_dir)
    if not file.exists():
        raise StoreFolderError(file, key="file", problem="missing: people's keys trust it", remedy=_ADD)
    if file.stat().st_mode & _OTHERS:
        raise StoreFolderError(file, key="mode", problem="others may read it", remedy="Do: chmod 600 of that file")
    return read_toml(file, KeyPair)


def check_reach(file: Path, network: NetworkSection, access: Access | None) -> None:
    """No door to other machines at which nobody is asked who they are. Raises ``StoreFolderError``."""
    if not _on_this_machine(network.inbox):
        remedy = "It is for the engine's own processes: give it 127.0.0.1"
        raise StoreFolderError(file, key="network.inbox", problem="other machines reach it", remedy=remedy)
    for key, endpoint in (("network.state", network.state), ("network.door", network.door)):
        if access is None and not _on_this_machine(endpoint):
            problem = "other machines reach it, and nobody is asked who they are"
            raise StoreFolderError(file, key=key, problem=problem, remedy=_ADD)


def _on_this_machine(endpoint: str) -> bool:
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    return parts.scheme != "tcp" or host in _LOOPBACK or host.startswith("127.")

"""A policy in a file of its own: what a store would cost itself with other figures."""

import tomllib
from pathlib import Path

import msgspec

from engine.domain import Policy
from engine.store._error import StoreFolderError
from engine.store._files import read_toml
from engine.store._installation import PolicySection


class _PolicyFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    policy: PolicySection


def read_policy(file: Path, over: Policy) -> Policy:
    """The file's ``[policy]``, the keys it does not name as in ``over``. Raises ``StoreFolderError``."""
    checked = read_toml(file, _PolicyFile).policy
    named = tomllib.loads(file.read_text(encoding="utf-8-sig"))["policy"]
    if not named:
        remedy = f"Give one of {', '.join(Policy.__struct_fields__)}"
        raise StoreFolderError(file, key="policy", problem="nothing is different", remedy=remedy)
    return msgspec.structs.replace(over, **{key: getattr(checked, key) for key in named})

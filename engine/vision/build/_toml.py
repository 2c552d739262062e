"""Writes a manifest as TOML: the standard library only reads it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from engine.vision._manifest import ModelManifest


def manifest_to_toml(manifest: ModelManifest) -> str:
    """Plain values first, then tables and arrays of tables, in the order the fields are declared."""
    return "\n".join(_table(msgspec.to_builtins(manifest), ())) + "\n"


def _table(content: dict[str, Any], path: tuple[str, ...]) -> list[str]:
    nested = {key: value for key, value in content.items() if isinstance(value, dict) or _is_table_list(value)}
    lines = [f"{_key(key)} = {_value(value)}" for key, value in content.items() if key not in nested]
    for key, value in nested.items():
        inner = (*path, _key(key))
        heading = ".".join(inner)
        if isinstance(value, dict):
            lines += ["", f"[{heading}]", *_table(value, inner)]
        else:
            for item in value:
                lines += ["", f"[[{heading}]]", *_table(item, inner)]
    return lines


def _is_table_list(value: object) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and isinstance(value[0], dict)


def _key(key: str) -> str:
    return key if key.replace("_", "").isalnum() else json.dumps(key)


def _value(value: object) -> str:
    """Strings, integers, floats and flat lists look the same in JSON and TOML."""
    return json.dumps(value, ensure_ascii=False)

"""``kept``: before an engine ever ran there is nothing, and that is said."""

from pathlib import Path

import msgspec

from tests.cli.conftest import Tillfree


def test_what_is_kept_and_until_when(tillfree: Tillfree, demo_store: Path) -> None:
    figures = demo_store / "figures.json"
    shown = tillfree("kept", "--store", demo_store, "--json", figures)
    assert shown.returncode == 0, shown.stderr
    assert "after 24 h" in shown.stdout
    assert [one["files"] for one in msgspec.json.decode(figures.read_bytes())["kept"]] == [0, 0, 0, 0]

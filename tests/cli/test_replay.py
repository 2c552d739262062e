"""``replay --with``: what another policy would change."""

import json
from pathlib import Path

import pytest

from engine.domain import Recorded, Tick
from engine.runtime.journal import JournalWriter
from engine.runtime.sealing import KeyRing
from engine.store import StoreFolder, open_store
from tests.cli.conftest import Tillfree


@pytest.fixture
def quiet_day(demo_store: Path) -> StoreFolder:
    """A store in which an engine ran and nobody came."""
    folder = open_store(demo_store)
    writer = JournalWriter(folder.journal_dir, KeyRing(folder.keys_dir / "journal"))
    writer.append([Recorded(boot_epoch=1, source="core", seq=1, fact=Tick(t_ns=1))])
    writer.close()
    return folder


def test_another_policy_is_told_beside_the_stores_own(tillfree: Tillfree, quiet_day: StoreFolder) -> None:
    policy, figures = quiet_day.path / "careful.toml", quiet_day.path / "figures.json"
    policy.write_text("[policy]\nwrong_charge_minor = 5000\n", encoding="utf-8")
    shown = tillfree("replay", "--store", quiet_day.path, "--with", policy, "--json", figures)
    assert shown.returncode == 0, shown.stderr
    assert "with careful.toml" in shown.stdout
    told = json.loads(figures.read_text(encoding="utf-8"))
    assert (told["policy"]["wrong_charge_minor"], told["instead"]["wrong_charge_minor"]) == (500, 5000)
    assert told["instead"]["review_minor"] == quiet_day.store.policy.review_minor
    assert (told["as_was"], told["carts"]) == (told["as_would_be"], [])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[policy]\nwrong_charge = 5\n", "unknown field `wrong_charge`"),
        ("[policy]\nreview_minor = -1\n", "$.policy.review_minor"),
        ("[policy]\n", "policy: nothing is different. Give one of wrong_charge_minor"),
        ("[polcy]\n", "unknown field `polcy`"),
    ],
)
def test_a_policy_that_makes_no_sense_is_named(
    tillfree: Tillfree, quiet_day: StoreFolder, text: str, told: str
) -> None:
    policy = quiet_day.path / "policy.toml"
    policy.write_text(text, encoding="utf-8")
    shown = tillfree("replay", "--store", quiet_day.path, "--with", policy)
    assert shown.returncode != 0
    assert shown.stderr.startswith(f"tillfree: {policy}: ")
    assert told in shown.stderr


def test_a_day_without_trade_has_no_risk_to_draw(tillfree: Tillfree, quiet_day: StoreFolder) -> None:
    shown = tillfree("risk", "--store", quiet_day.path)
    assert shown.returncode == 2
    assert "nothing was moved" in shown.stderr

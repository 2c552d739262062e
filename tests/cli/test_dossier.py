"""``dossier`` and ``prove``: from a ledger to a file, and from the file alone to a verdict."""

from pathlib import Path

from tests.cli.conftest import Tillfree
from tests.runtime.ledger.test_dossier import receipt, refund, write


def test_a_dossier_is_told_kept_and_proves_itself(tillfree: Tillfree, demo_store: Path, tmp_path: Path) -> None:
    (demo_store / "state").mkdir(exist_ok=True)
    write(demo_store / "state" / "ledger.db", receipt(), refund(1))
    file = tmp_path / "v1.json"
    told = tillfree("dossier", "v1", "--store", demo_store, "--out", file)
    assert told.returncode == 0, told.stderr
    assert "took 3 tea (0 g for 0 g; 99.0 %)" in told.stdout
    assert "receipt R1: 2 tea; 5.00 EUR" in told.stdout
    assert "refunded 1 tea, 2.50 EUR, by mia: stale" in told.stdout
    assert tillfree("prove", file).returncode == 0
    assert tillfree("prove", file, "--store", demo_store).returncode == 0
    file.write_text(file.read_text(encoding="utf-8").replace("stale", "fresh"), encoding="utf-8")
    refused = tillfree("prove", file)
    assert refused.returncode == 1
    assert "visit v1: entry 6 is not what was written" in refused.stdout


def test_a_visit_nobody_knows_is_refused_with_a_remedy(tillfree: Tillfree, demo_store: Path) -> None:
    (demo_store / "state").mkdir(exist_ok=True)
    write(demo_store / "state" / "ledger.db", receipt())
    refused = tillfree("dossier", "v9", "--store", demo_store)
    assert refused.returncode == 2
    assert "nothing about visit v9" in refused.stderr
    assert "ledger export" in refused.stderr

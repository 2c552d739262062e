"""``people``: naming who may, and what a key file that does not fit is answered with."""

import stat
from pathlib import Path

import pytest

from engine.store import open_store
from tests.cli.conftest import Tillfree


def added(tillfree: Tillfree, store: Path, name: str, *options: str) -> Path:
    """The key file of a person who was added."""
    done = tillfree("people", "add", name, "--store", store, *options)
    assert done.returncode == 0, done.stderr
    return store.parent / f"{name}.key.toml"


def test_people_come_and_go_and_their_keys_are_theirs_alone(tillfree: Tillfree, demo_store: Path) -> None:
    assert tillfree("people", "list", "--store", demo_store).stdout == "nobody is named, so nobody is asked\n"
    ana = added(tillfree, demo_store, "ana", "--role", "manager")
    ben = added(tillfree, demo_store, "ben")
    private = (ana, ben, demo_store / "keys" / "engine.toml")
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in private)
    assert tillfree("people", "list", "--store", demo_store).stdout == "ana: manager\nben: reviewer\n"
    assert tillfree("people", "remove", "ana", "--store", demo_store).returncode == 0
    access = open_store(demo_store).access
    assert access is not None
    assert list(access.people) == ["ben"]
    assert tillfree("people", "remove", "ben", "--store", demo_store).returncode == 0
    assert tillfree("people", "list", "--store", demo_store).stdout == "nobody may: name somebody\n"


def test_what_cannot_be_added_changes_nothing(tillfree: Tillfree, demo_store: Path) -> None:
    key = added(tillfree, demo_store, "ana").read_bytes()
    people = (demo_store / "keys" / "people.toml").read_bytes()
    for name, said in (("ana", "is there already"), ("a b", "no name here"), ("policy", "no name here")):
        refused = tillfree("people", "add", name, "--store", demo_store)
        assert refused.returncode == 2
        assert said in refused.stderr
    taken = tillfree("people", "add", "ben", "--store", demo_store, "--out", demo_store.parent / "ana.key.toml")
    assert "File exists" in taken.stderr
    gone = tillfree("people", "remove", "cem", "--store", demo_store)
    assert "is not among the people" in gone.stderr
    assert (demo_store / "keys" / "people.toml").read_bytes() == people
    assert (demo_store.parent / "ana.key.toml").read_bytes() == key


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        (None, 0o600, "No such file"),
        ('name = "ana"\n', 0o600, "missing required field `engine`"),
        ("name = ", 0o600, "people add"),
        ('name = "ana"\n', 0o640, "chmod 600"),
    ],
)
def test_a_key_file_that_is_none(tillfree: Tillfree, tmp_path: Path, text: str | None, mode: int, said: str) -> None:
    file = tmp_path / "mine.key.toml"
    if text is not None:
        file.write_text(text)
        file.chmod(mode)
    done = tillfree("console", "--key", file, "--seconds", "0.1")
    assert done.returncode == 2
    assert str(file) in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr

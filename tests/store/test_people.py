"""Who may speak with an engine is read from the folder; what could let anybody in is refused."""

from pathlib import Path

import pytest

from engine.store import StoreFolderError, open_store
from tests.store.conftest import edit

KEY = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
OTHER = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
ANA = f'[ana]\nrole = "manager"\nkey = "{KEY}"\n'
PAIR = f'public = "{KEY}"\nsecret = "{OTHER}"\n'


def keys(folder: Path, people: str, pair: str | None = PAIR, mode: int = 0o600) -> None:
    (folder / "keys").mkdir()
    (folder / "keys" / "people.toml").write_text(people)
    if pair is not None:
        file = folder / "keys" / "engine.toml"
        file.write_text(pair)
        file.chmod(mode)


def test_without_names_nobody_is_asked(folder: Path) -> None:
    assert open_store(folder).access is None


def test_an_empty_list_lets_nobody_in(folder: Path) -> None:
    keys(folder, "")
    access = open_store(folder).access
    assert access is not None
    assert access.operator(KEY) is None


@pytest.mark.parametrize(
    ("people", "pair", "mode", "said"),
    [
        (ANA.replace("manager", "king"), PAIR, 0o600, ("keys/people.toml", "king", "role")),
        (ANA.replace(KEY, "short"), PAIR, 0o600, ("keys/people.toml", "key", "Mend")),
        (ANA.replace("[ana]", '["ana maria"]'), PAIR, 0o600, ("keys/people.toml", "Mend")),
        (ANA + ANA.replace("[ana]", "[ben]"), PAIR, 0o600, ("keys/people.toml", "ben", "ana has the same key")),
        (ANA.replace("[ana]", "[policy]"), PAIR, 0o600, ("keys/people.toml", "policy", "Mend")),
        (ANA, None, 0o600, ("keys/engine.toml", "missing", "tillfree people add")),
        (ANA, PAIR, 0o644, ("keys/engine.toml", "others may read it", "chmod 600")),
        (ANA, PAIR.replace("secret", "secrets"), 0o600, ("keys/engine.toml", "secrets", "Mend")),
    ],
)
def test_what_is_wrong_is_named(folder: Path, people: str, pair: str | None, mode: int, said: tuple[str, ...]) -> None:
    keys(folder, people, pair, mode)
    with pytest.raises(StoreFolderError) as raised:
        open_store(folder)
    assert all(part in str(raised.value) for part in said)
    assert OTHER not in str(raised.value)


@pytest.mark.parametrize(("port", "key"), [(5701, "network.state"), (5702, "network.door"), (5703, "network.inbox")])
@pytest.mark.parametrize("host", ["*", "0.0.0.0", "192.168.1.5", "[::]", "till.example"])
def test_a_door_to_other_machines_at_which_nobody_is_asked(folder: Path, host: str, port: int, key: str) -> None:
    edit(folder, f"tcp://127.0.0.1:{port}", f"tcp://{host}:{port}")
    with pytest.raises(StoreFolderError, match=f"store.toml: {key}: other machines reach it"):
        open_store(folder)


def test_a_door_to_other_machines_for_people_who_are_named(folder: Path) -> None:
    keys(folder, ANA)
    edit(folder, "tcp://127.0.0.1:5702", "tcp://*:5702")
    access = open_store(folder).access
    assert access is not None
    operator = access.operator(KEY)
    assert operator is not None
    assert operator.name == "ana"

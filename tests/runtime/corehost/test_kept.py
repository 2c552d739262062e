"""What is kept of people is said as it lies on the disk, and nothing is forgotten there."""

from engine.domain import EngineHealth, Kept
from engine.runtime.kept import kept
from engine.store import StoreFolder
from tests.runtime.build import passed, seen, settled
from tests.runtime.corehost.running import running, sender
from tests.runtime.replica import Replica

_NOT_OF_PEOPLE = {"boot.json", "core.lock"}
"""Files beside what is said: which run this is, and that it runs."""


def by_name(everything: tuple[Kept, ...]) -> dict[str, Kept]:
    return {one.name: one for one in everything}


def test_a_running_engine_says_what_it_keeps(folder: StoreFolder) -> None:
    shelves = sender(folder)
    with running(folder), Replica(folder) as replica:
        shelves.send(passed(1))
        shelves.send(seen(1_000))
        shelves.send(settled(2, mass_mg=-666_000))
        replica.until(lambda: "NeedsReview" in replica.names())
        replica.until(lambda: any(isinstance(view, EngineHealth) and view.kept for view in replica.views))
        said = by_name(kept(folder))
        assert (said["evidence"].files, said["journal"].files, said["ledger"].files) == (1, 1, 1)
        assert said["journal"].oldest_wall_ns is not None
        assert said["evidence"].deleted == "with the answer, or after 24 h"
    shelves.close()


def test_nothing_that_the_engine_wrote_is_left_out(folder: StoreFolder) -> None:
    shelves = sender(folder)
    with running(folder), Replica(folder) as replica:
        shelves.send(settled(2, mass_mg=-666_000))
        replica.until(lambda: "NeedsReview" in replica.names())
    shelves.close()
    files = [file for file in (folder.path / "state").rglob("*") if file.is_file()]
    others = {file.name for file in files} & _NOT_OF_PEOPLE
    assert sum(one.files for one in kept(folder)) == len(files) - len(others)

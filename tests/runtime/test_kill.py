"""``kill -9`` in the middle of a visit: the cart is what it was, one receipt, and no change on a shelf goes unseen."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from engine.core import StoreCore
from engine.domain import (
    BodiesTracked,
    BodyTracked,
    CaseCause,
    CommandId,
    CommandRequest,
    EntryAuthorised,
    GateId,
    GatePassed,
    NeedsReview,
    Passage,
    Picked,
    PlateId,
    PlateMass,
    ReceiptIssued,
    ResolveCase,
    ShelfBaseline,
    ShelfId,
    StepId,
    Vector3,
    Verdict,
    VisitId,
    WeightSettled,
)
from engine.runtime.checkpoints import Checkpoints
from engine.runtime.corehost import Conductor, digest, replay
from engine.runtime.inbox import FactSender
from engine.runtime.journal import JournalReader
from engine.runtime.ledger import Ledger, verify
from engine.runtime.sealing import KeyRing
from engine.store import StoreFolder
from tests.runtime.folder import small_store
from tests.runtime.replica import Replica

GATE, SHELF, VISIT = GateId("north"), ShelfId("A-1"), VisitId("shopper")
TEA_PLATE = PlateId("A-1-1")
AT_GATE = (1.0, 0.3)
RESTART_S = 5.0

_REPLAY = """
import sys
from pathlib import Path
from engine.core import StoreCore
from engine.runtime.checkpoints import Checkpoints
from engine.runtime.corehost import Conductor, digest, replay
from engine.runtime.journal import JournalReader
from engine.runtime.sealing import KeyRing
from engine.store import open_store
folder = open_store(Path(sys.argv[1]))
reader = JournalReader(folder.journal_dir, KeyRing(folder.keys_dir / "journal"))
print(digest(replay(reader, folder.store, StoreCore)))
"""


class Scene:
    """One shopper in the small store, an engine that is killed and started, and everybody who speaks to it."""

    def __init__(self, folder: StoreFolder) -> None:
        self.folder = folder
        inbox = folder.installation.network.inbox
        self.doors = FactSender(inbox, "doors", lossless=True)
        self.shelves = FactSender(inbox, "shelves", lossless=True)
        self.perception = FactSender(inbox, "perception-0", lossless=False)
        self.replica = Replica(folder)
        self.at_m = AT_GATE
        self.hand_m: Vector3 = (1.0, 0.3, 0.9)
        self.engine = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-m", "engine.app", "core", str(self.folder.path)])

    def kill_and_start(self) -> float:
        """Kill the engine, start it, wait until a client has its state again; seconds from the start."""
        self.engine.send_signal(signal.SIGKILL)
        self.engine.wait()
        snapshots, begun_s = self.replica.snapshots, time.monotonic()
        self.engine = self._start()
        self.until(lambda: self.replica.snapshots > snapshots)
        return time.monotonic() - begun_s

    def close(self) -> None:
        self.engine.terminate()
        assert self.engine.wait(10) == 0
        for sender in (self.doors, self.shelves, self.perception):
            sender.close(patience_s=0)
        self.replica.client.close()

    def until(self, condition: Callable[[], bool], *, within_s: float = 10.0) -> None:
        def also_move() -> bool:
            body = BodyTracked(name="b", head_m=(*self.at_m, 1.7), hands_m=(self.hand_m,))
            self.perception.send(BodiesTracked(t_ns=time.monotonic_ns(), bodies=(body,)))
            return condition()

        self.replica.until(also_move, within_s=within_s)

    def enter(self) -> None:
        self.until(lambda: self.replica.snapshots == 1)
        now_ns = time.monotonic_ns()
        self.doors.send(EntryAuthorised(t_ns=now_ns, gate_id=GATE, visit_id=VISIT))
        self.doors.send(GatePassed(t_ns=now_ns, gate_id=GATE, passage=Passage.IN))
        self.until(lambda: "ShopperBound" in self.replica.names())

    def walk_to(self, place_m: tuple[float, float], hand_m: Vector3) -> None:
        """At 1 m/s, so that the tracker can follow."""
        begun_s, from_m = time.monotonic(), self.at_m
        length_m = max(abs(place_m[0] - from_m[0]), abs(place_m[1] - from_m[1]))

        def arrived() -> bool:
            share = min(1.0, (time.monotonic() - begun_s) / length_m)
            self.at_m = (
                from_m[0] + share * (place_m[0] - from_m[0]),
                from_m[1] + share * (place_m[1] - from_m[1]),
            )
            self.hand_m = (*self.at_m, 0.9)
            return share == 1.0

        self.until(arrived)
        self.hand_m = hand_m

    def weigh(self, tea_mg: int, jam_mg: int, *, resumed: bool = False) -> None:
        plates = tuple(
            PlateMass(plate_id=plate_id, mass_mg=mass_mg)
            for plate_id, mass_mg in zip(
                self.folder.store.shelf_by_id[SHELF].plate_ids, (tea_mg, 0, jam_mg, 0), strict=True
            )
        )
        self.shelves.send(ShelfBaseline(t_ns=time.monotonic_ns(), shelf_id=SHELF, plates=plates, resumed=resumed))

    def take_tea(self) -> None:
        now_ns = time.monotonic_ns()
        step = WeightSettled(
            t_ns=now_ns,
            step_id=StepId(f"{SHELF}@{now_ns}"),
            shelf_id=SHELF,
            start_ns=now_ns - 300_000_000,
            end_ns=now_ns,
            mass_mg=-300_000,
            sigma_mg=1_500,
            plates=(PlateMass(plate_id=TEA_PLATE, mass_mg=-300_000),),
        )
        self.shelves.send(step)

    def stand(self, for_s: float) -> None:
        until_s = time.monotonic() + for_s
        self.until(lambda: time.monotonic() > until_s)

    def close_case(self, case: NeedsReview) -> None:
        nobody = Verdict(visit_id=None, sku_id=None, quantity=0)
        command = ResolveCase(case_id=case.case_id, verdict=nobody)
        self.replica.client.command(CommandRequest(command_id=CommandId("k1"), by="anna", command=command))

    def leave(self) -> None:
        self.walk_to(AT_GATE, (1.0, 0.3, 0.9))
        self.doors.send(GatePassed(t_ns=time.monotonic_ns(), gate_id=GATE, passage=Passage.OUT))

    def lines(self) -> list[Picked]:
        return [fact for fact in self.replica.facts if isinstance(fact, Picked)]

    def cases(self) -> list[NeedsReview]:
        return [fact for fact in self.replica.facts if isinstance(fact, NeedsReview)]

    def receipts(self) -> list[ReceiptIssued]:
        return [fact for fact in self.replica.facts if isinstance(fact, ReceiptIssued)]


@dataclass
class Story:
    """What was seen from outside before, between and after the two kills."""

    folder: StoreFolder
    lines_before: list[Picked] = field(default_factory=list)
    lines_after: list[Picked] = field(default_factory=list)
    restart_s: list[float] = field(default_factory=list)
    cases: list[NeedsReview] = field(default_factory=list)
    receipts: list[ReceiptIssued] = field(default_factory=list)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A shopper takes tea; the engine is killed and jam vanishes; she leaves; the engine is killed once more."""
    story = Story(small_store(tmp_path_factory.mktemp("kill") / "store"))
    scene = Scene(story.folder)
    scene.enter()
    scene.weigh(3_000_000, 4_500_000, resumed=True)
    tea_m = story.folder.store.plate_by_id[TEA_PLATE].centre_m
    scene.walk_to((tea_m[0], 1.6), tea_m)
    scene.stand(0.5)
    scene.take_tea()
    scene.until(lambda: any(line.settled for line in scene.lines()))
    story.lines_before = scene.lines()
    story.restart_s.append(scene.kill_and_start())
    story.lines_after = scene.lines()
    scene.weigh(2_700_000, 4_050_000, resumed=True)
    scene.until(lambda: bool(scene.cases()))
    story.cases = scene.cases()
    scene.close_case(story.cases[0])
    scene.leave()
    scene.until(lambda: bool(scene.receipts()))
    story.restart_s.append(scene.kill_and_start())
    story.receipts = scene.receipts()
    scene.close()
    return story


def test_the_engine_is_back_soon(story: Story) -> None:
    assert max(story.restart_s) < RESTART_S


def test_the_cart_is_what_it_was(story: Story) -> None:
    assert [(line.visit_id, line.sku_id, line.quantity) for line in story.lines_before] == [(VISIT, "tea", 1)]
    assert story.lines_after == story.lines_before


def test_what_changed_meanwhile_is_a_case(story: Story) -> None:
    assert [(case.cause, case.mass_mg) for case in story.cases] == [(CaseCause.UNWITNESSED, -450_000)]


def test_the_visit_ends_in_one_receipt(story: Story) -> None:
    assert [(receipt.visit_id, receipt.total_minor) for receipt in story.receipts] == [(VISIT, 299)]
    assert verify(story.folder.ledger_path).whole
    ledger = Ledger(story.folder.ledger_path)
    assert ledger.cart(VISIT) == {"tea": 1}
    ledger.close()
    rows = sqlite3.connect(story.folder.ledger_path)
    assert rows.execute("SELECT count(*) FROM entries WHERE kind = 'ReceiptIssued'").fetchone() == (1,)
    rows.close()


def test_a_replay_agrees_over_hash_seeds_and_checkpoints(story: Story) -> None:
    digests = {_replay_elsewhere(story.folder, hash_seed) for hash_seed in ("1", "2")}
    reader = JournalReader(story.folder.journal_dir, KeyRing(story.folder.keys_dir / "journal"))
    outputs = list(replay(reader, story.folder.store, StoreCore))
    assert digests == {digest(outputs)}
    middle = _checkpoint_after(reader, story.folder, outputs=len(outputs) // 2)
    rest = list(replay(reader, story.folder.store, StoreCore, from_checkpoint=middle))
    assert 0 < len(rest) < len(outputs)
    assert rest == outputs[-len(rest) :]


def _replay_elsewhere(folder: StoreFolder, hash_seed: str) -> str:
    argv = [sys.executable, "-c", _REPLAY, str(folder.path)]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    return subprocess.run(argv, env=environment, capture_output=True, check=True, text=True).stdout.strip()


def _checkpoint_after(reader: JournalReader, folder: StoreFolder, *, outputs: int) -> Path:
    """A checkpoint as the engine would have written it after the batch that made so many outputs full."""
    conductor = Conductor(StoreCore(folder.store))
    for position, batch in reader.positions():
        for recorded in batch:
            conductor.step(recorded)
        if conductor.out_seq >= outputs:
            return Checkpoints(folder.checkpoint_dir).write(conductor.checkpoint(position))
    raise AssertionError("the journal ended before")

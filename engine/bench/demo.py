"""The demo: the twin store, the engine and the console together, and at the end what was said beside what was so."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from drivers.twin.devices import SHOPPING_OVER, TruthRecord
from drivers.twin.scenario import Programme, rehearse
from engine.bench.score import Score, VisitAccount, account, read_truth, score
from engine.bench.staging import Level, stage_demo_store
from engine.bench.witness import Heard, Witness
from engine.domain import ReceiptIssued, VisitLeft
from engine.store import StoreFolder
from engine.wire import Address

_HEADLESS_DEADLINE_S = 20.0
_ATTENDED_DEADLINE_S = 120.0
_ENGINE_START_S = 60.0
_RECEIPTS_AFTER_DEADLINE_S = 10.0
_SCREENSHOT_SHARE = 0.55
_PHOTOGRAPHED_AFTER_S = 6
_SCALES = (1, 2)
_NOTHING_MORE: Mapping[str, str] = {}
_POLL_S = 0.2

Tell = Callable[[str], None]


class DemoFailedError(Exception):
    """A part of the demo did not come up; the message names it and where its log is."""


@dataclass(frozen=True, kw_only=True)
class DemoPlan:
    """What to run. ``work_dir`` takes the store, the logs and the console's pictures.

    A ``scenario`` takes the place of ``shoppers`` and ``seconds``. Without ``pictures`` no console is started; with
    ``every_look`` they are of light and dark, every language and two scales.
    """

    work_dir: Path
    headless: bool
    level: Level = Level.PIXELS
    seed: int = 1
    seconds: float = 180.0
    shoppers: int = 3
    scenario: Path | None = None
    pictures: bool = True
    every_look: bool = False


@dataclass(frozen=True, kw_only=True)
class DemoResult:
    """What came out of it: what was true, what a client heard, and the one beside the other."""

    folder: StoreFolder
    truth: tuple[TruthRecord, ...]
    heard: tuple[Heard, ...]
    score: Score
    accounts: list[VisitAccount]
    screenshots: Path


def has_display() -> bool:
    """Whether a window can be opened."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


class Demo:
    """Starts the parts, watches over them, stops them. Raises ``ScenarioError`` before anything is started."""

    def __init__(self, plan: DemoPlan, tell: Tell) -> None:
        self._plan = plan
        self._tell = tell
        deadline_s = _HEADLESS_DEADLINE_S if plan.headless else _ATTENDED_DEADLINE_S
        self._deadline_s = deadline_s
        self._folder = stage_demo_store(plan.work_dir / "store", level=plan.level, review_deadline_s=deadline_s)
        self._programme = Programme(
            seed=plan.seed, scenario=plan.scenario, shoppers=plan.shoppers, seconds=plan.seconds
        )
        self._shopping_s = plan.seconds
        if plan.scenario is not None:
            self._shopping_s = rehearse(plan.scenario, self._folder.store, seed=plan.seed).world.t_s
        self._truth = plan.work_dir / "truth.jsonl"
        self._screenshots = plan.work_dir / "screenshots"
        network = self._folder.installation.network
        self._address = Address(state=network.state, door=network.door)
        self._logs: list[IO[bytes]] = []

    def run(self) -> DemoResult:
        """Run to the end of the shopping, or until the console is closed. Raises ``DemoFailedError``."""
        twin_arguments = [*self._programme.arguments(), "--truth", str(self._truth)]
        twin = self._start("twin", ["drivers.twin", str(self._folder.path), *twin_arguments])
        engine = self._start("engine", ["engine.cli", "engine", "--store", str(self._folder.path)])
        witness = Witness(self._address)
        try:
            self._wait_for_engine(witness, engine, twin)
            self._tell("the store is open")
            if self._plan.headless:
                self._shop(witness, engine, twin)
            else:
                self._console([]).wait()
        finally:
            witness.stop()
            _stop(engine)
            _stop(twin)
            for log in self._logs:
                log.close()
        return self._result(witness)

    def _shop(self, witness: Witness, engine: "subprocess.Popen[bytes]", twin: "subprocess.Popen[bytes]") -> None:
        started_s = time.monotonic()
        consoles: list[subprocess.Popen[bytes]] = []
        while not self._over():
            self._check(engine, twin)
            if (
                self._plan.pictures
                and not consoles
                and time.monotonic() - started_s > self._shopping_s * _SCREENSHOT_SHARE
            ):
                self._tell(f"pictures of the console go to {self._screenshots}")
                consoles = self._photographers()
            time.sleep(_POLL_S)
        self._tell("the last shopper has left; waiting for receipts")
        self._await_receipts(witness)
        for console in consoles:
            console.wait()

    def _photographers(self) -> "list[subprocess.Popen[bytes]]":
        arguments = ["--screenshots", str(self._screenshots), "--seconds", str(_PHOTOGRAPHED_AFTER_S)]
        if not self._plan.every_look:
            return [self._console(arguments)]
        return [self._console([*arguments, "--every-look"], scale=scale) for scale in _SCALES]

    def _await_receipts(self, witness: Witness) -> None:
        until_s = time.monotonic() + self._deadline_s + _RECEIPTS_AFTER_DEADLINE_S
        while time.monotonic() < until_s:
            facts = witness.facts()
            left = sum(isinstance(fact, VisitLeft) for fact in facts)
            if sum(isinstance(fact, ReceiptIssued) for fact in facts) >= left:
                time.sleep(_POLL_S)
                return
            time.sleep(_POLL_S)

    def _wait_for_engine(
        self, witness: Witness, engine: "subprocess.Popen[bytes]", twin: "subprocess.Popen[bytes]"
    ) -> None:
        until_s = time.monotonic() + _ENGINE_START_S
        while not witness.connected.wait(_POLL_S):
            self._check(engine, twin)
            if time.monotonic() > until_s:
                raise DemoFailedError(
                    f"the engine did not answer in {_ENGINE_START_S:.0f} s; see {self._log('engine')}"
                )

    def _check(self, engine: "subprocess.Popen[bytes]", twin: "subprocess.Popen[bytes]") -> None:
        for name, process in (("engine", engine), ("twin", twin)):
            if process.poll() is not None:
                raise DemoFailedError(f"the {name} ended with code {process.returncode}; see {self._log(name)}")

    def _over(self) -> bool:
        return SHOPPING_OVER in self._log("twin").read_text(errors="replace")

    def _result(self, witness: Witness) -> DemoResult:
        truth = read_truth(self._truth)
        return DemoResult(
            folder=self._folder,
            truth=tuple(truth),
            heard=tuple(witness.heard),
            score=score(truth, witness.heard, health=witness.health, store=self._folder.store),
            accounts=account(truth, witness.heard, self._folder.store),
            screenshots=self._screenshots,
        )

    def _console(self, arguments: list[str], *, scale: int = 1) -> "subprocess.Popen[bytes]":
        where = ["--state", self._address.state, "--door", self._address.door]
        name, scaled = ("console", {}) if scale == 1 else (f"console-{scale}", {"QT_SCALE_FACTOR": str(scale)})
        return self._start(name, ["console", *where, *arguments], scaled)

    def _start(
        self, name: str, module: list[str], more: Mapping[str, str] = _NOTHING_MORE
    ) -> "subprocess.Popen[bytes]":
        log = self._log(name).open("wb")
        self._logs.append(log)
        environment = {**os.environ, **more}
        if not has_display():
            environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        return subprocess.Popen([sys.executable, "-m", *module], stdout=log, stderr=subprocess.STDOUT, env=environment)

    def _log(self, name: str) -> Path:
        return self._plan.work_dir / f"{name}.log"


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

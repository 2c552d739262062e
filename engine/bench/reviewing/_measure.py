"""A real console, its scripted reviewer, and how much work the cases were."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event, Thread

import msgspec
import numpy as np

from engine.bench.console import ConsoleFailedError
from engine.bench.reviewing._rounds import Round, play_rounds
from engine.bench.reviewing._talk import Talker
from engine.domain import CaseId, Store

_S_PER_CASE = 20.0


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    """How one case was answered: ``console.scripted.Answered``, which no engine may import."""

    case_id: CaseId
    way: str
    keys: int
    letters: int
    lead_ms: float


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """Cases answered one way: ``keys`` beside the ``letters`` of a search, the most that any took."""

    way: str
    cases: int
    keys: int
    letters: int


class ReviewingReport(msgspec.Struct, frozen=True, kw_only=True):
    """``right``: decisions that say what happened; ``left``: those where no single verdict does.

    ``keys_per_case`` counts what is pressed beside the letters of a search. ``lead_ms`` is from a case being painted
    with its evidence to its decision: what the console makes anybody wait, since a script does not think.
    """

    cases: int
    right: int
    left: int
    keys_per_case: float
    lead_ms_p50: float
    lead_ms_p95: float
    ways: tuple[Way, ...]


def measure_reviewing(cases: int, *, tell: Callable[[str], None]) -> ReviewingReport:
    """Let so many cases be decided. Raises ``ConsoleFailedError`` and as a trial does."""
    store, rounds = play_rounds(cases, tell=tell)
    report = decide_all(store, rounds)
    for way in report.ways:
        tell(f"{way.way}: {way.cases} cases, {way.keys} keys and {way.letters} letters at most")
    tell(
        f"{report.right} of {report.cases} right, {report.left} left to the policy;"
        f" {report.keys_per_case:.2f} keys a case, {report.lead_ms_p50:.0f} ms until it can be decided"
    )
    return report


def decide_all(store: Store, rounds: Sequence[Round]) -> ReviewingReport:
    """Show the rounds to a console and its reviewer. Raises ``ConsoleFailedError``."""
    truths = {asked.case.case_id: asked.truth for made in rounds for asked in made.asked}
    talker, stopped = Talker(store, list(rounds)), Event()
    thread = Thread(target=talker.talk, args=(stopped,), name="talker")
    thread.start()
    try:
        with tempfile.TemporaryDirectory(prefix="tillfree-reviewing-") as work_dir:
            file = Path(work_dir) / "truth.json"
            file.write_bytes(msgspec.json.encode(truths))
            answers = _console(talker, file, timeout_s=_S_PER_CASE * (len(truths) + 1))
    finally:
        stopped.set()
        thread.join()
    right = sum(truth is not None and talker.decided[case_id] == truth for case_id, truth in truths.items())
    p50, p95 = (round(float(ms), 1) for ms in np.percentile([answer.lead_ms for answer in answers], [50, 95]))
    return ReviewingReport(
        cases=len(truths),
        right=right,
        left=sum(truth is None for truth in truths.values()),
        keys_per_case=round(sum(answer.keys for answer in answers) / len(answers), 3),
        lead_ms_p50=p50,
        lead_ms_p95=p95,
        ways=tuple(_way(way, answers) for way in dict.fromkeys(answer.way for answer in answers)),
    )


def _console(talker: Talker, truths: Path, *, timeout_s: float) -> list[_Answer]:
    command = [
        sys.executable,
        "-m",
        "console",
        "--state",
        talker.front.state,
        "--door",
        talker.front.door,
        "--answers",
        str(truths),
    ]
    environment = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    try:
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, timeout=timeout_s, check=True)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise ConsoleFailedError(f"the console's reviewer did not come to an end: {error}") from error
    return msgspec.json.decode(done.stdout, type=list[_Answer])


def _way(way: str, answers: Sequence[_Answer]) -> Way:
    such = [answer for answer in answers if answer.way == way]
    return Way(
        way=way,
        cases=len(such),
        keys=max(answer.keys for answer in such),
        letters=max(answer.letters for answer in such),
    )

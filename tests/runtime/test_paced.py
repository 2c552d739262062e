"""An engine whose clock is its input: what it concludes, when, and that it concludes it again."""

import subprocess
import sys
from pathlib import Path
from typing import IO

import msgspec
import pytest

from engine.domain import ControllerId, NeedsReview
from engine.runtime.paced import Opening, ShelvesRead, Stimulus, TimePassed, Told, read_message, write_message
from tests.runtime.folder import small_store
from tests.shelving.traces import Trace

_START_NS = 10_000_000_000
_LIFTED_S = 4.0


def shelf_loses_a_jam() -> list[Stimulus]:
    """Ten seconds of a shelf from which one unit vanishes with nobody about."""
    trace = Trace(10.0, plates=4, hz=50.0).move(2, _LIFTED_S, -450.0)
    stimuli: list[Stimulus] = [Opening(at_ns=_START_NS)]
    for t_s, grams in zip(trace.t_s, trace.grams, strict=True):
        t_ns = _START_NS + round(t_s * 1e9)
        read = grams.astype("<f4").tobytes()
        stimuli.append(ShelvesRead(at_ns=t_ns, t_ns=t_ns, controller_id=ControllerId("k1"), grams=read))
    return [*stimuli, TimePassed(at_ns=_START_NS + 11_000_000_000)]


@pytest.fixture
def process(tmp_path: Path) -> "subprocess.Popen[bytes]":
    folder = small_store(tmp_path)
    command = [sys.executable, "-m", "engine.app", "paced", str(folder.path)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def pipes(process: "subprocess.Popen[bytes]") -> tuple[IO[bytes], IO[bytes]]:
    """The engine's input and output."""
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def test_it_says_when_it_would_have_said_it_and_forgets_at_each_opening(process: "subprocess.Popen[bytes]") -> None:
    to_engine, from_engine = pipes(process)
    answers: list[Told] = []
    with process:
        for _ in range(2):
            write_message(to_engine, msgspec.msgpack.encode(shelf_loses_a_jam()))
            answer = read_message(from_engine)
            assert answer is not None
            answers.append(msgspec.msgpack.decode(answer, type=Told))
        to_engine.close()
    assert process.returncode == 0
    assert answers[0].decided == answers[1].decided
    said_ns = {
        decided.at_ns: decided.fact.mass_mg for decided in answers[0].decided if isinstance(decided.fact, NeedsReview)
    }
    (at_ns,) = said_ns
    assert said_ns[at_ns] == pytest.approx(-450_000, abs=5_000)
    assert 0 < at_ns - _START_NS - _LIFTED_S * 1e9 < 2e9
    assert answers[0].failed == 0

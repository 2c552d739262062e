"""Builders for runtime tests: small facts with an instant, and a deadline to wait for conditions."""

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from engine.domain import (
    CameraId,
    GateId,
    GatePassed,
    InputFact,
    Passage,
    PersonSeen,
    PersonsSeen,
    Recorded,
    ShelfId,
    StepId,
    Tick,
    WeightSettled,
)

MS = 1_000_000


def passed(t_ms: int) -> GatePassed:
    return GatePassed(t_ns=t_ms * MS, gate_id=GateId("north"), passage=Passage.IN)


def seen(t_ms: int, *, camera: str = "c1", persons: int = 1) -> PersonsSeen:
    person = PersonSeen(xyxy_px=(10.0, 20.0, 60.0, 200.0), score=0.9, keypoints=tuple(float(n) for n in range(51)))
    return PersonsSeen(t_ns=t_ms * MS, camera_id=CameraId(camera), frame_seq=t_ms, persons=(person,) * persons)


def settled(t_ms: int, *, mass_mg: int = -300_000, shelf: str = "A-1", trace: int = 0) -> WeightSettled:
    return WeightSettled(
        t_ns=t_ms * MS,
        step_id=StepId(f"{shelf}@{t_ms}"),
        shelf_id=ShelfId(shelf),
        start_ns=t_ms * MS,
        end_ns=t_ms * MS,
        mass_mg=mass_mg,
        sigma_mg=1000,
        plates=(),
        trace_mg=(0,) * trace,
    )


def recorded(fact: InputFact, *, source: str = "shelves", seq: int = 1) -> Recorded:
    return Recorded(boot_epoch=1, source=source, seq=seq, fact=fact)


def ticks(count: int, *, first_ms: int = 0) -> list[Recorded]:
    return [recorded(Tick(t_ns=(first_ms + n) * MS), source="core", seq=first_ms + n + 1) for n in range(count)]


def wait_for(condition: Callable[[], bool], *, within_s: float = 5.0) -> None:
    """Poll until the condition holds; fail loudly when it does not."""
    deadline_s = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline_s:
            raise AssertionError(f"not so within {within_s} s")
        time.sleep(0.002)


@contextmanager
def disk_of(file_bytes: int) -> Iterator[None]:
    """No file may grow beyond that: what a full disk does to a writer, without a disk of our own."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

"""Seventeen seconds of a real store: one product is taken by one shopper, and nothing else happens."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from engine.bench.nanostore import Movement, Recording, movements, play_nanostore, read_recording, stage_recording
from engine.core import StoreCore
from engine.domain import BodiesTracked, GondolaId, InputFact, OutputFact, PlateId, Recorded, Shelf, ShelfId, Tick
from engine.shelving import ShelvesEstimator
from engine.store import StoreFolder

START_NS = 1_000_000_000_000
SHOPPER = "3325379692103139202"
WATER = "071142008582"
CROP_S = (10.6, 14.6)


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    """The recording."""
    return shared_data / "nanostore" / "benchmark-1"


@pytest.fixture(scope="module")
def recording(folder: Path) -> Recording:
    """The recording, read."""
    return read_recording(folder)


def ports(recording: Recording) -> dict[str, int]:
    """Ports that nobody will listen on."""
    names = ["state", "door", "inbox", "tracker", *(f"gondola-{trace.gondola}" for trace in recording.traces)]
    return {name: 1024 + index for index, name in enumerate(names)}


def weighed(recording: Recording, *, every: int = 1) -> list[InputFact]:
    """What the estimators say of every channel that says anything, at a fraction of the recording's rate."""
    facts: list[InputFact] = []
    for trace in recording.traces:
        for shelf in range(1, trace.grams.shape[1] + 1):
            live = trace.live(shelf)
            plates = tuple(PlateId(f"{trace.gondola}-{shelf}-{plate}") for plate in live)
            estimator = ShelvesEstimator(
                [
                    Shelf(
                        shelf_id=ShelfId(f"{trace.gondola}-{shelf}"),
                        gondola_id=GondolaId(str(trace.gondola)),
                        plate_ids=plates,
                    )
                ]
            )
            columns = np.array(live, dtype=np.intp) - 1
            for t_s, grams in zip(trace.t_s[::every], trace.grams[::every, shelf - 1], strict=True):
                facts += estimator.observe(START_NS + round(t_s * 1e9), grams[columns].astype(np.float64))
    return facts


def decided(store: StoreFolder, facts: Iterable[InputFact]) -> list[OutputFact]:
    """What the core concludes of facts, three seconds later."""
    core = StoreCore(store.store)
    ordered = sorted(facts, key=lambda fact: fact.t_ns)
    ordered.append(Tick(t_ns=ordered[-1].t_ns + 3_000_000_000))
    outputs: list[OutputFact] = []
    for seq, fact in enumerate(ordered):
        outputs += core.step(Recorded(boot_epoch=1, source="recording", seq=seq, fact=fact))
    return outputs


def assert_it_is_the_water(movement: Movement) -> None:
    """The truth about the one movement."""
    assert (movement.gondola, movement.shelf, movement.plates) == (1, 5, (11,))
    assert movement.t_s == pytest.approx(12.6, abs=0.15)
    assert movement.grams == pytest.approx(-622.9, abs=2.5)
    assert (movement.product, movement.shopper, movement.in_cart) == (WATER, SHOPPER, True)


def test_the_recording_is_read_whole(recording: Recording) -> None:
    assert recording.channels == 278
    assert len(recording.frames) == 291
    assert recording.frames[0].t_s == pytest.approx(-2.3, abs=0.1)
    assert all(np.all(np.diff(trace.t_s) > 0) for trace in recording.traces)


@pytest.mark.parametrize("every", [1, 2, 3])
def test_two_hundred_and_seventy_eight_plates_say_one_thing(recording: Recording, every: int) -> None:
    ((movement,), idle_steps) = movements(weighed(recording, every=every), [], start_ns=START_NS)
    assert (movement.gondola, movement.shelf, movement.plates) == (1, 5, (11,))
    assert movement.grams == pytest.approx(-622.9, abs=2.5)
    assert movement.provisional_ms <= 150 + 17 * (every - 1)
    assert movement.settled_ms <= 600
    assert idle_steps <= 5 * (every > 2)


def test_the_shopper_who_took_the_water_has_it_in_the_cart(folder: Path, recording: Recording, tmp_path: Path) -> None:
    told: list[str] = []
    store = stage_recording(tmp_path, folder, recording, ports=ports(recording), tell=told.append)
    seen = [BodiesTracked(t_ns=START_NS + round(frame.t_s * 1e9), bodies=frame.bodies) for frame in recording.frames]
    facts = [*weighed(recording), *seen]
    ((movement,), _) = movements(facts, decided(store, facts), start_ns=START_NS)
    assert_it_is_the_water(movement)
    assert "no weight" in told[0]
    assert "034000470204 Hershey Reese's Mini Pouch" in told[0]


def test_without_people_the_movement_is_still_told(folder: Path, tmp_path: Path) -> None:
    mute = tmp_path / "recording" / "benchmark"
    shutil.copytree(folder, mute, ignore=shutil.ignore_patterns("full_targets.json"))
    (mute.parent / "store").symlink_to(folder.parent / "store")
    recording = read_recording(mute)
    store = stage_recording(tmp_path / "store", mute, recording, ports=ports(recording), tell=lambda _: None)
    assert recording.frames == ()
    assert store.store.cameras == ()
    facts = weighed(recording)
    ((movement,), _) = movements(facts, decided(store, facts), start_ns=START_NS)
    assert (movement.gondola, movement.shelf, movement.plates, movement.in_cart) == (1, 5, (11,), False)


def test_a_whole_engine_finds_it_through_modbus(folder: Path, tmp_path: Path) -> None:
    cropped = tmp_path / "recording" / "benchmark"
    shutil.copytree(folder, cropped)
    (cropped.parent / "store").symlink_to(folder.parent / "store")
    first_s = first_instant(cropped / "plate_data.json")
    crop(cropped / "plate_data.json", first_s + CROP_S[0], first_s + CROP_S[1])
    crop(cropped / "full_targets.json", first_s + CROP_S[0] - 2.5, first_s + CROP_S[1])
    report = play_nanostore(cropped, tell=lambda _: None)
    (movement,) = report.events
    assert_it_is_the_water(msgspec.structs.replace(movement, t_s=movement.t_s + CROP_S[0]))


def first_instant(file: Path) -> float:
    """When a file's first document was written, in the recording's seconds."""
    return float(msgspec.json.decode(file.read_bytes().splitlines()[0])["timestamp"])


def crop(file: Path, from_s: float, to_s: float) -> None:
    """Keep the documents of a span."""
    lines = file.read_bytes().splitlines()
    kept = [line for line in lines if from_s <= float(msgspec.json.decode(line)["timestamp"]) <= to_s]
    file.write_bytes(b"\n".join(kept))

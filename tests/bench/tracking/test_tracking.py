"""The tracking bench: the recording it reads, the detectors it simulates, its counts, and its report."""

import gzip
from pathlib import Path

import msgspec
import numpy as np
import pytest
from typer.testing import CliRunner

from engine.bench.tracking import TrackingPlan, TrackingReport, bench_tracking, make
from engine.bench.tracking._detectors import DETECTORS, detect, visibility
from engine.bench.tracking._figures import judge
from engine.bench.tracking._wildtrack import Instant, read_wildtrack
from engine.cli._bench import app
from tests.bench.tracking.recording import write_recording


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_recording(tmp_path_factory.mktemp("recording"))


def instants(*places: tuple[tuple[float, float], ...]) -> list[Instant]:
    return [Instant(np.arange(len(those)), np.array(those), np.empty((len(those), 0, 4))) for those in places]


def test_the_recording_is_read_whole(folder: Path) -> None:
    recording = read_wildtrack(folder)
    assert (len(recording.cameras), len(recording.instants), recording.step_s) == (3, 12, 0.5)
    first, second = recording.instants[:2]
    np.testing.assert_allclose(second.places_m - first.places_m, [(0, 0.3)] * 3)
    assert first.boxes_px.shape == (3, 3, 4)


def test_a_folder_without_a_recording_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"calibration\.json: no such file"):
        read_wildtrack(tmp_path)


def test_a_line_too_short_is_named(tmp_path: Path) -> None:
    folder = write_recording(tmp_path)
    with gzip.open(folder / "data" / "wildtrack" / "annotations.csv.gz", "at") as file:
        file.write("7,8,9\n")
    with pytest.raises(ValueError, match=r"annotations\.csv\.gz, line 38: 3 columns, expected 15"):
        read_wildtrack(folder)


def test_what_stands_nearer_hides() -> None:
    boxes = np.array([(0, 0, 80, 400), (40, 80, 120, 480.0)])
    assert visibility(boxes, np.array([640, 480])).tolist() == [1 - 0.5 * 0.8, 1.0]


def test_detectors_err_as_their_seed_says(folder: Path) -> None:
    recording = read_wildtrack(folder)
    clean, typical, again, other = (
        detect(recording, DETECTORS[kind], seed)
        for kind, seed in (("clean", 0), ("typical", 1), ("typical", 1), ("typical", 2))
    )
    np.testing.assert_array_equal(clean[3][0][:, :4], recording.instants[3].boxes_px[:, 0])
    same, others = ([boxes.tolist() for frames in said for boxes in frames] for said in (again, other))
    first = [boxes.tolist() for frames in typical for boxes in frames]
    assert first == same
    assert first != others


def test_two_people_exchanged_half_way() -> None:
    still = instants(*[((0.0, 0.0), (5.0, 0.0))] * 4)
    kept, crossed = [(7, 0.1, 0.0), (8, 5.0, 0.2)], [(8, 0.1, 0.0), (7, 5.0, 0.2)]
    followed = judge(still, [kept, kept, kept, crossed])
    assert (followed.true, followed.said, followed.switches) == (8, 8, 2)
    assert (followed.moda, followed.mota, followed.idf1) == (1.0, 0.75, 0.75)


def test_who_is_missed_and_who_is_invented() -> None:
    followed = judge(instants(((0.0, 0.0), (5.0, 0.0))), [[(1, 0.0, 0.9), (2, 9.0, 9.0), (3, 0.0, -1.1)]])
    assert followed.moda == 1 - (1 + 2) / 2
    assert followed.idf1 == 2 / 5


def test_a_pair_that_still_agrees_is_kept_although_another_is_nearer() -> None:
    still = instants(((0.0, 0.0),), ((0.0, 0.0),))
    assert judge(still, [[(1, 0.0, 0.0)], [(2, 0.0, 0.1), (1, 0.0, 0.9)]]).switches == 0


def test_the_engine_s_tracker_finds_everybody(folder: Path) -> None:
    report = bench_tracking(folder, TrackingPlan(tuned=(0,), untuned=(1,)), lambda _: None)
    assert report.clean.idf1 > 95
    assert report.clean.seeds == (0,)
    assert report.untuned.clean.seeds == (1,)
    assert 0 < report.typical.step_ms.p50 <= report.typical.step_ms.p99


def test_a_harness_can_play_the_engine_s_tracker(folder: Path) -> None:
    recording = read_wildtrack(folder)
    cameras = [
        {
            "name": camera.name,
            "width": camera.width,
            "height": camera.height,
            "K": np.array(camera.K),
            "R": camera.rotation,
            "t": camera.shift_m,
            "bounds": recording.grid.bounds_m,
        }
        for camera in recording.cameras
    ]
    tracker = make(cameras, recording.step_s)
    for number, frames in enumerate(detect(recording, DETECTORS["clean"], 0), start=1):
        said = tracker.update(number, frames)
    assert len({track for track, _, _ in said}) == 3
    places = sorted((x, y) for _, x, y in said)
    np.testing.assert_allclose(places, sorted(map(tuple, recording.instants[-1].places_m.tolist())), atol=0.3)


def test_the_verb_writes_its_report(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "tracking.json"
    result = CliRunner().invoke(app, ["tracking", "--wildtrack", str(folder), "--quick", "--json", str(file)])
    assert result.exit_code == 0
    report = msgspec.json.decode(file.read_bytes(), type=TrackingReport)
    assert report.cameras == 3
    assert "hard, naive: MODA" in result.output


def test_the_verb_names_a_folder_without_a_recording(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["tracking", "--wildtrack", str(tmp_path)])
    assert result.exit_code == 2
    assert "no such file" in result.output

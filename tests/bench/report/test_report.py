"""Reports as files: figures, tables, failures with their commands, the picture, and BENCHMARKS.md."""

import subprocess
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest

from engine.bench.report import Provenance, draw, markdown, summary, take_provenance, write_benchmarks, write_report
from engine.bench.report._sheet import OURS, THEIRS, Axis
from engine.bench.report._words import with_bound
from engine.bench.scoring import SetReport, judge, pool
from engine.bench.staging import Level
from tests.bench.scoring.sets import mixed, recipes
from tests.bench.scoring.story import STORE, Story

PROVENANCE = Provenance(
    commit="0123456789ab",
    date="2026-01-31",
    cores=2,
    cpu="A processor",
    system="Linux, Python 3.11.7",
    versions={"numpy": "2.3"},
    command="tillfree bench publish",
)


def test_the_keys_of_the_json_are_those_that_were_agreed(tmp_path: Path) -> None:
    figures, _, _ = write_report(tmp_path / "out", recipes())
    assert figures.name == "recipes-signal.json"
    read = msgspec.json.decode(figures.read_bytes())
    single = "f1 f1_low f1_high event_precision event_recall receipt_exact wrong_at_30 wrong_at_120 ece"
    assert all(isinstance(read[key], float) for key in single.split())
    assert read["latency_ms"].keys() >= {"p50", "p95", "p99"}
    assert read["decision_delay_ms"].keys() >= {"p50", "p95", "p99"}
    assert read["review_curve"][0].keys() == {"reviews_per_1000_lines", "wrong_share", "wrong_high"}
    assert read["per_scenario"]["two"]["f1"] == 0.5
    assert read["reference"].keys() >= {"f1", "f1_low", "f1_high", "per_scenario"}
    assert read["ablations"]["fused"]["f1"] == read["f1"]
    assert msgspec.convert(read, SetReport) == recipes()


def test_every_scenario_stands_beside_the_reference() -> None:
    text = markdown(recipes())
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    table = {row[0]: row for row in rows}
    assert table["single"][1] == "1.000"
    assert table["two"][1:7:2] == ["0.500", "0.667", "2 of 4"]
    assert table["wrong lines, before review"][1] == "0.3333"
    assert table["to a client, ms, wall clock"][1:] == ["180", "378", "395.6", "3"]
    assert all(len(row) == len(table["scenario"]) for row in rows[rows.index(table["scenario"]) :][:4])


def test_failing_cases_are_told_with_the_command_that_plays_them_again() -> None:
    lines = markdown(recipes()).splitlines()
    at = lines.index("- two, seed 2: `tillfree bench recipes --only two --seed 2`")
    said = "  - at 20.0 s shopper 0 took rice from s1p3; said: shopper 0 took 1 beans (0.990); no reviewer could tell"
    assert lines[at + 1] == said
    assert not any("--only single" in line for line in lines)


def test_a_terminal_shows_what_matters() -> None:
    lines = summary(recipes()).splitlines()
    assert lines[0] == "recipes, signal level: 4 trials, 6 lines, 50 x real time on one core"
    assert lines[1].startswith("F1 0.667 (")
    assert lines[1].endswith(f"the reference method {with_bound(recipes().reference)}")
    assert "33.33 %, 33.33 % after 30 reviews for 1,000 lines" in lines[3]
    assert lines[4].startswith("decided after 20 ms (p99 20); at a client after 180 ms (p99 396); receipt after 1.62 s")
    assert "missed: to a client, ms, wall clock, p99 at most 300, measured 395.6" in lines
    assert f"two: F1 {with_bound(recipes().per_scenario['two'])}, 2 of 4 lines wrong" in lines
    assert not any(line.startswith("single:") for line in lines)
    assert lines[-3:] == [
        "2 of 4 trials failed; the worst:",
        "  tillfree bench recipes --only two --seed 1",
        "  tillfree bench recipes --only two --seed 2",
    ]


def test_a_set_without_a_mistake_or_a_measurement_can_be_reported(tmp_path: Path) -> None:
    empty = pool([judge(Story().trial(), STORE)], set_name="mine")
    text = markdown(empty)
    assert "seed 1: 1 trials, 0 lines" in text
    assert "None." in text
    assert summary(empty).splitlines()[-1] == "no trial failed"
    assert "| to a client, ms, wall clock | – | – | – | 0 |" in text
    draw(tmp_path / "empty.png", empty)
    assert picture(tmp_path / "empty.png").shape[2] == 3


def test_ablations_are_shown_where_they_were_played() -> None:
    assert "| evidence |" not in markdown(recipes())
    blind = [msgspec.structs.replace(score, evidence="vision") for score in mixed()[:1]]
    text = markdown(pool([*mixed(), *blind], set_name="recipes"))
    assert "| vision | 1.000 |" in text


def test_the_picture_shows_each_scenario_where_its_f1_is(tmp_path: Path) -> None:
    file = tmp_path / "set.png"
    draw(file, recipes())
    shown = picture(file)
    across = Axis(low=0.0, high=1.0, start_px=920, end_px=1380)
    rows_px = {name: round(130 + 27 * (number + 0.75)) for number, name in enumerate(("all", "single", "two"))}
    assert tuple(shown[rows_px["single"], round(across.px(1.0))]) == OURS
    assert tuple(shown[rows_px["two"], round(across.px(0.5))]) == OURS
    ring_px = round(across.px(0.666667)) - 5  # the reference's ring is hollow
    assert np.abs(shown[rows_px["two"], ring_px - 1 : ring_px + 2].astype(int) - THEIRS).sum(axis=1).min() < 90


def test_an_axis_maps_values_and_keeps_what_is_outside_at_its_ends() -> None:
    linear = Axis(low=0.0, high=10.0, start_px=100.0, end_px=200.0)
    assert [linear.px(value) for value in (0.0, 2.5, 10.0, -3.0, 99.0)] == [100.0, 125.0, 200.0, 100.0, 200.0]
    logarithmic = Axis(low=0.01, high=1.0, start_px=0.0, end_px=200.0, logarithmic=True)
    assert [round(logarithmic.px(value), 6) for value in (0.01, 0.1, 1.0, 0.0)] == [0.0, 100.0, 200.0, 0.0]


def test_benchmarks_state_where_they_come_from_and_no_place_on_this_machine(tmp_path: Path) -> None:
    file = tmp_path / "BENCHMARKS.md"
    pixels = pool([msgspec.structs.replace(score, level=Level.PIXELS) for score in mixed()], set_name="recipes")
    write_benchmarks(file, [recipes(), pixels], PROVENANCE)
    text = file.read_text(encoding="utf-8")
    for stated in ("0123456789ab", "2026-01-31", "A processor, 2 cores", "numpy 2.3", "`tillfree bench publish`"):
        assert stated in text
    assert "| recipes | signal | 4 | 2 | 0.667 |" in text
    assert "## recipes, pixels level" in text
    assert "### Failing cases" in text
    assert str(tmp_path) not in text
    write_benchmarks(tmp_path / "again.md", [recipes(), pixels], PROVENANCE)
    assert (tmp_path / "again.md").read_text(encoding="utf-8") == text


def test_provenance_names_the_commit_and_says_when_the_tree_differs(tmp_path: Path) -> None:
    assert take_provenance(command="x", root=tmp_path).commit == "unknown"
    git(tmp_path, "init", "-q")
    (tmp_path / "file").write_text("one")
    git(tmp_path, "add", "file")
    git(tmp_path, "-c", "user.name=n", "-c", "user.email=e", "commit", "-qm", "One")
    commit = git(tmp_path, "rev-parse", "--short=12", "HEAD").strip()
    taken = take_provenance(command="tillfree bench publish", root=tmp_path)
    assert (taken.commit, taken.command) == (commit, "tillfree bench publish")
    assert taken.cores >= 1
    assert taken.cpu
    assert taken.versions["numpy"] == np.__version__
    (tmp_path / "file").write_text("two")
    assert take_provenance(command="x", root=tmp_path).commit == f"{commit}+"


def test_a_report_that_cannot_be_written_says_which_file(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(OSError, match="taken"):
        write_report(tmp_path / "taken", recipes())


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True).stdout


def picture(file: Path) -> np.ndarray:
    image = cv2.imread(str(file))
    assert image is not None
    return image

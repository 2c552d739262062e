"""The throughput bench: what it films, how its two ways look, what it counts, and its report."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import simplejpeg
from typer.testing import CliRunner

from engine.bench.scoring import TruePlace
from engine.bench.staging import Level, stage_demo_store
from engine.bench.throughput import Stretch, ThroughputPlan
from engine.bench.throughput import _bench as bench
from engine.bench.throughput._film import OPENING_NS, PERIOD_NS, Film, shoppers_inside, take_film
from engine.bench.throughput._follow import follow
from engine.bench.throughput._ways import Clocked, EngineWay, Look, PlainWay, streams_of
from engine.cli._bench import app
from engine.domain import Camera, PersonSeen, PersonsSeen
from engine.runtime.perception import Perceiver, load_perceiver
from engine.store import StoreFolder
from engine.vision import Model

TINY = ThroughputPlan(
    day=(Stretch(0, 0.3), Stretch(1, 0.6)), crowds=(), cameras=(8,), together_s=0.5, latency_s=0.3, seed=1
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> StoreFolder:
    return stage_demo_store(tmp_path_factory.mktemp("throughput") / "store", level=Level.PIXELS, review_deadline_s=5.0)


@pytest.fixture(scope="module")
def perceiver(folder: StoreFolder) -> Perceiver:
    return load_perceiver(folder)


@pytest.fixture(scope="module")
def empty(folder: StoreFolder) -> Film:
    return take_film(folder, Stretch(0, 0.3), seed=1)


@pytest.fixture(scope="module")
def crowded(folder: StoreFolder) -> Film:
    return take_film(folder, Stretch(5, 0.2), seed=1)


def test_a_film_has_a_picture_of_every_camera_at_every_moment_and_says_who_was_where(
    folder: StoreFolder, empty: Film, crowded: Film
) -> None:
    assert [len(taken) for taken in crowded.jpegs.values()] == [2] * len(folder.store.cameras)
    assert not empty.places
    assert empty.moments == 3
    assert {place.t_ns for place in crowded.places} == {OPENING_NS, OPENING_NS + PERIOD_NS}
    assert crowded.shoppers >= 5


def test_more_cameras_than_a_store_has_look_at_the_empty_store(folder: StoreFolder, empty: Film, crowded: Film) -> None:
    streams = streams_of(folder.store, crowded, empty, cameras=8)
    assert [stream.jpegs is stream.empty for stream in streams] == [False] * 6 + [True] * 2
    assert streams[0].frame(-1).jpeg in streams[0].empty
    assert streams[0].frame(1).jpeg == streams[0].jpegs[1]


def test_a_day_is_shared_among_its_stretches_by_how_many_are_inside() -> None:
    day = (Stretch(0, 1.0), Stretch(1, 1.0), Stretch(3, 1.0))
    assert bench._shares(day, [0, 0, 1, 2, 3, 4, 9, 0]) == [3 / 8, 2 / 8, 3 / 8]


def test_the_ordinary_hour_is_mostly_empty(folder: StoreFolder) -> None:
    inside = shoppers_inside(folder.store, bench.DAY, seed=1)
    assert len(inside) >= 3600
    assert 0.5 < inside.count(0) / len(inside) < 0.7


def test_the_plain_way_looks_at_every_frame_and_sees_whom_the_engine_sees(
    folder: StoreFolder, perceiver: Perceiver, empty: Film, crowded: Film
) -> None:
    streams = streams_of(folder.store, crowded, empty)
    plain, ours = PlainWay(streams, perceiver), EngineWay(streams, perceiver)
    for way in (plain, ours):
        way.live(range(2))
    assert len(plain.looks) == 2 * len(streams)
    assert plain.spent_ns == sum(look.cost_ns for look in plain.looks)
    first = [{look.fact.camera_id: len(look.fact.persons) for look in way.looks[:6]} for way in (plain, ours)]
    assert first[0] == first[1]
    assert max(first[0].values()) >= 3


def test_a_busy_core_looks_at_the_newest_frames_late_and_counts_the_others(
    folder: StoreFolder, perceiver: Perceiver, empty: Film, crowded: Film
) -> None:
    streams = streams_of(folder.store, crowded, empty, cameras=12)
    way = EngineWay(streams, perceiver, busy=True)
    way.live(range(6))
    waited_ns = [look.done_ns - look.came_ns - look.cost_ns for look in way.looks]
    assert min(waited_ns) == 0
    assert max(waited_ns) > min(look.cost_ns for look in way.looks)
    missed = 6 * len(streams) - len(way.looks)
    assert 0 < sum(drops.count for drops in way.dropped()) <= missed


def test_the_tracker_is_told_every_fact_and_judged_by_the_true_places(folder: StoreFolder) -> None:
    places = [TruePlace(t_ns=OPENING_NS + n * PERIOD_NS, shopper=1, x_m=3.0, y_m=2.5) for n in range(20)]
    facts = [
        PersonsSeen(t_ns=place.t_ns, camera_id=camera.camera_id, frame_seq=n, persons=_seen_at(camera, place))
        for n, place in enumerate(places)
        for camera in folder.store.cameras
    ]
    followed = follow(folder.store, [Look(fact.t_ns, fact.t_ns, 0, fact) for fact in facts], places)
    assert followed.identities.true == 4
    assert followed.identities.right >= 3
    assert followed.cost_ns > 0


def _seen_at(camera: Camera, place: TruePlace) -> tuple[PersonSeen, ...]:
    corners_m = [(place.x_m + dx, place.y_m + dy, z) for dx in (-0.2, 0.2) for dy in (-0.2, 0.2) for z in (0.0, 1.75)]
    corners_px = camera.calibration.project(np.array(corners_m))
    if np.isnan(corners_px).any():
        return ()
    (left, top), (right, bottom) = corners_px.min(axis=0).tolist(), corners_px.max(axis=0).tolist()
    return (PersonSeen(xyxy_px=(left, top, right, bottom), score=0.9),)


def test_a_clocked_model_answers_as_before_and_knows_its_time(folder: StoreFolder, crowded: Film) -> None:
    clocked: list[Clocked] = []

    def watch(model: Model) -> Clocked:
        clocked.append(Clocked(model))
        return clocked[-1]

    perceiver = load_perceiver(folder, watch=watch)
    assert [model.manifest.task for model in clocked] == ["person-detection", "pose-estimation", "pose-estimation"]
    picture = simplejpeg.decode_jpeg(crowded.jpegs[folder.store.cameras[0].camera_id][0], colorspace="BGR")
    found = perceiver.detect(picture)
    assert len(found) == len(load_perceiver(folder).detect(picture))
    assert clocked[0].spent_ns > 1_000_000
    assert clocked[1].spent_ns == 0


def test_the_report_has_every_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.bench.throughput.ThroughputPlan", lambda seed: replace(TINY, seed=seed))
    told = CliRunner().invoke(app, ["throughput", "--json", str(tmp_path / "t.json")])
    assert told.exit_code == 0, told.output
    figures = json.loads((tmp_path / "t.json").read_bytes())
    assert figures["camera_fps_per_core"] > figures["plain_camera_fps_per_core"] > 0
    assert 0 < figures["idle_share"] < 1
    assert 0 < figures["model_share"] < 1
    assert [row["cameras"] for row in figures["by_cameras"]] == [8]
    assert figures["by_shoppers"][0]["shoppers"] == 0
    assert figures["fact_latency_ms"]["p99"] >= figures["fact_latency_ms"]["p50"] > 0
    assert sum(row["share"] for row in figures["day"]) == pytest.approx(1, abs=0.01)
    assert "camera frames/s a core" in told.output

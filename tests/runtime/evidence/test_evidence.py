"""Evidence: the right cameras and moments, sealed, and gone in time."""

import os
from pathlib import Path

import msgspec
import pytest

from engine.domain import (
    Camera,
    CameraCalibration,
    CameraId,
    CaseCause,
    CaseId,
    Evidence,
    FloorView,
    NeedsReview,
    PlateId,
    ShelfId,
    StepId,
    Store,
)
from engine.runtime.evidence import EvidenceRing, EvidenceVault
from engine.runtime.sealing import KeyRing
from tests.runtime.build import MS, seen, settled
from tests.runtime.folder import small_store

CASE = CaseId("c1")


def camera(name: str, *, looks_at_m: tuple[float, float, float]) -> Camera:
    calibration = CameraCalibration(
        width_px=640, height_px=360, focal_px=400.0, position_m=(2.0, 0.2, 2.5), look_at_m=looks_at_m
    )
    return Camera(camera_id=CameraId(name), calibration=calibration)


def case(t_ms: int) -> NeedsReview:
    return NeedsReview(
        t_ns=t_ms * MS,
        case_id=CASE,
        step_id=StepId("A-1@1"),
        line_id=None,
        shelf_id=ShelfId("A-1"),
        plate_ids=(PlateId("A-1-1"),),
        start_ns=t_ms * MS,
        end_ns=t_ms * MS,
        mass_mg=-300_000,
        cause=CaseCause.WHO,
        hypotheses=(),
        deadline_ns=0,
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    cameras = (camera("sees", looks_at_m=(2.0, 2.2, 1.0)), camera("away", looks_at_m=(2.0, -2.0, 1.0)))
    return msgspec.structs.replace(small_store(tmp_path / "store").store, cameras=cameras)


def test_a_case_gets_what_its_cameras_and_its_shelf_had_around_it(store: Store) -> None:
    ring = EvidenceRing(store)
    for t_ms in (1_000, 19_000, 20_000, 21_000, 30_000):
        ring.note(seen(t_ms, camera="sees"))
        ring.note(seen(t_ms, camera="away"))
        ring.note_floor(FloorView(t_ns=t_ms * MS, shoppers=()))
    ring.note(settled(20_000))
    ring.note(settled(20_000, shelf="B-1"))
    evidence = ring.cut(case(20_000))
    assert [(frame.camera_id, frame.t_ns // MS) for frame in evidence.frames] == [
        ("sees", 19_000), ("sees", 20_000), ("sees", 21_000),
    ]  # fmt: skip
    assert [step.shelf_id for step in evidence.steps] == ["A-1"]
    assert [view.t_ns // MS for view in evidence.floor] == [19_000, 20_000, 21_000]


def test_the_ring_forgets_after_a_minute(store: Store) -> None:
    ring = EvidenceRing(store)
    ring.note(seen(1_000, camera="sees"))
    ring.note(seen(62_000, camera="sees"))
    assert ring.cut(case(1_000)).frames == ()


def test_evidence_is_sealed_and_gone_with_its_case(tmp_path: Path) -> None:
    vault = EvidenceVault(tmp_path / "evidence", KeyRing(tmp_path / "keys"))
    evidence = Evidence(case_id=CASE, frames=(), steps=(settled(5, shelf="a-shelf-with-a-name"),))
    vault.keep(evidence)
    (file,) = (tmp_path / "evidence").iterdir()
    assert b"a-shelf-with-a-name" not in file.read_bytes()
    assert vault.read(CASE) == evidence
    vault.destroy(CASE)
    assert vault.read(CASE).steps == ()
    assert list((tmp_path / "keys").iterdir()) == []


@pytest.mark.parametrize(("open_cases", "age_h"), [([], 0), ([CASE], 30)])
def test_a_sweep_destroys_what_is_closed_or_too_old(tmp_path: Path, open_cases: list[CaseId], age_h: int) -> None:
    vault = EvidenceVault(tmp_path / "evidence", KeyRing(tmp_path / "keys"))
    vault.keep(Evidence(case_id=CASE, frames=(), steps=(settled(5),)))
    vault.sweep(wanted=[CASE], keep_hours=24)
    (file,) = (tmp_path / "evidence").iterdir()
    written_s = file.stat().st_mtime - age_h * 3600
    os.utime(file, (written_s, written_s))
    vault.sweep(wanted=open_cases, keep_hours=24)
    assert list((tmp_path / "evidence").iterdir()) == list((tmp_path / "keys").iterdir()) == []

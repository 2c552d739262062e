"""The assumptions that ship: each with a source, what cannot be is refused, a sweep changes one of them."""

import msgspec
import pytest

from drivers.twin.physics import SWEPT, Assumptions, assumed, camera_lags_s, cited
from drivers.twin.scenario import MassSpread
from engine.domain import CameraId

CAMERAS = [CameraId(f"camera-{number}") for number in range(40)]


def test_every_assumption_says_where_it_comes_from() -> None:
    assert set(cited()) == set(Assumptions.__struct_fields__)
    assert min(len(one.source) for one in cited().values()) > 40
    assert sum("OIML R 60" in one.source for one in cited().values()) >= 4


def test_goods_are_made_as_the_file_says() -> None:
    assert assumed().masses == MassSpread()


@pytest.mark.parametrize("name", SWEPT)
@pytest.mark.parametrize("factor", [0.5, 3.0])
def test_a_sweep_changes_one_assumption(name: str, factor: float) -> None:
    shipped = msgspec.to_builtins(assumed())
    scaled = msgspec.to_builtins(assumed().scaled(name, factor))
    assert scaled == shipped | {name: factor * shipped[name]}
    assert scaled != shipped


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("creep_share", -0.1, "creep_share: -0.1, but 0 or more"),
        ("zero_walk_g", float("nan"), "zero_walk_g: nan"),
        ("capacity_g", 0.0, "capacity_g: more than 0"),
        ("stamp_back_share", 1.5, "a share is 1 at most"),
    ],
)
def test_what_cannot_be_is_refused(field: str, value: float, complaint: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=complaint):
        msgspec.convert(msgspec.to_builtins(assumed()) | {field: value}, Assumptions)


def test_what_is_not_assumed_cannot_be_scaled() -> None:
    with pytest.raises(ValueError, match=r"'creep' is not assumed. Name one of capacity_g, creep_share"):
        assumed().scaled("creep", 2.0)


def test_cameras_of_one_make_lag_about_the_same() -> None:
    lags_s = camera_lags_s(CAMERAS, assumed(), seed=3)
    assert list(lags_s) == CAMERAS
    assert all(0.09 <= lag_s <= 0.15 for lag_s in lags_s.values())
    assert max(lags_s.values()) - min(lags_s.values()) > 0.04
    assert camera_lags_s(CAMERAS, assumed(), seed=3) == lags_s
    assert camera_lags_s(CAMERAS, assumed(), seed=4) != lags_s


def test_no_camera_lags_more_than_any_camera_does() -> None:
    lags_s = camera_lags_s(CAMERAS, assumed().scaled("camera_lag_s", 3.0).scaled("camera_lag_spread_s", 3.0), seed=3)
    assert max(lags_s.values()) == 0.4

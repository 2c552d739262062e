"""Which processes an engine has."""

from pathlib import Path

import pytest

from engine.app import process_table
from engine.runtime.dealing import cameras_of
from engine.store import open_store
from tests.runtime.folder import small_store


def test_a_process_for_each_kind_of_device_that_is_there(tmp_path: Path) -> None:
    assert [spec.name for spec in process_table(small_store(tmp_path))] == ["core", "shelves"]


def test_cameras_are_dealt_to_the_perception_processes(pytestconfig: pytest.Config) -> None:
    demo = open_store(pytestconfig.rootpath / "resources" / "stores" / "demo")
    names = [spec.name for spec in process_table(demo)]
    assert names == ["core", "shelves", "doors", "perception-0", "perception-1"]
    dealt = [cameras_of(demo, number) for number in range(2)]
    assert sorted(dealt[0] + dealt[1]) == sorted(section.id for section in demo.installation.camera)
    assert {len(cameras) for cameras in dealt} == {3}

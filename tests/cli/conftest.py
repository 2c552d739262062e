"""Run ``tillfree`` as a process, away from the checkout, as a terminal does."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Tillfree = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def tillfree(tmp_path: Path) -> Tillfree:
    def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        plain = {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb", "QT_QPA_PLATFORM": "offscreen"}
        return subprocess.run(
            [sys.executable, "-m", "engine.cli", *arguments],
            cwd=tmp_path,
            env={**os.environ, **plain, **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def demo_store(tmp_path: Path, pytestconfig: pytest.Config) -> Path:
    """A copy of the demo store's folder."""
    return Path(shutil.copytree(pytestconfig.rootpath / "resources" / "stores" / "demo", tmp_path / "store"))

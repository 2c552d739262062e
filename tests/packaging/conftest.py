"""The repository as a tree, and a fresh environment that holds the built wheel."""

import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Installed:
    """A wheel and the environment it was installed into, whose only other packages are our dependencies."""

    wheel: Path
    bin: Path
    site_packages: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, away from the checkout, so nothing is imported from there."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return subprocess.run(
            [self.bin / command[0], *command[1:]],
            cwd=self.bin,
            env={**environment, "COLUMNS": "120", "NO_COLOR": "1", "TERM": "dumb"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


def run(command: list[str]) -> None:
    """Run a step of the preparation; when it fails, what it said is the error."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the top of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Build the wheel without a network and install it into a new virtual environment."""
    place = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(place / "dist"), str(ROOT)]
    run(build)
    (wheel,) = (place / "dist").glob("*.whl")

    venv.create(place / "env", with_pip=False)
    site_packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(place / "env")}))
    # Our dependencies come from here; .pth files in there (the editable Tillfree) are not read, so ours is the wheel's.
    (site_packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    python = place / "env" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    # Forced: pip sees the editable Tillfree through the .pth file and would take the wheel for installed.
    run([*pip, "--ignore-installed", str(wheel)])
    return Installed(wheel=wheel, bin=python.parent, site_packages=site_packages)

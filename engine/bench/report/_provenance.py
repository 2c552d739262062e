"""Where figures come from: machine, commit, day, versions."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec

_PACKAGES = ("numpy", "scipy", "msgspec", "opencv-python-headless", "onnxruntime")
_CPU_INFO = Path("/proc/cpuinfo")


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """``commit`` ends in ``+`` where the tree has changes that are not in it; ``command`` made the figures anew."""

    commit: str
    date: str
    cores: int
    cpu: str
    system: str
    versions: dict[str, str]
    command: str


def take_provenance(*, command: str, root: Path) -> Provenance:
    """That of this machine, now, and of the checkout at ``root``; without git or a checkout the commit is unknown."""
    return Provenance(
        commit=_commit(root),
        date=datetime.now(UTC).date().isoformat(),
        cores=os.cpu_count() or 1,
        cpu=_cpu(),
        system=f"{platform.system()}, Python {platform.python_version()}",
        versions={name: found for name in _PACKAGES if (found := _version(name))},
        command=command,
    )


def _commit(root: Path) -> str:
    try:
        commit = _git(root, "rev-parse", "--short=12", "HEAD")
        return f"{commit}+" if _git(root, "status", "--porcelain", "--untracked-files=no") else commit
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _cpu() -> str:
    if _CPU_INFO.is_file():
        for line in _CPU_INFO.read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _version(package: str) -> str:
    try:
        return version(package)
    except ModuleNotFoundError:
        return ""

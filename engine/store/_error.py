"""What is wrong with a store folder, in words for the person who can mend it."""

from pathlib import Path


class StoreFolderError(Exception):
    """Something in a store folder is wrong; the message names file, key and remedy."""

    def __init__(self, file: Path, *, key: str, problem: str, remedy: str) -> None:
        super().__init__(f"{file}: {key}: {problem}. {remedy}")

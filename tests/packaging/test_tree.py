"""Rules about the tree that no linter checks."""

import ast
import re
import subprocess
from pathlib import Path

PACKAGES = ("engine", "console", "drivers", "tests")
MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 60

# In pieces, so that this file does not name what it looks for.
HOSTS = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("debian", "org"))]
FORBIDDEN = re.compile(
    rb"(?<![\w.}/-])/" + b"(?:work|root)" + rb"/|" + "|".join(re.escape(host) for host in HOSTS).encode(),
)


def sources(root: Path) -> list[Path]:
    """Return our Python files."""
    found = [path for package in PACKAGES for path in sorted((root / package).rglob("*.py"))]
    assert len(found) > 10
    return found


def test_files_are_short(root: Path) -> None:
    lengths = {str(path.relative_to(root)): len(path.read_text().splitlines()) for path in sources(root)}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_FILE_LINES} == {}


def test_functions_are_short(root: Path) -> None:
    too_long = {
        f"{path.relative_to(root)}:{node.lineno} {node.name}": lines
        for path in sources(root)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > MAX_FUNCTION_LINES
    }
    assert too_long == {}


def test_no_tracked_file_names_a_machine_or_a_package_host(root: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True).stdout
    tracked = [root / name for name in listed.split("\0") if name]
    assert root / "pyproject.toml" in tracked
    named = {
        str(path.relative_to(root)): hit.group().decode()
        for path in tracked
        if path.is_file() and (hit := FORBIDDEN.search(path.read_bytes()))
    }
    assert named == {}

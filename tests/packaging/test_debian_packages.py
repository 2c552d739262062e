"""The script that sees to Debian packages, with the programs it calls replaced on its PATH."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGES = """
# a comment
base    python3-venv   module:venv
base    libnone1       libnone.so.1
window  libnowindow2   libnowindow.so.2
tests   nocompiler     command:no-such-compiler
tests   bash           command:bash
pictures libletters3   libletters.so.3
"""


class Script:
    """A copy of the script beside a list of our own, and a PATH on which `id` and `apt-get` are ours."""

    def __init__(self, place: Path, source: Path) -> None:
        """Copy the script; programs put into `place` come first on its PATH."""
        self.place = place
        self.path = Path(shutil.copy(source, place))
        self.list(PACKAGES)

    def list(self, text: str) -> None:
        """Write the list of packages."""
        (self.place / "debian-packages.txt").write_text(text)

    def program(self, name: str, body: str) -> None:
        """Put a shell program on the PATH."""
        (self.place / name).write_text(f"#!/bin/sh\n{body}\n")
        (self.place / name).chmod(0o755)

    def run(self, *purpose: str, display: str = "") -> subprocess.CompletedProcess[str]:
        """Run it, on a display or without, for a purpose or for what is needed always."""
        environment = {"PATH": f"{self.place}{os.pathsep}{os.environ['PATH']}", "DISPLAY": display}
        command = ["bash", str(self.path), sys.executable, *purpose]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)


@pytest.fixture
def script(tmp_path: Path, root: Path) -> Script:
    """Return the script, run as an ordinary user unless the test says otherwise."""
    script = Script(tmp_path, root / "packaging" / "debian_packages.sh")
    script.program("id", "echo 1000")
    return script


def test_tells_an_ordinary_user_what_to_run(script: Script) -> None:
    done = script.run()
    assert done.returncode == 2
    assert "sudo apt-get install -y --no-install-recommends libnone1\n" in done.stderr
    assert "python3-venv" not in done.stderr


def test_asks_for_window_packages_on_a_display_only(script: Script) -> None:
    assert "libnone1 libnowindow2\n" in script.run(display=":0").stderr


def test_asks_for_what_the_tests_need_when_it_is_them(script: Script) -> None:
    assert "libnone1 nocompiler\n" in script.run("tests").stderr


def test_asks_for_letters_when_pictures_are_taken(script: Script) -> None:
    assert "libnone1 libletters3\n" in script.run("pictures").stderr


def test_is_silent_when_nothing_is_missing(script: Script) -> None:
    script.list("base libc6 libc.so.6\nbase base-files /etc/debian_version\nbase python3-venv module:venv\n")
    done = script.run()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_root_installs_what_is_missing(script: Script) -> None:
    script.program("id", "echo 0")
    script.program("apt-get", f'echo "$@" >> {script.place}/calls')
    assert script.run().returncode == 0
    calls = (script.place / "calls").read_text().splitlines()
    assert calls == ["update -q", "install -y --no-install-recommends libnone1"]


def test_root_is_told_when_installing_fails(script: Script) -> None:
    script.program("id", "echo 0")
    script.program("apt-get", "exit 100")
    done = script.run()
    assert done.returncode == 2
    assert "libnone1" in done.stderr

"""``python -m console``: the operator's window as a process of its own."""

import argparse
import sys
from pathlib import Path

from console.qt import run
from engine.wire import Address


def main(arguments: list[str] | None = None) -> int:
    """Open the window; the exit code is 1 when the engine never answered."""
    parser = argparse.ArgumentParser(prog="console", description="Open the operator's window on a running engine.")
    parser.add_argument("--state", required=True, help="the engine's state endpoint")
    parser.add_argument("--door", required=True, help="the engine's endpoint for requests")
    parser.add_argument("--screenshots", type=Path, metavar="DIR", help="save a picture of every page there")
    parser.add_argument("--seconds", type=float, help="close after so long")
    chosen = parser.parse_args(arguments)
    address = Address(state=chosen.state, door=chosen.door)
    return run(address, screenshots=chosen.screenshots, seconds=chosen.seconds)


if __name__ == "__main__":
    sys.exit(main())

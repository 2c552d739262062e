"""``python -m drivers.twin FOLDER``: what ``tillfree twin`` starts."""

import argparse
from pathlib import Path

from drivers.twin.devices import run_twin
from engine.store import open_store


def main() -> None:
    """Run the simulated store of a folder."""
    parser = argparse.ArgumentParser(prog="tillfree twin", description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shoppers", type=int, default=3, help="how many shop at a time")
    parser.add_argument("--seconds", type=float, default=180.0, help="length of the shopping")
    parser.add_argument("--truth", type=Path, required=True, help="file for what really happened")
    chosen = parser.parse_args()
    run_twin(
        open_store(chosen.folder),
        seed=chosen.seed,
        shoppers=chosen.shoppers,
        seconds=chosen.seconds,
        truth=chosen.truth,
    )


if __name__ == "__main__":
    main()

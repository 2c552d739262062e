"""``python -m drivers.twin FOLDER``: what ``tillfree twin`` starts."""

import argparse
import sys
from pathlib import Path

from drivers.twin.devices import run_twin
from drivers.twin.scenario import Programme, Rehearsal, ScenarioError, Truth, rehearse
from engine.store import StoreFolderError, open_store


def main() -> None:
    """Run the simulated store of a folder, or rehearse a scenario in it without devices."""
    parser = argparse.ArgumentParser(prog="tillfree twin", description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--truth", type=Path, help="file for what really happened; without it, rehearse the scenario")
    Programme.declare(parser)
    chosen = parser.parse_args()
    programme = Programme.of(parser, chosen)
    try:
        folder = open_store(chosen.folder)
        if chosen.truth is not None:
            run_twin(folder, programme, truth=chosen.truth)
        elif programme.scenario is not None:
            sys.stdout.write(_told(rehearse(programme.scenario, folder.store, seed=programme.seed)))
        else:
            parser.error("a random trade needs --truth, only a scenario can be rehearsed")
    except (ScenarioError, StoreFolderError, OSError) as error:
        sys.stderr.write(f"tillfree: {error}\n")
        raise SystemExit(2) from None


def _told(rehearsal: Rehearsal) -> str:
    lines = [_line(truth, rehearsal.names) for truth in rehearsal.world.truths]
    return "".join(lines) + f"over after {rehearsal.world.t_s:.0f} s\n"


def _line(truth: Truth, names: tuple[str, ...]) -> str:
    doer = names[truth.shopper if truth.by is None else truth.by]
    to = None if truth.to is None else f"to {names[truth.to]}"
    account = None if truth.by is None else f"(on {names[truth.shopper]})"
    what = (f"{truth.t_s:7.2f} s ", doer, truth.deed, truth.sku_id, truth.plate_id, to, account)
    return " ".join(part for part in what if part) + "\n"


if __name__ == "__main__":
    main()

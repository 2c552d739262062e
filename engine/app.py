"""The composition root: which processes an engine consists of, and what each is made of.

``python -m engine.app ROLE FOLDER`` runs one process; ``run_engine`` supervises them all.
"""

import argparse
import sys
from functools import partial
from pathlib import Path

from engine.ports import SettingsError
from engine.runtime.dealing import PERCEPTION, cameras_of, perception_processes
from engine.runtime.drivers import load_driver, open_shelf
from engine.runtime.logs import log_as
from engine.runtime.readiness import no_restart_mends
from engine.runtime.supervise import ProcessSpec, Supervisor
from engine.store import StoreFolder, open_store

_PERCEPTION_NICENESS = 10  # a late frame is a frame; a late gram is a late cart


def process_table(folder: StoreFolder) -> list[ProcessSpec]:
    """The engine's processes, the core first; none without a device to serve."""
    roles = ["core"]
    roles += ["shelves"] if folder.installation.controller else []
    roles += ["doors"] if folder.installation.gate else []
    roles += [f"{PERCEPTION}{number}" for number in range(perception_processes(folder))]
    return [
        ProcessSpec(
            name=role,
            argv=(sys.executable, "-m", "engine.app", role, str(folder.path)),
            nice=_PERCEPTION_NICENESS if role.startswith(PERCEPTION) else 0,
        )
        for role in roles
    ]


def run_engine(folder: StoreFolder) -> None:
    """Run a store until SIGTERM or SIGINT. Raises ``SettingsError`` for what no restart can mend."""
    for problem in no_restart_mends(folder):
        raise SettingsError(problem)
    log_as("supervisor")
    supervisor = Supervisor(process_table(folder), inbox=folder.installation.network.inbox)
    supervisor.stop_on_signals()
    supervisor.run()


def run_process(role: str, folder: StoreFolder) -> None:
    """The body of one process."""
    log_as(role)
    match role:
        case "core":
            _run_core(folder)
        case "shelves":
            _run_shelves(folder)
        case "doors":
            _run_doors(folder)
        case "paced":
            _run_paced(folder)
        case _:
            _run_perception(folder, role)


def _run_core(folder: StoreFolder) -> None:
    from engine.core import StoreCore
    from engine.runtime.corehost import run_core

    run_core(folder, StoreCore)


def _run_shelves(folder: StoreFolder) -> None:
    from engine.runtime.shelves import run_shelves

    run_shelves(folder, {section.id: open_shelf(folder, section) for section in folder.installation.controller})


def _run_doors(folder: StoreFolder) -> None:
    from engine.runtime.doors import run_doors

    gates = folder.installation.gate
    run_doors(folder, {gate.id: load_driver(gate.driver)(gate.host, gate.port) for gate in gates})


def _run_perception(folder: StoreFolder, role: str) -> None:
    from engine.runtime.perception import run_perception

    run_perception(folder, role, cameras_of(folder, int(role.removeprefix(PERCEPTION))))


def _run_paced(folder: StoreFolder) -> None:
    from engine.core import StoreCore
    from engine.runtime.paced import run_paced
    from engine.runtime.perception import load_perceiver

    run_paced(folder, StoreCore, partial(load_perceiver, folder))


def main() -> None:
    """Run one process of an engine."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("role")
    parser.add_argument("folder", type=Path)
    chosen = parser.parse_args()
    run_process(chosen.role, open_store(chosen.folder))


if __name__ == "__main__":
    main()

"""The shelves process: one task a controller, facts to the inbox, a silent device delays no other."""

import asyncio
from collections.abc import Mapping

from engine.domain import ControllerId
from engine.ports import ShelfLink
from engine.runtime.inbox import FactSender
from engine.runtime.shelves._drift import DriftRecord
from engine.runtime.shelves._poller import ShelvesOfController, check_wiring, poll_controller
from engine.runtime.supervise import Watched, serve
from engine.store import StoreFolder


def run_shelves(folder: StoreFolder, links: Mapping[ControllerId, ShelfLink]) -> None:
    """The body of the shelves' process: poll every controller until SIGTERM or SIGINT."""
    watched = Watched()
    check_wiring(folder, folder.installation.controller)
    sender = FactSender(folder.installation.network.inbox, "shelves", lossless=True)
    try:
        asyncio.run(_poll_all(folder, links, sender, watched))
    finally:
        sender.close()


async def _poll_all(
    folder: StoreFolder, links: Mapping[ControllerId, ShelfLink], sender: FactSender, watched: Watched
) -> None:
    record = DriftRecord(folder.shelves_dir)
    drifted_g = record.read()
    sections = folder.installation.controller
    shelves = [ShelvesOfController(folder.store, section.id, drifted_g=drifted_g) for section in sections]
    polls = [
        poll_controller(section, links[section.id], one, sender) for section, one in zip(sections, shelves, strict=True)
    ]
    await serve([*polls, record.keep_on(shelves)], watched)
    record.keep(shelves)
    for link in links.values():
        await link.close()

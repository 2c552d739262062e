"""The shelves process: one task a controller, facts to the inbox, a silent device delays no other."""

import asyncio
import signal
from collections.abc import Mapping
from contextlib import suppress

from engine.domain import ControllerId
from engine.ports import ShelfLink
from engine.runtime.inbox import FactSender
from engine.runtime.shelves._poller import ShelvesOfController, check_wiring, poll_controller
from engine.runtime.supervise import Watched
from engine.store import StoreFolder

_BEAT_S = 1.0


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
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with asyncio.TaskGroup() as tasks:
        polls = [
            tasks.create_task(
                poll_controller(section, links[section.id], ShelvesOfController(folder.store, section.id), sender)
            )
            for section in folder.installation.controller
        ]
        while not stopped.is_set():
            watched.beat()
            with suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), _BEAT_S)
        for poll in polls:
            poll.cancel()
    for link in links.values():
        await link.close()

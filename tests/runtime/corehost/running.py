"""A core's process in a thread, and a sensor's end of its inbox."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue

from engine.runtime.corehost import CoreHost
from engine.runtime.inbox import FactSender
from engine.store import StoreFolder
from tests.runtime.stand_in import StandInCore


@contextmanager
def running(folder: StoreFolder) -> Iterator[None]:
    made: Queue[CoreHost] = Queue()

    def run() -> None:
        host = CoreHost(folder, StandInCore)  # here: a ledger belongs to its thread
        made.put(host)
        host.run()

    thread = threading.Thread(target=run)
    thread.start()
    host = made.get(timeout=5)
    try:
        yield
    finally:
        host.stop()
        thread.join()


def sender(folder: StoreFolder, source: str = "shelves", *, lossless: bool = True) -> FactSender:
    return FactSender(folder.installation.network.inbox, source, lossless=lossless)

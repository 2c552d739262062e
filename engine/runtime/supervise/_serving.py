"""A supervised process whose work is a handful of asyncio tasks."""

import asyncio
import signal
from collections.abc import Coroutine, Iterable
from contextlib import suppress

from engine.runtime.supervise._watched import Watched

_BEAT_S = 1.0


async def serve(jobs: Iterable[Coroutine[object, object, None]], watched: Watched) -> None:
    """Run endless jobs until SIGTERM or SIGINT, beating meanwhile; a job that fails ends them all and is raised."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(job) for job in jobs]
        while not stopped.is_set():
            watched.beat()
            with suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), _BEAT_S)
        for task in tasks:
            task.cancel()

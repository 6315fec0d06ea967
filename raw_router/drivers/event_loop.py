"""asyncio's event loop: how it is run, stopped and left."""

import asyncio
import socket
from collections.abc import Coroutine
from typing import Any, cast

LAST = 0.3  # seconds for tasks that were cancelled


def run_loop(main: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine on a loop of its own. Unlike asyncio.run, this does not wait for the application's threads."""
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(main)
    finally:
        loop.run_until_complete(end_tasks())
        loop.close()


async def end_tasks() -> None:
    """Cancel the tasks that are left."""
    if tasks := asyncio.all_tasks() - {cast(asyncio.Task[Any], asyncio.current_task())}:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=LAST)
    await asyncio.get_running_loop().shutdown_asyncgens()


async def ends_first(coroutine: Coroutine[Any, Any, None], stopped: asyncio.Event) -> bool:
    """Return whether a coroutine ends before the server is stopped. Raises what the coroutine raises."""
    task, stopping = asyncio.create_task(coroutine), asyncio.create_task(stopped.wait())
    await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if task.done():
        task.result()
    return task.done()


class StopEvent:
    """An event of the running loop that is set when a socket is readable."""

    def __init__(self, stop: socket.socket) -> None:
        self.stop = stop
        self.event = asyncio.Event()

    def __enter__(self) -> asyncio.Event:
        asyncio.get_running_loop().add_reader(self.stop, self.event.set)
        return self.event

    def __exit__(self, *error: object) -> None:
        asyncio.get_running_loop().remove_reader(self.stop)

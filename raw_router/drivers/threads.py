"""A thread for each connection."""

import socket
from collections.abc import Sequence
from threading import BoundedSemaphore, Thread
from time import monotonic

from raw_router.drivers import PAUSE, TIMEOUTS, Connect, Timeouts
from raw_router.drivers.blocking import accepted, converse, ready


def serve(
    listeners: Sequence[socket.socket], connect: Connect, stop: socket.socket, timeouts: Timeouts = TIMEOUTS
) -> None:
    """Serve clients until stop is readable, then wait for their threads; busy threads end with the process."""
    slots = BoundedSemaphore(timeouts.connections)

    def run(client: socket.socket, address: str) -> None:
        try:
            converse(client, connect(address), stop, timeouts)
        finally:
            slots.release()

    for client, address in accepted(listeners, stop):
        if is_room(slots, stop):
            start(Thread(target=run, args=(client, address), daemon=True), client, slots)
        else:
            client.close()
    await_all(slots, timeouts)


def is_room(slots: BoundedSemaphore, stop: socket.socket) -> bool:
    """Wait for a slot; return False if the server stops before there is one."""
    while not slots.acquire(timeout=PAUSE):
        if ready(0, stop):
            return False
    return True


def start(thread: Thread, client: socket.socket, slots: BoundedSemaphore) -> None:
    try:
        thread.start()
    except RuntimeError:  # the machine has no room for another thread
        client.close()
        slots.release()


def await_all(slots: BoundedSemaphore, timeouts: Timeouts) -> None:
    """Wait until all slots are free again, for at most the grace."""
    deadline = monotonic() + timeouts.grace
    for _ in range(timeouts.connections):
        slots.acquire(timeout=max(0.0, deadline - monotonic()))

"""A thread for each connection."""

import socket
from collections.abc import Sequence
from threading import BoundedSemaphore, Thread
from time import monotonic

from raw_router.drivers import PAUSE, TIMEOUTS, Connect, Timeouts
from raw_router.drivers.blocking import Closing, accepted, converse
from raw_router.forks import closed_in_children


def serve(
    listeners: Sequence[socket.socket], connect: Connect, stop: socket.socket, timeouts: Timeouts = TIMEOUTS
) -> None:
    """Serve clients until stop is readable, then wait for their threads; busy threads end with the process."""
    closing = Closing(listeners, stop, timeouts)
    slots = BoundedSemaphore(timeouts.connections)

    def run(client: socket.socket, address: str) -> None:
        try:
            converse(client, connect(address), closing)
        finally:
            slots.release()

    with closed_in_children(closing.sockets):
        for client, address in accepted(closing):
            thread = Thread(target=run, args=(client, address), daemon=True)
            if not (is_room(slots, closing) and starts(thread, slots)):
                closing.drop(client)
        await_all(slots, timeouts.connections, closing.over)


def is_room(slots: BoundedSemaphore, closing: Closing) -> bool:
    """Wait for a slot; return False if the server ends before there is one."""
    while not slots.acquire(timeout=PAUSE):
        if closing.has_begun() and monotonic() >= closing.over:
            return False
    return True


def starts(thread: Thread, slots: BoundedSemaphore) -> bool:
    """Start a thread; release its slot and return False if the machine has no room for another thread."""
    try:
        thread.start()
    except RuntimeError:
        slots.release()
        return False
    return True


def await_all(slots: BoundedSemaphore, number: int, deadline: float) -> None:
    """Wait until all slots are free again, or until the deadline."""
    for _ in range(number):
        slots.acquire(timeout=max(0.0, deadline - monotonic()))

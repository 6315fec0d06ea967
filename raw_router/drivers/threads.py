"""A thread for each connection."""

import socket
from collections.abc import Sequence
from threading import BoundedSemaphore, Thread
from time import monotonic

from raw_router.drivers import PAUSE, TIMEOUTS, Connect, Timeouts
from raw_router.drivers.blocking import Closing, accepted, converse


def serve(
    listeners: Sequence[socket.socket], connect: Connect, stop: socket.socket, timeouts: Timeouts = TIMEOUTS
) -> None:
    """Serve clients until stop is readable, then wait for their threads; busy threads end with the process."""
    closing = Closing(listeners, stop, timeouts)
    clients: set[socket.socket] = set()
    slots = BoundedSemaphore(timeouts.connections)

    def run(client: socket.socket, address: str) -> None:
        try:
            converse(client, connect(address), closing)
        finally:
            clients.discard(client)
            slots.release()

    for client, address in accepted(closing, busy=lambda: bool(clients)):
        if is_room(slots, closing):
            clients.add(client)
            start(Thread(target=run, args=(client, address), daemon=True), client, clients, slots)
        else:
            client.close()
    await_all(slots, timeouts.connections, closing.over)


def is_room(slots: BoundedSemaphore, closing: Closing) -> bool:
    """Wait for a slot; return False if the server ends before there is one."""
    while not slots.acquire(timeout=PAUSE):
        if closing.has_begun() and monotonic() >= closing.over:
            return False
    return True


def start(thread: Thread, client: socket.socket, clients: set[socket.socket], slots: BoundedSemaphore) -> None:
    try:
        thread.start()
    except RuntimeError:  # the machine has no room for another thread
        client.close()
        clients.discard(client)
        slots.release()


def await_all(slots: BoundedSemaphore, number: int, deadline: float) -> None:
    """Wait until all slots are free again, or until the deadline."""
    for _ in range(number):
        slots.acquire(timeout=max(0.0, deadline - monotonic()))

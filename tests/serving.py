"""The three implementations, each behind raw_router in a thread of the test's own process."""

import socket
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from threading import Thread
from time import monotonic, sleep
from typing import TypeAlias

from django_project.wsgi import application
from flask_app import app
from raw_router.application import generate_response
from raw_router.drivers import TIMEOUTS, Connect, Timeouts, coroutines, events, pool, serial, threads
from raw_router.listeners import open_listener, port_of
from raw_router.messages import Handler
from raw_router.responder import Responder
from raw_router.wsgi import handler_for

Serve: TypeAlias = Callable[[Sequence[socket.socket], Connect, socket.socket, Timeouts], None]

HOST = "127.0.0.1"
HANDLERS: Mapping[str, Handler] = {
    "raw": generate_response,
    "flask": handler_for(app),
    "django": handler_for(application),
}
DRIVERS: Mapping[str, Serve] = {
    "serial": serial.serve,
    "threads": threads.serve,
    "events": events.serve,
    "pool": pool.serve,
    "coroutines": coroutines.serve,
}


@contextmanager
def serving(
    handler: Handler, serve: Serve = events.serve, port: int = 0, timeouts: Timeouts = TIMEOUTS
) -> Iterator[int]:
    """Serve until the block ends; yields the port."""
    with driving(partial(Responder, handler), serve, port, timeouts) as taken:
        yield taken


@contextmanager
def driving(connect: Connect, serve: Serve, port: int = 0, timeouts: Timeouts = TIMEOUTS) -> Iterator[int]:
    """Drive conversations until the block ends; yields the port."""
    with open_listener((HOST, port)) as listener, driving_on([listener], connect, serve, timeouts):
        yield port_of(listener)


@contextmanager
def driving_on(
    listeners: Sequence[socket.socket], connect: Connect, serve: Serve, timeouts: Timeouts = TIMEOUTS
) -> Iterator[Callable[[], object]]:
    """Drive conversations with the clients of listeners until the block ends; yields what stops the driver sooner."""
    stop, wake = socket.socketpair()
    with stop, wake:
        thread = Thread(target=serve, args=(listeners, connect, stop, timeouts))
        thread.start()
        try:
            yield lambda: wake.send(b"!")
        finally:
            wake.send(b"!")
            thread.join()


def dial(port: int) -> socket.socket:
    return socket.create_connection((HOST, port), timeout=30)


def reset(client: socket.socket) -> None:
    """Close a connection by RST."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def becomes_true(condition: Callable[[], bool], seconds: float = 30) -> bool:
    """Wait until a condition is true; return False if it is not true in time."""
    deadline = monotonic() + seconds
    while not condition():
        if monotonic() > deadline:
            return False
        sleep(0.01)
    return True


def exchange(port: int, data: bytes) -> bytes:
    """Send all the bytes, half-close, and return all that comes until the server closes."""
    with socket.create_connection((HOST, port), timeout=10) as client:
        try:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the server had enough; its answer is still to be read
        return b"".join(iter(partial(client.recv, 65536), b""))

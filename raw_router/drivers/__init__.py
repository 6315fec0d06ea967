"""Drivers: ways of moving bytes between sockets and connections. A driver does not parse HTTP.

Each driver has one function, serve(listeners, connect, stop, timeouts). It accepts clients from listening sockets,
calls `connect` for a connection with each client, and moves bytes until the connection is closed. When `stop` is
readable, the driver turns new clients away and retires its connections. It still serves the clients that the kernel has
accepted, then closes the listeners, and returns when all connections are closed or the grace is over.
"""

import errno
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias


class ServerConnection(Protocol):
    """The part of a responder that drivers use; raw_router.responder documents it."""

    @property
    def waits_for(self) -> str: ...
    @property
    def served(self) -> int: ...
    @property
    def torn(self) -> bool: ...
    def receive(self, data: bytes) -> bytes: ...
    def end_of_input(self) -> bytes: ...
    def time_out(self) -> bytes: ...
    def retire(self) -> None: ...
    def abandon(self) -> None: ...


Connect: TypeAlias = Callable[[str], ServerConnection]  # from the client's address

RECEIVE_SIZE = 64 * 1024  # octets


@dataclass(frozen=True)
class Timeouts:
    """How many seconds a client has for each state that a connection waits in, and how many clients are served at once.

    The timeout covers the whole head or body; sending slowly does not extend it. If there is no room for another
    client, by `connections` or by the system's limits, accepting pauses, and clients wait in the listener's queue.
    """

    connections: int = 20_000
    idle: float = 60.0
    head: float = 4.0
    body: float = 4.0
    write: float = 30.0
    closed: float = 2.0  # of reading after the last response, so that no reset destroys it (RFC 9112 §9.6)
    last_request: float = 0.25  # for an idle client's last request when the server stops
    grace: float = 10.0  # for requests that have begun when the server stops

    def seconds(self, wait: str) -> float:
        """Return the timeout of a state that connections wait in."""
        limit: float = getattr(self, wait)
        return limit


TIMEOUTS = Timeouts()
PAUSE = 0.5  # seconds without accepting, if there is no room for a client

NO_ROOM = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


def reset_when_closed(client: socket.socket) -> None:
    """Let the client see a reset, not an end: what it has received is not complete."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

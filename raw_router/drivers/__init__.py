"""Drivers: ways of moving bytes between sockets and connections. A driver does not parse HTTP.

Each driver has a function serve(listeners, connect, stop, timeouts). It accepts clients from listening sockets,
calls `connect` for a connection with each client, and moves bytes until the connection is closed. When `stop` is
readable, the driver turns new clients away and retires its connections. It still serves the clients that the kernel has
accepted, then closes the listeners, and returns when all connections are closed or the grace is over.
"""

import errno
import math
import socket
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from fcntl import ioctl
from termios import TIOCOUTQ
from typing import Protocol, TypeAlias

from raw_router.buffers import Buffers


class ServerConnection(Protocol):
    """The part of a responder that drivers use; raw_router.responder documents it."""

    @property
    def waits_for(self) -> str: ...
    @property
    def torn(self) -> bool: ...
    def feed(self, data: bytes) -> Buffers: ...
    def feed_end(self) -> Buffers: ...
    def answer(self) -> Buffers: ...
    def receive(self, data: bytes) -> Buffers: ...
    def end_of_input(self) -> Buffers: ...
    def time_out(self) -> Buffers: ...
    def turn_down(self) -> Buffers: ...
    def took(self, octets: int) -> None: ...
    def retire(self) -> None: ...
    def abandon(self) -> None: ...


Connect: TypeAlias = Callable[[str], ServerConnection]  # from the client's address

RECEIVE_SIZE = 64 * 1024  # octets


@dataclass(frozen=True)
class Timeouts:
    """How many seconds a client has, and how many clients, octets and threads a process has at the same time.

    The timeout of a head covers the whole head; sending slowly does not extend it. A body and a response may take as
    long as they move: `progress` seconds are the credit of a client, and each octet that moves adds to it, as far as
    there is room. The time in which the server computes or does not read is not counted. If there is no room for
    another client, by `connections` or by the system's limits, accepting pauses, and clients wait in the queue of the
    listener.
    """

    connections: int = 20_000
    memory: int = 256 * 1024 * 1024  # octets of requests that arrive and of responses that are not taken yet
    threads: int = 40  # that the driver pool may have in the application at the same time
    idle: float = 60.0
    head: float = 20.0  # enough for a head that is typed by hand
    progress: float = 10.0  # in which a body that is received, and a response that is sent, move at the minimum rate
    min_rate: int = 1024  # octets a second; 0 for none
    closed: float = 2.0  # of reading after the last response, so that no reset destroys it (RFC 9112 §9.6)
    last_request: float = 0.25  # for an idle client's last request when the server stops
    grace: float = 10.0  # for requests that have begun when the server stops

    def seconds(self, wait: str) -> float:
        """Return the timeout of a state that connections wait in."""
        if wait in ("body", "write"):
            return self.progress if self.min_rate else math.inf
        limit: float = getattr(self, wait)
        return limit

    def extended(self, deadline: float, octets: int, now: float) -> float:
        """Return the deadline of a body or a response of which some octets have moved."""
        return min(deadline + octets / self.min_rate, now + self.progress) if self.min_rate else math.inf


TIMEOUTS = Timeouts()
TICK = 0.1  # seconds: the resolution of the timeouts
MANY = 100  # empty pieces in a row; each one after them is followed by a rest of a tick
PAUSE = 0.5  # seconds without accepting, if there is no room for a client

NO_ROOM = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class Sending(Protocol):
    """A client that has not taken everything, and the octets that waited in this system's buffers at the last look."""

    socket: socket.socket
    queued: int


def taken(client: Sending) -> int:
    """Return how many octets a client has taken out of this system's buffers since the last look.

    The buffers are large: a slow client may take what is in them for a minute, before there is room for more.
    """
    before, client.queued = client.queued, unacknowledged(client.socket)
    return before - client.queued


def unacknowledged(client: socket.socket) -> int:
    """Return the octets in the system's buffers that a client has not taken yet; 0 where the system cannot say."""
    try:
        return int.from_bytes(ioctl(client.fileno(), TIOCOUTQ, bytes(4)), sys.byteorder)
    except OSError:
        return 0


def reset_when_closed(client: socket.socket) -> None:
    """Let the client see a reset, not an end: what it has received is not complete."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

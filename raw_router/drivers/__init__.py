"""Drivers: ways of moving bytes between sockets and connections, none of which knows HTTP.

Each module has one function, serve(listener, connect, stop, timeouts): it accepts clients from a listening socket, asks
`connect` for a conversation with each, and carries bytes until that is over. Once `stop` can be read, it accepts nobody
more, retires its conversations, and returns when they are over, or when their time is.
"""

import errno
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias


class ServerConnection(Protocol):
    """What a driver needs of a connection (raw_router.connection says what it means)."""

    served: int

    @property
    def waits_for(self) -> str: ...
    def receive(self, data: bytes) -> bytes: ...
    def end_of_input(self) -> bytes: ...
    def time_out(self) -> bytes: ...
    def retire(self) -> None: ...


Connect: TypeAlias = Callable[[str], ServerConnection]  # from the client's address

RECEIVE_SIZE = 64 * 1024  # octets


@dataclass(frozen=True)
class Timeouts:
    """How many clients are served at once, and how many seconds each may take for what it is waited for.

    A head or a body has its time in all, however it drips. What exhausts the system's own limits does no harm either:
    accepting pauses, and clients wait in the listener's queue.
    """

    connections: int = 20_000
    idle: float = 60.0
    head: float = 4.0
    body: float = 4.0
    write: float = 30.0
    closed: float = 2.0  # to read on, so that no reset overtakes the last answer (RFC 9112 §9.6)
    grace: float = 10.0  # for what is in flight when the server stops

    def seconds(self, wait: str) -> float:
        """Return the seconds for what a conversation waits for."""
        limit: float = getattr(self, wait)
        return limit


TIMEOUTS = Timeouts()
PAUSE = 0.5  # seconds without accepting, where there is no room for a client

NO_ROOM = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; port 0 takes a free one. Raises OSError, for a taken port above all."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=1024)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # for all that it accepts
    return listener

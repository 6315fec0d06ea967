"""Drivers: ways of moving bytes between sockets and connections, none of which knows HTTP.

Each module has one function, serve(listener, connect, stop): it accepts clients from a listening socket, asks
`connect` for a conversation with each, carries bytes until that is over, and returns once `stop` can be read.
"""

import socket
from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias


class Conversation(Protocol):
    """What a driver needs of a connection (raw_router.connection says what it means)."""

    served: int

    @property
    def waits_for(self) -> str: ...
    def receive(self, data: bytes) -> bytes: ...
    def end_of_input(self) -> bytes: ...
    def time_out(self) -> bytes: ...


Connect: TypeAlias = Callable[[str], Conversation]  # from the client's address

RECEIVE_SIZE = 64 * 1024  # octets

# Seconds that a client may take for each; for a head or a body in all, however it drips.
TIME_LIMITS: Mapping[str, float] = {"idle": 60.0, "head": 4.0, "body": 4.0, "write": 30.0, "closed": 2.0}


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; port 0 takes a free one. Raises OSError, for a taken port above all."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=1024)

"""One client of a loop: its socket, its connection, and what the loop notes about it."""

import logging
import math
import select
import socket

from raw_router.buffers import Buffers, rest_of
from raw_router.drivers import ServerConnection

READ = select.POLLIN

logger = logging.getLogger("raw_router")


class Client:
    """One client: its socket, its connection, what it has not taken yet, and how long the server waits for it.

    While the client is asked about, only the thread that asks the application uses the connection.
    """

    __slots__ = (
        "connection",
        "deadline",
        "empty",
        "interest",
        "is_asking",
        "is_gone",
        "queued",
        "socket",
        "starved",
        "unsent",
        "used",
        "wait",
    )

    def __init__(self, client: socket.socket, connection: ServerConnection, deadline: float) -> None:
        self.socket = client
        self.connection = connection
        self.deadline = deadline
        self.wait: str = connection.waits_for
        self.interest = READ
        self.unsent: Buffers = b""
        self.queued = 0  # octets in the system's buffers when the client was last asked to take more
        self.empty = 0  # pieces in a row
        self.used = 0  # octets of the budget
        self.starved = math.inf
        self.is_asking = self.is_gone = False

    def ask(self, *, has_room: bool) -> Buffers | None:
        """Return what the connection says next, for which it asks the application; None if it says nothing more.

        If there is no room for another response, the application is not asked for it.
        """
        try:
            if self.is_gone:
                self.connection.abandon()
                return None
            if not has_room and self.connection.waits_for == "answer":
                return self.connection.turn_down()
            return self.connection.answer()
        except Exception:
            logger.exception("a connection failed")
            return None

    def send(self, answer: Buffers) -> int:
        """Send as much as the client accepts now, keep the rest, and return the octets sent. Raises OSError."""
        try:
            if isinstance(answer, bytes):
                sent = self.socket.send(answer) if answer else 0
            else:
                sent = self.socket.sendmsg(answer)
        except BlockingIOError:
            sent = 0
        self.connection.took(sent)
        self.unsent = b"" if isinstance(answer, bytes) and sent == len(answer) else rest_of(answer, sent)
        return sent

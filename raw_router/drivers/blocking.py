"""One conversation over a socket that blocks, read top to bottom: what the drivers serial and threads share."""

import logging
import math
import select
import socket
from collections.abc import Collection, Iterator
from contextlib import suppress
from time import monotonic

from raw_router.drivers import NO_ROOM, PAUSE, RECEIVE_SIZE, ServerConnection, Timeouts

logger = logging.getLogger("raw_router")


def accepted(listener: socket.socket, stop: socket.socket) -> Iterator[tuple[socket.socket, str]]:
    """Yield clients with their addresses until stop can be read; pause where there is no room for another."""
    listener.setblocking(False)
    while stop not in ready(math.inf, listener, stop):
        try:
            client, address = listener.accept()
        except OSError as error:  # mostly a client that is gone already
            if error.errno in NO_ROOM:
                logger.error("no room for another client, who waits now: %s", error.strerror)
                ready(PAUSE, stop)
            continue
        client.setblocking(True)
        yield client, address[0]


def ready(seconds: float, *sockets: socket.socket) -> Collection[socket.socket]:
    """Return those of the sockets that can be read, none where that takes longer."""
    poll = select.poll()
    for each in sockets:
        poll.register(each, select.POLLIN)
    numbers = dict(poll.poll(milliseconds(seconds)))
    return [each for each in sockets if each.fileno() in numbers]


def milliseconds(seconds: float) -> int | None:
    """Return the same time as poll() takes it, None for ever."""
    return None if seconds == math.inf else math.ceil(max(seconds, 0) * 1000)


def converse(client: socket.socket, connection: ServerConnection, stop: socket.socket, timeouts: Timeouts) -> None:
    """Carry bytes both ways until the connection is closed, or the client is gone; retire it once stop can be read."""
    with client, suppress(OSError):
        Carrier(client, connection, stop, timeouts).carry()
        linger(client, timeouts.closed)


class Carrier:
    """What carries the bytes of one conversation, and minds its time."""

    def __init__(
        self, client: socket.socket, connection: ServerConnection, stop: socket.socket, timeouts: Timeouts
    ) -> None:
        self.client = client
        self.connection = connection
        self.stop = stop
        self.timeouts = timeouts
        self.end = math.inf  # of the grace that is given once the server stops
        self.poll = select.poll()
        self.poll.register(client, select.POLLIN)
        self.poll.register(stop, select.POLLIN)

    def carry(self) -> None:
        wait, deadline = ("", -1), 0.0
        while self.connection.waits_for != "closed":
            if wait != (wait := (self.connection.waits_for, self.connection.served)):
                deadline = monotonic() + self.timeouts.seconds(self.connection.waits_for)
            self.send(self.next_answer(min(deadline, self.end)))

    def next_answer(self, deadline: float) -> bytes:
        """Wait for what the connection waits for, and return its answer."""
        if self.connection.waits_for == "write":
            return self.connection.receive(b"")  # all was sent before
        numbers = [number for number, _ in self.poll.poll(milliseconds(deadline - monotonic()))]
        if self.stop.fileno() in numbers:
            self.retire()
            return b""
        if not numbers:
            return self.connection.time_out()
        data = self.client.recv(RECEIVE_SIZE)
        return self.connection.receive(data) if data else self.connection.end_of_input()

    def send(self, answer: bytes) -> None:
        """Send all of an answer, mostly without waiting; the client has timeouts.write seconds to take it."""
        try:
            sent = self.client.send(answer, socket.MSG_DONTWAIT) if answer else 0
        except BlockingIOError:
            sent = 0
        if sent < len(answer):
            self.client.settimeout(self.timeouts.write)
            self.client.sendall(memoryview(answer)[sent:])
            self.client.settimeout(None)

    def retire(self) -> None:
        """Let the request that has begun to come be answered, in time."""
        self.poll.unregister(self.stop)
        self.connection.retire()
        self.end = monotonic() + self.timeouts.grace


def linger(client: socket.socket, seconds: float) -> None:
    """Half-close and read on for a while, so that no reset overtakes the last answer (RFC 9112 §9.6)."""
    client.shutdown(socket.SHUT_WR)
    deadline = monotonic() + seconds
    while ready(deadline - monotonic(), client) and client.recv(RECEIVE_SIZE):
        pass

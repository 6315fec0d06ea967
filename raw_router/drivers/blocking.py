"""One connection over a blocking socket, from top to bottom: the drivers serial and threads share it."""

import logging
import math
import select
import socket
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from time import monotonic

from raw_router.drivers import NO_ROOM, PAUSE, RECEIVE_SIZE, ServerConnection, Timeouts, reset_when_closed

logger = logging.getLogger("raw_router")


def accepted(listeners: Sequence[socket.socket], stop: socket.socket) -> Iterator[tuple[socket.socket, str]]:
    """Yield clients with their addresses until stop is readable; pause if there is no room for another."""
    for listener in listeners:
        listener.setblocking(False)
    while stop not in (readable := ready(math.inf, *listeners, stop)):
        for listener in readable:
            try:
                client, address = listener.accept()
            except OSError as error:  # usually the client is gone already
                if error.errno in NO_ROOM:
                    logger.error("no room for another client, which waits now: %s", error.strerror)
                    ready(PAUSE, stop)
                continue
            client.setblocking(True)
            yield client, address[0]


def ready(seconds: float, *sockets: socket.socket) -> Collection[socket.socket]:
    """Return the sockets that are readable within some seconds, or none."""
    poll = select.poll()
    for each in sockets:
        poll.register(each, select.POLLIN)
    numbers = dict(poll.poll(milliseconds(seconds)))
    return [each for each in sockets if each.fileno() in numbers]


def milliseconds(seconds: float) -> int | None:
    """Return the timeout for poll(), None for no limit."""
    return None if seconds == math.inf else math.ceil(max(seconds, 0) * 1000)


def converse(client: socket.socket, connection: ServerConnection, stop: socket.socket, timeouts: Timeouts) -> None:
    """Carry bytes both ways until the connection is closed or the client is gone; retire it when stop is readable."""
    with client, suppress(OSError):
        try:
            Carrier(client, connection, stop, timeouts).carry()
        finally:
            connection.abandon()
        if connection.torn:
            reset_when_closed(client)
        else:
            linger(client, timeouts.closed)


class Carrier:
    """Carries the bytes of one connection, within its timeouts."""

    def __init__(
        self, client: socket.socket, connection: ServerConnection, stop: socket.socket, timeouts: Timeouts
    ) -> None:
        self.client = client
        self.connection = connection
        self.stop = stop
        self.timeouts = timeouts
        self.end = math.inf  # of the grace, which begins when the server stops
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
        """Wait until the connection can continue, and return its response."""
        if self.connection.waits_for == "write":
            self.check_grace()
            return self.connection.receive(b"")  # everything was sent before
        numbers = [number for number, _ in self.poll.poll(milliseconds(deadline - monotonic()))]
        if self.stop.fileno() in numbers:
            self.retire()
            return b""
        if not numbers:
            return self.connection.time_out()
        data = self.client.recv(RECEIVE_SIZE)
        return self.connection.receive(data) if data else self.connection.end_of_input()

    def send(self, answer: bytes) -> None:
        """Send a whole response, usually without waiting; the client has timeouts.write seconds to read it."""
        try:
            sent = self.client.send(answer, socket.MSG_DONTWAIT) if answer else 0
        except BlockingIOError:
            sent = 0
        if sent < len(answer):
            self.client.settimeout(self.timeouts.write)
            self.client.sendall(memoryview(answer)[sent:])
            self.client.settimeout(None)

    def check_grace(self) -> None:
        """Raise TimeoutError if the server has stopped and the grace is over: a response may have no end."""
        if self.end == math.inf and ready(0, self.stop):
            self.retire()
        if monotonic() >= self.end:
            raise TimeoutError

    def retire(self) -> None:
        """Let a request that has begun be answered within the grace."""
        self.poll.unregister(self.stop)
        self.connection.retire()
        self.end = monotonic() + self.timeouts.grace


def linger(client: socket.socket, seconds: float) -> None:
    """Half-close, then read for some seconds, so that no reset destroys the last response (RFC 9112 §9.6)."""
    client.shutdown(socket.SHUT_WR)
    deadline = monotonic() + seconds
    while ready(deadline - monotonic(), client) and client.recv(RECEIVE_SIZE):
        pass

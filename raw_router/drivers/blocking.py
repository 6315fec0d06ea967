"""One connection over a blocking socket, from top to bottom: the drivers serial and threads share it."""

import logging
import math
import select
import socket
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from time import monotonic

from raw_router.drivers import NO_ROOM, PAUSE, RECEIVE_SIZE, ServerConnection, Timeouts, reset_when_closed
from raw_router.listeners import close_all, turn_away

STEP = 0.01  # seconds between two looks at the listeners' queues when the server stops
TICK = 0.1  # seconds between two looks whether the server stops, while a response is sent: each is a system call

logger = logging.getLogger("raw_router")


class Closing:
    """The end of a server. It begins when `stop` is readable, and is over after the grace."""

    def __init__(self, listeners: Sequence[socket.socket], stop: socket.socket, timeouts: Timeouts) -> None:
        self.listeners = listeners
        self.stop = stop
        self.timeouts = timeouts
        self.begun = self.over = math.inf

    def has_begun(self) -> bool:
        if self.begun == math.inf and ready(0, self.stop):
            turn_away(self.listeners)
            self.over = monotonic() + self.timeouts.grace
            self.begun = monotonic()
        return self.begun < math.inf

    def pause(self) -> None:
        """Wait for some room, or for the end to begin."""
        ready(PAUSE, *(() if self.has_begun() else (self.stop,)))


def accepted(closing: Closing, busy: Callable[[], bool]) -> Iterator[tuple[socket.socket, str]]:
    """Yield clients with their addresses until the server stops; pause if there is no room for another.

    The clients that the kernel has accepted by then are still yielded, and then the listeners are closed. While the
    server is busy, others may be on their way to the queues, so the listeners are open for a moment.
    """
    for listener in closing.listeners:
        listener.setblocking(False)
    try:
        while readable := waiting(closing, busy):
            for listener in readable:
                yield from accept(listener, closing)
    finally:
        close_all(closing.listeners)


def waiting(closing: Closing, busy: Callable[[], bool]) -> Collection[socket.socket]:
    """Return the listeners that have clients, or none if the server has stopped."""
    if not closing.has_begun():
        readable = ready(math.inf, *closing.listeners, closing.stop)
        if closing.stop not in readable:
            return readable
        closing.has_begun()
    readable = ready(0, *closing.listeners)
    while not readable and busy() and monotonic() < closing.begun + closing.timeouts.last_request:
        readable = ready(STEP, *closing.listeners)
    return readable if monotonic() < closing.over else []


def accept(listener: socket.socket, closing: Closing) -> Iterator[tuple[socket.socket, str]]:
    """Yield a client with its address, or nothing if it is gone already or there is no room for it."""
    try:
        client, address = listener.accept()
    except OSError as error:  # usually the client is gone already
        if error.errno in NO_ROOM:
            logger.error("no room for another client, which waits now: %s", error.strerror)
            closing.pause()
        return
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


def converse(client: socket.socket, connection: ServerConnection, closing: Closing) -> None:
    """Carry bytes both ways until the connection is closed or the client is gone; retire it when the server stops."""
    with client, suppress(OSError):
        try:
            Carrier(client, connection, closing).carry()
        finally:
            connection.abandon()
        if connection.torn:
            reset_when_closed(client)
        else:
            linger(client, closing.timeouts.closed)


class Carrier:
    """Carries the bytes of one connection, within its timeouts."""

    def __init__(self, client: socket.socket, connection: ServerConnection, closing: Closing) -> None:
        self.client = client
        self.connection = connection
        self.closing = closing
        self.timeouts = closing.timeouts
        self.last_request = math.inf  # when an idle connection ends, because the server stops
        self.look = 0.0  # when to look whether the server stops, while a response is sent
        self.poll = select.poll()
        self.poll.register(client, select.POLLIN)
        self.poll.register(closing.stop, select.POLLIN)

    def carry(self) -> None:
        wait, deadline = ("", -1), 0.0
        while self.connection.waits_for != "closed":
            if wait != (wait := (self.connection.waits_for, self.connection.served)):
                deadline = monotonic() + self.timeouts.seconds(self.connection.waits_for)
            self.send(self.next_answer(min(deadline, self.end)))

    @property
    def end(self) -> float:
        """When the wait ends, because the server stops."""
        return self.last_request if self.connection.waits_for == "idle" else self.closing.over

    def next_answer(self, deadline: float) -> bytes:
        """Wait until the connection can continue, and return its response."""
        if self.connection.waits_for == "write":
            self.check_grace()
            return self.connection.receive(b"")  # everything was sent before
        numbers = [number for number, _ in self.poll.poll(milliseconds(deadline - monotonic()))]
        if self.closing.stop.fileno() in numbers:
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
        now = monotonic()
        if self.last_request == math.inf and now >= self.look:
            self.look = now + TICK
            if self.closing.has_begun():
                self.retire()
        if now >= self.closing.over:
            raise TimeoutError

    def retire(self) -> None:
        """Let a request that has begun be answered within the grace, and one that begins soon."""
        self.closing.has_begun()
        self.poll.unregister(self.closing.stop)
        self.connection.retire()
        self.last_request = monotonic() + self.timeouts.last_request


def linger(client: socket.socket, seconds: float) -> None:
    """Half-close, then read for some seconds, so that no reset destroys the last response (RFC 9112 §9.6)."""
    client.shutdown(socket.SHUT_WR)
    deadline = monotonic() + seconds
    while ready(deadline - monotonic(), client) and client.recv(RECEIVE_SIZE):
        pass

"""One connection over a blocking socket, from top to bottom: the drivers serial and threads share it."""

import logging
import math
import select
import socket
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from time import monotonic, sleep

from raw_router.buffers import Buffers, rest_of
from raw_router.drivers import (
    MANY,
    NO_ROOM,
    PAUSE,
    RECEIVE_SIZE,
    TICK,
    ServerConnection,
    Timeouts,
    reset_when_closed,
    taken,
    unacknowledged,
)
from raw_router.listeners import accept, close_all, turn_away

STEP = 0.01  # seconds between two looks at the listeners' queues when the server stops

logger = logging.getLogger("raw_router")


class Closing:
    """The clients of a server, and its end, which begins when `stop` is readable, and is over after the grace."""

    def __init__(self, listeners: Sequence[socket.socket], stop: socket.socket, timeouts: Timeouts) -> None:
        self.listeners = listeners
        self.stop = stop
        self.timeouts = timeouts
        self.begun = self.over = math.inf
        self.clients: set[socket.socket] = set()

    def sockets(self) -> Iterable[socket.socket]:
        return [*self.listeners, *self.clients]

    def drop(self, client: socket.socket) -> None:
        client.close()
        self.clients.discard(client)

    def has_begun(self) -> bool:
        if self.begun == math.inf and ready(0, self.stop):
            turn_away(self.listeners)
            self.over = monotonic() + self.timeouts.grace
            self.begun = monotonic()
        return self.begun < math.inf

    def pause(self) -> None:
        """Wait for some room, or for the end to begin."""
        ready(PAUSE, *(() if self.has_begun() else (self.stop,)))


def accepted(closing: Closing) -> Iterator[tuple[socket.socket, str]]:
    """Yield clients with their addresses until the server stops; pause if there is no room for another.

    The clients that the kernel has accepted by then are still yielded, and then the listeners are closed. If there are
    clients, others may be on their way to the queues, so the listeners are open for a moment.
    """
    for listener in closing.listeners:
        listener.setblocking(False)
    try:
        while readable := waiting(closing):
            for listener in readable:
                yield from admit(listener, closing)
    finally:
        close_all(closing.listeners)


def waiting(closing: Closing) -> Collection[socket.socket]:
    """Return the listeners that have clients, or none if the server has stopped."""
    if not closing.has_begun():
        readable = ready(math.inf, *closing.listeners, closing.stop)
        if closing.stop not in readable:
            return readable
        closing.has_begun()
    readable = ready(0, *closing.listeners)
    while not readable and closing.clients and monotonic() < closing.begun + closing.timeouts.last_request:
        readable = ready(STEP, *closing.listeners)
    return readable if monotonic() < closing.over else []


def admit(listener: socket.socket, closing: Closing) -> Iterator[tuple[socket.socket, str]]:
    """Yield a client with its address, or nothing if it is gone already or there is no room for it."""
    try:
        client, address = accept(listener)
    except OSError as error:  # usually the client is gone already
        if error.errno in NO_ROOM:
            logger.error("no room for another client, which waits now: %s", error.strerror)
            closing.pause()
        return
    client.setblocking(True)
    closing.clients.add(client)
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
    try:
        with suppress(OSError):
            try:
                Carrier(client, connection, closing).carry()
            finally:
                connection.abandon()
            if connection.torn:
                reset_when_closed(client)
            else:
                linger(client, closing.timeouts.closed)
    finally:
        closing.drop(client)


class Carrier:
    """Carries the bytes of one connection, within its timeouts."""

    def __init__(self, client: socket.socket, connection: ServerConnection, closing: Closing) -> None:
        self.socket = client
        self.queued = 0  # octets in the system's buffers, while the client has not taken all
        self.connection = connection
        self.closing = closing
        self.timeouts = closing.timeouts
        self.last_request = math.inf  # when an idle connection ends, because the server stops
        self.look = 0.0  # when to look whether the server stops, while a response is sent: each look is a system call
        self.wait: str = connection.waits_for
        self.deadline = monotonic() + self.timeouts.seconds(self.wait)
        self.empty = 0  # pieces in a row
        self.poll = select.poll()
        self.poll.register(client, select.POLLIN)
        self.poll.register(closing.stop, select.POLLIN)

    def carry(self) -> None:
        while self.connection.waits_for != "closed":
            self.send(self.pull() if self.connection.waits_for == "write" else self.next_answer())

    @property
    def end(self) -> float:
        """When the wait ends, because the server stops."""
        return self.last_request if self.connection.waits_for == "idle" else self.closing.over

    def pull(self) -> Buffers:
        """Return what follows the answer that was sent. The time that the application takes is not counted."""
        self.check_grace()
        before = monotonic()
        answer = self.connection.receive(b"")
        self.deadline += monotonic() - before
        self.empty = 0 if answer else self.empty + 1
        if self.empty >= MANY:
            sleep(TICK)
        return answer

    def next_answer(self) -> Buffers:
        """Wait until the client sends something, and return the answer of the connection."""
        numbers = self.wait_for(select.POLLIN)
        if self.closing.stop.fileno() in numbers:
            self.retire()
            return b""
        if not numbers:
            return self.connection.time_out()
        data = self.socket.recv(RECEIVE_SIZE)
        if self.wait == "body":
            self.deadline = self.timeouts.extended(self.deadline, len(data), monotonic())
        return self.connection.receive(data) if data else self.connection.end_of_input()

    def wait_for(self, event: int) -> Collection[int]:
        """Return the numbers of the sockets that are ready, or none if the time of the client or the grace is over."""
        self.poll.modify(self.socket, event)
        seconds = min(self.deadline, self.end) - monotonic()
        return [number for number, _ in self.poll.poll(milliseconds(seconds))]

    def send(self, answer: Buffers) -> None:
        """Send a whole answer, usually without waiting, and begin the next wait."""
        rest, sent = self.send_now(answer)
        while rest:
            self.await_room(sent)
            rest, sent = self.send_now(rest)
        wait = self.connection.waits_for
        if wait == "write" or answer or wait != self.wait:
            self.begin(wait, sent)

    def send_now(self, answer: Buffers) -> tuple[Buffers, int]:
        """Send as much as the client accepts now; return what is left, and how much was sent."""
        try:
            if isinstance(answer, bytes):
                sent = self.socket.send(answer, socket.MSG_DONTWAIT) if answer else 0
            else:
                sent = self.socket.sendmsg(answer, (), socket.MSG_DONTWAIT)
        except BlockingIOError:
            sent = 0
        self.connection.took(sent)
        return rest_of(answer, sent), sent

    def await_room(self, sent: int) -> None:
        """Wait until the client takes more. Raises TimeoutError if it does not move at the minimum rate."""
        self.begin("write", sent)
        self.queued = unacknowledged(self.socket)
        while not (numbers := self.wait_for(select.POLLOUT)):
            self.deadline = self.timeouts.extended(self.deadline, taken(self), monotonic())
            if monotonic() >= min(self.deadline, self.end):
                raise TimeoutError
        if self.closing.stop.fileno() in numbers:
            self.retire()

    def begin(self, wait: str, sent: int) -> None:
        """Begin a wait, with all its time; a response that is being sent only goes on."""
        if wait == self.wait == "write":
            self.deadline = self.timeouts.extended(self.deadline, sent, monotonic())
        else:
            self.wait, self.deadline = wait, monotonic() + self.timeouts.seconds(wait)

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

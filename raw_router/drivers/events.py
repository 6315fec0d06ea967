"""All connections in one thread: non-blocking sockets, watched by epoll if the system has it, else by poll."""

import logging
import select
import socket
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from time import monotonic

from raw_router.drivers import (
    NO_ROOM,
    PAUSE,
    RECEIVE_SIZE,
    TIMEOUTS,
    Connect,
    ServerConnection,
    Timeouts,
    reset_when_closed,
)
from raw_router.listeners import close_all, turn_away

POLL, SECOND = (select.epoll, 1) if hasattr(select, "epoll") else (select.poll, 1000)
READ, WRITE = select.POLLIN, select.POLLOUT
STEPS = 4  # that a client's connection takes in a row, before other clients have their turns
TICK = 0.1  # seconds: the resolution of the timeouts
NOTHING = memoryview(b"")

logger = logging.getLogger("raw_router")


def serve(
    listeners: Sequence[socket.socket], connect: Connect, stop: socket.socket, timeouts: Timeouts = TIMEOUTS
) -> None:
    """Serve clients until stop is readable, then requests that have begun for at most timeouts.grace seconds."""
    loop = Loop(listeners, connect, timeouts)
    try:
        loop.run(stop)
    finally:
        loop.close()


class Client:
    """One client: its socket, the bytes to send, the state that its connection waits in, and since when."""

    __slots__ = ("connection", "served", "socket", "tick", "unsent", "wait")

    def __init__(self, client: socket.socket, connection: ServerConnection) -> None:
        self.socket = client
        self.connection = connection
        self.unsent = NOTHING
        self.wait = ""
        self.served = -1
        self.tick = -1

    def send(self, answer: bytes | memoryview) -> str:
        """Send as much as the client accepts now, and return the state to wait in: "write" if bytes are left.

        Raises OSError if the client is gone.
        """
        try:
            sent = self.socket.send(answer) if answer else 0
        except BlockingIOError:
            sent = 0
        if sent < len(answer):
            self.unsent = memoryview(answer)[sent:]
            return "write"
        if self.unsent:
            self.unsent = NOTHING
        return self.connection.waits_for

    def close(self) -> None:
        self.connection.abandon()
        self.socket.close()


class Loop:
    """The clients by their sockets' numbers, and for each state the clients that wait in it, by deadline.

    A state has one timeout, so the client that began to wait last has the last deadline. Keeping the order takes O(1),
    and happens at most once a tick for a client that stays in a state.
    """

    def __init__(self, listeners: Sequence[socket.socket], connect: Connect, timeouts: Timeouts) -> None:
        for listener in listeners:
            listener.setblocking(False)
        self.poll = POLL()
        self.listeners = {listener.fileno(): listener for listener in listeners}
        self.connect = connect
        self.timeouts = timeouts
        self.clients: dict[int, Client] = {}
        self.waiting: dict[str, OrderedDict[Client, int]] = {}
        self.tick = self.resumes = now()
        self.accepting = self.stopped = self.retired = self.queued = False
        self.resume()

    def run(self, stop: socket.socket) -> None:
        self.poll.register(stop, READ)
        while not self.stopped:
            self.turn()
        self.poll.unregister(stop)
        self.retire()
        end = self.tick + ticks(self.timeouts.grace)
        self.drain(min(end, self.tick + ticks(self.timeouts.last_request)), end)
        while self.clients and self.tick < end:
            self.turn()

    def turn(self) -> None:
        """Receive from all clients that are ready, then respond, then send: like steps are quicker in a row.

        Views may be slow. Waits that begin after them have their whole timeout, and bytes that arrived before are in
        time.
        """
        ready = self.poll.poll(self.patience())
        before, self.tick = self.tick, (came := now())
        answers = self.answer(self.receive(ready))
        self.tick = now()
        for client, answer in answers:
            self.send(client, answer)
        if came != before:
            self.expire(came)

    def patience(self) -> float | None:
        """Return how long to wait for the sockets: a tick, or without limit if there is no deadline."""
        if self.retired and self.accepting and not self.clients:
            return 0
        return TICK * SECOND if self.clients or not self.accepting else None

    def receive(self, ready: Iterable[tuple[int, int]]) -> list[tuple[Client, bytes]]:
        """Return the bytes that arrived from clients; accept, send and drop clients as the sockets are ready.

        A connection that waited until its client read the responses continues without new bytes, once a turn, so that
        other clients have their turns.
        """
        came = []
        for number, _ in ready:
            client = self.clients.get(number)
            if client is None:
                self.accept_or_stop(number)
            elif client.wait == "write":
                if client.unsent:
                    self.send(client, client.unsent)
                else:
                    came.append((client, b""))
            else:
                try:
                    data = client.socket.recv(RECEIVE_SIZE)
                except OSError:
                    self.drop(client)
                    continue
                if data:
                    came.append((client, data))
                elif client.wait == "closed":
                    self.drop(client)
                else:
                    self.let(client, client.connection.end_of_input)
        return came

    def answer(self, received: Iterable[tuple[Client, bytes]]) -> list[tuple[Client, bytes]]:
        answers = []
        for client, data in received:
            try:
                answers.append((client, client.connection.receive(data)))
            except Exception:
                self.give_up(client)
        return answers

    def accept_or_stop(self, number: int) -> None:
        listener = self.listeners.get(number)
        if listener is None:
            self.stopped = True
        elif self.accepting:
            self.accept(listener)

    def accept(self, listener: socket.socket) -> None:
        self.queued = True
        try:
            sock, address = listener.accept()
        except OSError as error:  # usually the client is gone already
            if error.errno in NO_ROOM:
                logger.error("no room for another client, which waits now: %s", error.strerror)
                self.pause()
            return
        sock.setblocking(False)
        client = self.clients[sock.fileno()] = Client(sock, self.connect(address[0]))
        if self.retired:
            client.connection.retire()
        self.poll.register(sock, READ)
        self.watch(client, client.connection.waits_for)
        if len(self.clients) >= self.timeouts.connections:
            self.pause()

    def pause(self) -> None:
        """Leave new clients in the listeners' queues for some time."""
        for listener in self.listeners:
            self.poll.unregister(listener)
        self.accepting = False
        self.resumes = self.tick + ticks(PAUSE)

    def resume(self) -> None:
        for listener in self.listeners:
            self.poll.register(listener, READ)
        self.accepting = self.queued = True

    def send(self, client: Client, answer: bytes | memoryview) -> None:
        """Send a response and watch the client; drop it if it is gone.

        What the connection has to send next is sent at once, because waiting for the socket takes longer.
        """
        try:
            wait = client.send(answer)
            for _ in range(STEPS):
                if wait != "write" or client.unsent:
                    break
                wait = client.send(client.connection.receive(b""))
            if wait != client.wait or client.tick != self.tick:
                self.watch(client, wait)
            else:
                client.served = client.connection.served
        except OSError:
            self.drop(client)
        except Exception:
            self.give_up(client)

    def give_up(self, client: Client) -> None:
        """Drop a client after an error of the server, which must not affect other clients."""
        logger.exception("a connection failed")
        self.drop(client)

    def watch(self, client: Client, wait: str) -> None:
        """Note the state that a client's connection waits in; a response begins a new wait, bytes alone do not."""
        before, client.wait = client.wait, wait
        if wait == before and client.served == client.connection.served:
            return
        client.served, client.tick = client.connection.served, self.tick
        self.forget(client, before)
        self.waiting.setdefault(wait, OrderedDict())[client] = self.tick + ticks(self.timeouts.seconds(wait))
        if (before == "write") != (wait == "write"):
            self.poll.modify(client.socket, WRITE if wait == "write" else READ)
        if wait == "closed" and client.connection.torn:
            reset_when_closed(client.socket)
            self.drop(client)
        elif wait == "closed":
            client.socket.shutdown(socket.SHUT_WR)

    def forget(self, client: Client, wait: str) -> None:
        if wait:
            del self.waiting[wait][client]

    def let(self, client: Client, speak: Callable[[], bytes]) -> None:
        """Send the last response of a connection whose input has ended or timed out."""
        try:
            answer = speak()
        except Exception:
            self.give_up(client)
        else:
            self.send(client, answer)

    def drop(self, client: Client) -> None:
        self.forget(client, client.wait)
        self.poll.unregister(client.socket)
        del self.clients[client.socket.fileno()]
        client.close()

    def expire(self, tick: int) -> None:
        """End the waits whose deadline is over; resume accepting if there is room for new clients."""
        for wait, clients in list(self.waiting.items()):
            while clients and next(iter(clients.values())) <= tick:
                client = next(iter(clients))
                if wait in ("write", "closed") or (wait == "idle" and self.retired):
                    self.drop(client)
                else:
                    self.let(client, client.connection.time_out)
        if not self.accepting and self.tick >= self.resumes and len(self.clients) < self.timeouts.connections:
            self.resume()

    def retire(self) -> None:
        """Turn new clients away. The next response of each client is the last; idle clients have a moment for it."""
        turn_away(self.listeners.values())
        self.retired = True
        self.timeouts = replace(self.timeouts, idle=min(self.timeouts.idle, self.timeouts.last_request))
        for client in self.clients.values():
            client.connection.retire()
        end = self.tick + ticks(self.timeouts.idle)
        idle = self.waiting.get("idle", OrderedDict())
        idle.update({client: min(deadline, end) for client, deadline in idle.items()})

    def drain(self, last: int, end: int) -> None:
        """Serve the clients that the kernel has accepted, then close the listeners.

        If there are clients, others may be on their way to the queue, so the listeners are open for a moment.
        """
        self.queued = True
        while self.tick < end and (self.queued or not self.accepting or (self.clients and self.tick < last)):
            self.queued = False
            self.turn()
        if self.accepting:
            self.pause()
        close_all(self.listeners.values())
        self.listeners.clear()

    def close(self) -> None:
        for client in self.clients.values():
            client.close()


def now() -> int:
    """Return the time in ticks."""
    return int(monotonic() / TICK)


def ticks(seconds: float) -> int:
    return max(1, round(seconds / TICK))

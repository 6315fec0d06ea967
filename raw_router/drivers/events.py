"""All connections in one thread: sockets that never block, watched by epoll where the system has it, else by poll."""

import logging
import select
import socket
from collections import OrderedDict
from collections.abc import Callable, Iterable
from time import monotonic

from raw_router.drivers import NO_ROOM, PAUSE, RECEIVE_SIZE, TIMEOUTS, Connect, ServerConnection, Timeouts

POLL, SECOND = (select.epoll, 1) if hasattr(select, "epoll") else (select.poll, 1000)
READ, WRITE = select.POLLIN, select.POLLOUT
TICK = 0.1  # seconds: time limits are no finer
NOTHING = memoryview(b"")

logger = logging.getLogger("raw_router")


def serve(listener: socket.socket, connect: Connect, stop: socket.socket, timeouts: Timeouts = TIMEOUTS) -> None:
    """Serve clients until stop can be read, then those in flight for timeouts.grace seconds at the most."""
    loop = Loop(listener, connect, timeouts)
    try:
        loop.run(stop)
    finally:
        loop.close()


class Client:
    """One client: its socket, what is still to be sent to it, what it is waited for, and since when."""

    __slots__ = ("connection", "served", "socket", "tick", "unsent", "wait")

    def __init__(self, client: socket.socket, connection: ServerConnection) -> None:
        self.socket = client
        self.connection = connection
        self.unsent = NOTHING
        self.wait = ""
        self.served = -1
        self.tick = -1

    def send(self, answer: bytes | memoryview) -> str:
        """Send as much as the client takes now, and return what it is waited for then: to take more, for "write".

        Raises OSError where the client is gone.
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


class Loop:
    """The clients by their sockets' numbers, and those that wait, in the order in which their time runs out.

    A kind of wait has one time limit, so who began it last runs out last: keeping the order costs O(1), and once a
    tick at the most for a client that goes on as it did.
    """

    def __init__(self, listener: socket.socket, connect: Connect, timeouts: Timeouts) -> None:
        listener.setblocking(False)
        self.poll = POLL()
        self.listener = listener
        self.connect = connect
        self.timeouts = timeouts
        self.clients: dict[int, Client] = {}
        self.waiting: dict[str, OrderedDict[Client, int]] = {}
        self.tick = self.resumes = now()
        self.accepting = self.stopped = False
        self.resume()

    def run(self, stop: socket.socket) -> None:
        self.poll.register(stop, READ)
        while not self.stopped:
            self.turn()
        self.poll.unregister(stop)
        self.retire()
        end = self.tick + ticks(self.timeouts.grace)
        while self.clients and self.tick < end:
            self.turn()

    def turn(self) -> None:
        """Receive from all clients that are ready, then answer them, then send: each alike step is quicker in a row.

        Views may take long. What is waited for after them has all its time, and what came before them is in time.
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
        """Return how long to wait for the sockets: to the next tick, or for ever where no time can run out."""
        return TICK * SECOND if self.clients or not self.accepting else None

    def receive(self, ready: Iterable[tuple[int, int]]) -> list[tuple[Client, bytes]]:
        """Return what has come from clients; do what else the sockets are ready for.

        A connection that waited for the client to take its answers goes on without new bytes: with some in each turn,
        so that the others have theirs.
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
        if number != self.listener.fileno():
            self.stopped = True
        else:
            self.accept()

    def accept(self) -> None:
        try:
            sock, address = self.listener.accept()
        except OSError as error:  # mostly a client that is gone already
            if error.errno in NO_ROOM:
                logger.error("no room for another client, who waits now: %s", error.strerror)
                self.pause()
            return
        sock.setblocking(False)
        client = self.clients[sock.fileno()] = Client(sock, self.connect(address[0]))
        self.poll.register(sock, READ)
        self.watch(client, client.connection.waits_for)
        if len(self.clients) >= self.timeouts.connections:
            self.pause()

    def pause(self) -> None:
        """Leave new clients in the listener's queue for now."""
        self.poll.unregister(self.listener)
        self.accepting = False
        self.resumes = self.tick + ticks(PAUSE)

    def resume(self) -> None:
        self.poll.register(self.listener, READ)
        self.accepting = True

    def send(self, client: Client, answer: bytes | memoryview) -> None:
        """Send an answer, watch the client further, or drop it where it is gone."""
        try:
            wait = client.send(answer)
            if wait != client.wait or client.tick != self.tick:
                self.watch(client, wait)
            else:
                client.served = client.connection.served
        except OSError:
            self.drop(client)

    def give_up(self, client: Client) -> None:
        """Drop a client for a defect of ours, which must not cost the others their server."""
        logger.exception("a connection failed")
        self.drop(client)

    def watch(self, client: Client, wait: str) -> None:
        """Take note of what a client is waited for; an answer begins a new wait, bytes alone do not."""
        before, client.wait = client.wait, wait
        if wait == before and client.served == client.connection.served:
            return
        client.served, client.tick = client.connection.served, self.tick
        self.forget(client, before)
        self.waiting.setdefault(wait, OrderedDict())[client] = self.tick + ticks(self.timeouts.seconds(wait))
        if "write" in (before, wait):
            self.poll.modify(client.socket, WRITE if wait == "write" else READ)
        if wait == "closed":
            client.socket.shutdown(socket.SHUT_WR)

    def forget(self, client: Client, wait: str) -> None:
        if wait:
            del self.waiting[wait][client]

    def let(self, client: Client, speak: Callable[[], bytes]) -> None:
        """Send what a connection says of an end."""
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
        client.socket.close()

    def expire(self, tick: int) -> None:
        """End the waits whose time had run out by then; see whether there is room for new clients."""
        for wait, clients in list(self.waiting.items()):
            while clients and next(iter(clients.values())) <= tick:
                client = next(iter(clients))
                if wait in ("write", "closed"):
                    self.drop(client)
                else:
                    self.let(client, client.connection.time_out)
        paused = not self.accepting and not self.stopped and self.tick >= self.resumes
        if paused and len(self.clients) < self.timeouts.connections:
            self.resume()

    def retire(self) -> None:
        """Accept nobody more, and end what is idle."""
        if self.accepting:
            self.pause()
        for client in list(self.clients.values()):
            client.connection.retire()
            if client.wait == "idle":
                self.drop(client)

    def close(self) -> None:
        for client in self.clients.values():
            client.socket.close()


def now() -> int:
    """Return the time in ticks."""
    return int(monotonic() / TICK)


def ticks(seconds: float) -> int:
    return max(1, round(seconds / TICK))

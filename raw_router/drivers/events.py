"""All connections in one thread: non-blocking sockets, watched by epoll if the system has it, else by poll."""

import logging
import math
import select
import socket
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from time import monotonic as now

from raw_router.buffers import Buffers, memory_of, size_of
from raw_router.drivers import (
    MANY,
    NO_ROOM,
    PAUSE,
    TICK,
    TIMEOUTS,
    Connect,
    Timeouts,
    reset_when_closed,
    taken,
    unacknowledged,
)
from raw_router.drivers.budget import Budget
from raw_router.drivers.client import READ, Client
from raw_router.forks import closed_in_children
from raw_router.listeners import accept, close_all, turn_away

POLL, SECOND = (select.epoll, 1) if hasattr(select, "epoll") else (select.poll, 1000)
WRITE, NOTHING = select.POLLOUT, 0
GONE = select.POLLERR | select.POLLHUP

ACCEPTED = 16  # clients that are accepted in one turn
BATCH = 1024 * 1024  # octets of responses that are made before they are sent

logger = logging.getLogger("raw_router")


def serve(
    listeners: Sequence[socket.socket], connect: Connect, stop: socket.socket, timeouts: Timeouts = TIMEOUTS
) -> None:
    """Serve clients until stop is readable, then requests that have begun for at most timeouts.grace seconds."""
    loop = Loop(listeners, connect, stop, timeouts)
    try:
        with closed_in_children(loop.sockets):
            loop.run()
    finally:
        loop.close()


class Loop:
    """The clients by their sockets' numbers, and two queues: clients that wait for the application, and answers.

    The queues belong to the loop and not to a turn, so that another thread can go on with them; see pool.py.
    """

    def __init__(
        self, listeners: Sequence[socket.socket], connect: Connect, stop: socket.socket, timeouts: Timeouts
    ) -> None:
        self.poll = POLL()
        self.listeners = listeners
        self.stop = stop
        self.connect = connect
        self.timeouts = timeouts
        self.seconds = {wait: timeouts.seconds(wait) for wait in ("idle", "head", "body", "write", "closed")}
        self.clients: dict[int, Client] = {}
        self.asking: deque[Client] = deque()
        self.answers: deque[tuple[Client, Buffers | None]] = deque()
        self.resting: list[Client] = []  # until the next tick
        self.sources: dict[int, Callable[[], None]] = {stop.fileno(): self.retire}
        self.now = self.scanned = now()
        self.resumes = self.last = self.end = math.inf  # when accepting resumes, new requests and the grace are over
        self.accepted = False  # a client in this turn
        self.budget: Budget[Client] = Budget(timeouts)
        for listener in listeners:
            listener.setblocking(False)
            self.sources[listener.fileno()] = partial(self.accept, listener)
        for number in self.sources:
            self.poll.register(number, READ)

    def run(self) -> None:
        while not self.is_over:
            self.turn()

    @property
    def is_over(self) -> bool:
        return self.end != math.inf and (self.now >= self.end or not (self.clients or self.listeners))

    def turn(self) -> None:
        """Receive from all clients that are ready, then respond, then send: like steps are quicker in a row.

        Views may be slow. Waits that begin after them have their whole timeout, and bytes that arrived before are in
        time.
        """
        ready = self.poll.poll(self.patience())
        self.now = now()
        self.receive(ready)
        if self.now - self.scanned >= TICK:
            self.expire()
        self.ask()
        self.now = now()
        self.send_answers()
        if self.budget.starved:
            self.feed_starved()
        if self.end != math.inf and self.listeners:
            self.drain()

    def patience(self) -> float | None:
        """Return how long to wait for the sockets: a tick, or without limit if there is no deadline."""
        if self.asking and self.can_ask():
            return 0
        if self.end != math.inf and not self.clients and self.resumes == math.inf:
            return 0
        return TICK * SECOND if self.clients or self.resumes != math.inf else None

    def receive(self, ready: Iterable[tuple[int, int]]) -> None:
        """Queue the bytes that arrived from clients; accept, send and drop clients as the sockets are ready."""
        for number, event in ready:
            client = self.clients.get(number)
            if client is None:
                self.sources.get(number, nothing)()
            elif client.is_asking:
                self.leave(client, event)
            elif client.unsent:
                self.send(client, client.unsent)
            else:
                self.receive_from(client)

    def leave(self, client: Client, event: int) -> None:
        """Receive nothing from a client that waits for the application; drop it if it has left."""
        if event & GONE:
            self.drop(client)
        else:
            self.watch(client, NOTHING)

    def receive_from(self, client: Client) -> None:
        portion = self.budget.portion(client)
        if not portion:
            self.starve(client)
            return
        try:
            data = client.socket.recv(portion)
        except OSError:
            self.drop(client)
            return
        self.budget.take(client, len(data))
        if client.wait == "body":
            client.deadline = self.timeouts.extended(client.deadline, len(data), self.now)
        if data:
            self.let(client, client.connection.feed, data)
        elif client.wait == "closed":
            self.drop(client)
        else:
            self.let(client, client.connection.feed_end)

    def starve(self, client: Client) -> None:
        """Receive nothing from a client that sends a body, until there is room."""
        client.is_asking = True
        self.budget.starve(client, self.now)
        self.watch(client, NOTHING)

    def feed_starved(self) -> None:
        """Receive again from the clients that have room."""
        for client in self.budget.fed(self.now):
            client.is_asking = False
            self.watch(client, READ)

    def turn_starved_down(self) -> None:
        """Let the clients come back later that have waited too long for room."""
        for client in self.budget.late(self.now):
            client.is_asking = False
            self.let(client, client.connection.turn_down)

    def let(self, client: Client, speak: Callable[..., Buffers], *data: bytes) -> None:
        """Let a connection speak, which asks nobody; then the application is asked, if a request is complete."""
        try:
            said = speak(*data)
        except Exception:
            logger.exception("a connection failed")
            self.drop(client)
            return
        if client.connection.waits_for != "answer":
            self.send(client, said)
        else:
            self.await_answer(client)

    def await_answer(self, client: Client) -> None:
        """Queue a client for the application. The client's time stands still until it is answered."""
        client.is_asking = True
        client.deadline -= self.now
        self.asking.append(client)

    def can_ask(self) -> bool:
        """Return whether the application can be asked now."""
        return True

    def ask(self) -> None:
        """Ask the application for all clients that wait for it, and queue the answers."""
        asking, answers = self.asking, self.answers
        owed = 0
        while asking and owed < BATCH:
            client = asking.popleft()
            answer = client.ask(has_room=self.budget.allows_response(owed))
            answers.append((client, answer))
            owed += size_of(answer or b"")

    def send_answers(self) -> None:
        answers = self.answers
        while answers:
            client, answer = answers.popleft()
            client.is_asking = False
            client.deadline += self.now
            if answer is None:
                self.drop(client)
            elif client.is_gone:
                self.await_answer(client)
            else:
                self.send(client, answer)

    def send(self, client: Client, answer: Buffers) -> None:
        """Send an answer, and let the client wait for the next step; drop it if it is gone."""
        try:
            sent = client.send(answer)
            if self.end != math.inf:
                client.connection.retire()
            wait = "write" if client.unsent else client.connection.waits_for
            self.budget.settle(client, memory_of(client.unsent), wait, answered=bool(answer))
            if wait == "write":
                self.await_room(client, sent)
            elif answer or wait != client.wait:
                self.begin(client, wait)
        except OSError:
            self.drop(client)

    def begin(self, client: Client, wait: str) -> None:
        """Begin a wait, with all its time. An answer always begins one; bytes that the client sends do not."""
        client.wait = wait
        client.deadline = self.now + self.seconds[wait]
        self.watch(client, READ)
        if wait == "closed" and client.connection.torn:
            reset_when_closed(client.socket)
            self.drop(client)
        elif wait == "closed":
            client.socket.shutdown(socket.SHUT_WR)

    def await_room(self, client: Client, sent: int) -> None:
        """Wait until the client takes the rest, at the minimum rate; ask for more if it has taken everything."""
        if client.wait == "write":
            client.deadline = self.timeouts.extended(client.deadline, sent, self.now)
        else:
            client.wait, client.deadline = "write", self.now + self.seconds["write"]
        if client.unsent:
            client.queued = unacknowledged(client.socket)
            self.watch(client, WRITE)
        else:
            client.empty = 0 if sent else client.empty + 1
            self.await_answer(client)
            if client.empty >= MANY:
                self.resting.append(self.asking.pop())

    def watch(self, client: Client, interest: int) -> None:
        if client.interest != interest:
            client.interest = interest
            self.poll.modify(client.socket, interest)

    def drop(self, client: Client) -> None:
        """Close the socket of a client. Its connection is abandoned in turn, because that may close an iterable."""
        if client.is_gone:
            return
        self.poll.unregister(client.socket)
        del self.clients[client.socket.fileno()]
        client.socket.close()
        client.is_gone = True
        if self.budget.forget(client):
            client.is_asking = False
        if not client.is_asking:
            self.await_answer(client)

    def accept(self, listener: socket.socket) -> None:
        """Accept some of the clients that wait in a listener's queue; pause if there is no room for another one."""
        for _ in range(ACCEPTED):
            if self.resumes != math.inf:
                break
            try:
                sock, address = accept(listener)
            except ConnectionAbortedError:  # the client is gone already, but others may wait
                continue
            except OSError as error:  # there is none, or the listener is shut down
                if error.errno in NO_ROOM:
                    logger.error("no room for another client, which waits now: %s", error.strerror)
                    self.pause()
                break
            self.accepted = True
            self.welcome(sock, address[0])

    def welcome(self, sock: socket.socket, address: str) -> None:
        sock.setblocking(False)
        connection = self.connect(address)
        if self.end != math.inf:
            connection.retire()
        self.clients[sock.fileno()] = Client(sock, connection, self.now + self.seconds["idle"])
        self.poll.register(sock, READ)
        if len(self.clients) >= self.timeouts.connections:
            self.pause()

    def pause(self) -> None:
        """Leave new clients in the listeners' queues for some time."""
        for listener in self.listeners:
            self.poll.unregister(listener)
        self.resumes = self.now + PAUSE

    def resume(self) -> None:
        for listener in self.listeners:
            self.poll.register(listener, READ)
        self.resumes = math.inf
        self.accepted = True  # perhaps; the next turn shows it

    def expire(self) -> None:
        """End the waits whose deadline is over; resume accepting if there is room for new clients."""
        self.scanned = self.now
        for client in [each for each in self.clients.values() if each.deadline <= self.now and not each.is_asking]:
            if client.wait == "write":
                client.deadline = self.timeouts.extended(client.deadline, taken(client), self.now)
                if client.deadline > self.now:
                    continue
            if client.wait in ("write", "closed") or (client.wait == "idle" and self.end != math.inf):
                self.drop(client)
            else:
                self.let(client, client.connection.time_out)
        self.asking.extend(self.resting)
        self.resting.clear()
        self.turn_starved_down()
        if self.now >= self.resumes and len(self.clients) < self.timeouts.connections:
            self.resume()

    def retire(self) -> None:
        """Turn new clients away. The next response of each client is the last; idle clients have a moment for it."""
        turn_away(self.listeners)
        self.poll.unregister(self.stop)
        self.end = self.now + self.timeouts.grace
        self.last = self.now + self.timeouts.last_request
        self.seconds["idle"] = min(self.timeouts.idle, self.timeouts.last_request)
        self.accepted = True  # perhaps; the next turn shows it
        for client in self.clients.values():
            if not client.is_asking:
                client.connection.retire()
                client.deadline = min(client.deadline, self.last) if client.wait == "idle" else client.deadline

    def drain(self) -> None:
        """Close the listeners if the clients that the kernel has accepted are served.

        If there are clients, others may be on their way to the queue, so the listeners are open for a moment.
        """
        if not (self.accepted or self.resumes != math.inf or (self.clients and self.now < self.last)):
            self.pause()
            self.close_listeners()
        self.accepted = False

    def close_listeners(self) -> None:
        close_all(self.listeners)
        self.listeners, self.resumes = (), math.inf

    def sockets(self) -> Iterable[socket.socket]:
        return [*self.listeners, *(client.socket for client in self.clients.values())]

    def close(self) -> None:
        """Close what is open; connections let go of responses that are not complete."""
        self.close_listeners()
        self.asking.extend(self.resting)
        for client in list(self.clients.values()):
            self.drop(client)
        while self.asking:
            Loop.ask(self)
        self.sources.clear()  # no cycle of references keeps the sockets open


def nothing() -> None:
    """Ignore a socket that was closed after the system had reported it."""

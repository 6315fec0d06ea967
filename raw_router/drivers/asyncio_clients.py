"""The clients on asyncio's event loop: what each one waits for, and what they share."""

import asyncio
import logging
import math
import select
import socket
from asyncio import Future, Transport
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeAlias, cast

from raw_router.buffers import Buffers
from raw_router.drivers import MANY, RECEIVE_SIZE, TICK, Timeouts, reset_when_closed, taken, unacknowledged
from raw_router.drivers.budget import Budget

Address: TypeAlias = tuple[str, int]
ConnectClient: TypeAlias = Callable[[str, "Client"], "Conversation"]  # from the client's address, and the client

GONE = select.POLLERR | select.POLLHUP
HALF_CLOSED = getattr(select, "POLLRDHUP", 0)  # Linux reports it even if there are bytes before the end

logger = logging.getLogger("raw_router")


class Conversation(Protocol):
    """The part of a responder that this driver uses; raw_router.responder and raw_router.asgi document it."""

    @property
    def waits_for(self) -> str: ...
    @property
    def torn(self) -> bool: ...
    def feed(self, data: bytes) -> Buffers: ...
    def receive(self, data: bytes) -> Buffers: ...
    def end_of_input(self) -> Buffers: ...
    def time_out(self) -> Buffers: ...
    def turn_down(self) -> Buffers: ...
    def took(self, octets: int) -> None: ...
    def retire(self) -> None: ...
    def abandon(self) -> None: ...


class Client(asyncio.BufferedProtocol):
    """One client: its transport, its connection, and the time by which the client has to act.

    `wait` is the state that the connection waits in, or "full" while there are bytes that the client has not taken.
    The client's bytes are not read meanwhile, nor while the connection waits for its turn, which is the state "write",
    nor while the client is starved: see Budget. In the state "answer" they are read once, because only reading shows
    early that a client has left.
    """

    __slots__ = (
        "_clients",
        "_drained",
        "_empty",
        "_has_ended",
        "_is_ahead",
        "_is_awaited",
        "_is_full",
        "_is_paused",
        "_unsent",
        "address",
        "connection",
        "deadline",
        "queued",
        "socket",
        "starved",
        "transport",
        "used",
        "wait",
    )

    def __init__(self, clients: "Clients", client: socket.socket, address: Address) -> None:
        self.socket = client
        self.queued = 0  # octets in the system's buffers, while the client has not taken all
        self.address = address
        self.wait = ""
        self.deadline = math.inf
        self.used = 0  # octets of the budget
        self.starved = math.inf
        self._clients = clients
        self._empty = 0  # answers in a row
        self._is_full = False
        self._unsent = 0  # octets that the client had not taken when this was looked at last
        self._is_ahead = False  # with bytes that belong to the next request
        self._is_awaited = False  # by an application that waits until the client leaves
        self._is_paused = False  # reading
        self._has_ended = False  # the client's input
        self._drained: Future[None] | None = None  # what awaits drain

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(Transport, transport)
        self.transport.set_write_buffer_limits(high=0)  # pause_writing is called unless the client takes all at once
        self.connection = self._clients.connect(self.address[0], self)
        self._clients.remember(self)
        if self._clients.is_retired:
            self.connection.retire()
        self.send(b"")

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return where bytes are received. A client without room gives one octet, because asyncio requires that."""
        portion, buffer = self._clients.budget.portion(self), self._clients.buffer
        return buffer if portion == RECEIVE_SIZE else buffer[: portion or 1]

    def buffer_updated(self, octets: int) -> None:
        waited, clients = self.wait, self._clients
        try:
            answer = clients.budget.receive(self.connection, bytes(clients.buffer[:octets]))
        except Exception:
            self.give_up()
            return
        has_room = answer or clients.budget.take(self, octets)  # what has an answer is not in memory any more
        self.send(answer)
        if waited == "body" == self.wait:
            self.deadline = clients.timeouts.extended(self.deadline, octets, clients.now)
            if not has_room:
                self._starve()
        elif waited == "answer" == self.wait:
            self._is_ahead = True
            self._pause()

    def _starve(self) -> None:
        """Receive nothing until there is room."""
        self._pause()
        self._clients.budget.starve(self, self._clients.now)
        self._clients.feed_starved()

    def eof_received(self) -> bool:
        """End the input, which may be noticed again. Return True, because the client may still read."""
        if self.wait == "closed":
            return False
        if not self._has_ended:
            self._has_ended = True
            self._let(self.connection.end_of_input)
        return True

    def connection_lost(self, error: Exception | None) -> None:
        self.connection.abandon()
        if self.connection.torn:
            reset_when_closed(self.socket)
        if self._drained is not None:
            self._drained.set_result(None)
        self._clients.forget(self)

    def pause_writing(self) -> None:
        self._is_full = True
        self.queued = unacknowledged(self.socket)

    def resume_writing(self) -> None:
        self._is_full = False
        self._note_taken()
        self._clients.budget.charge(self, self._unsent)
        self._clients.loop.call_soon(self.go_on)

    @property
    def server_address(self) -> Address:
        """The address that the client is connected to."""
        address: Address = self.transport.get_extra_info("sockname")
        return address[:2]

    def send(self, answer: Buffers) -> None:
        """Send a response, and wait for what the connection waits for then."""
        if self.transport.is_closing():
            return
        if answer:
            data = answer if isinstance(answer, bytes) else b"".join(answer)
            self.transport.write(data)
            self._unsent += len(data)
            self._note_taken()
        wait = "full" if self._is_full else self.connection.waits_for
        if self.used or self._unsent:
            self._clients.budget.settle(self, self._unsent, wait, answered=bool(answer))
        if wait != self.wait or (answer and wait != "full"):
            self._empty = 0 if answer else self._empty + 1
            self._watch(wait)
        if self._clients.budget.starved:
            self._clients.feed_starved()

    @property
    def has_room(self) -> bool:
        """Whether the application may make another response, beside those that clients have not taken."""
        return self._clients.budget.allows_response()

    async def drain(self) -> None:
        """Wait until the client has taken everything or is gone; other clients have a turn in any case."""
        await asyncio.sleep(0)
        if self._is_full and not self.transport.is_closing():
            self._drained = self._drained or self._clients.loop.create_future()
            await asyncio.shield(self._drained)

    def go_on(self) -> None:
        """Continue after other clients had a turn."""
        if self._drained is not None and not self._is_full:
            self._drained.set_result(None)
            self._drained = None
        if self._is_full or self.transport.is_closing():
            return
        if self.connection.waits_for == "write":
            self.wait = ""  # the turn that was waited for
            self._let(self.connection.receive, b"")
        else:
            self.send(b"")

    @property
    def leaves_unseen(self) -> bool:
        """Whether the client waits for a response, and is not read from, so that the loop does not see it leave."""
        return self.wait == "answer" and (self._is_paused or self._has_ended)

    def await_end(self) -> None:
        """Note that the application waits until the client leaves."""
        self._is_awaited = True

    def leave(self, event: int) -> None:
        """Drop a client that is gone. One that half-closes may be gone; the application waits for some time."""
        if event & GONE:
            self.transport.abort()
        elif self._is_awaited:
            self.deadline = min(self.deadline, self._clients.now + self._clients.timeouts.progress)

    def note_progress(self) -> None:
        """Extend the deadline of a response by what the client has taken."""
        self.deadline = self._clients.timeouts.extended(self.deadline, self._note_taken(), self._clients.now)
        self._clients.budget.charge(self, self._unsent)

    def _note_taken(self) -> int:
        """Tell the connection what the client has taken, and return the octets."""
        if self.transport.is_closing():
            return 0
        unsent = self.transport.get_write_buffer_size() if self._is_full else 0
        taken, self._unsent = self._unsent - unsent, unsent
        if taken:
            self.connection.took(taken)
        return taken

    def expire(self) -> None:
        """End a wait whose deadline is over, unless the client takes what is in the system's buffers."""
        if self.wait == "full":
            self.deadline = self._clients.timeouts.extended(self.deadline, taken(self), self._clients.now)
            if self.deadline > self._clients.now:
                return
        if self.wait in ("full", "answer", "closed") or (self.wait == "idle" and self._clients.is_retired):
            self.transport.abort()
        else:
            self._let(self.connection.time_out)

    def turn_down(self) -> None:
        """Let the client come back later, because it has waited too long for room."""
        self._let(self.connection.turn_down)

    def retire(self) -> None:
        """Let the next response be the last."""
        self.connection.retire()
        if self.wait == "idle":
            self._watch("idle")

    def give_up(self) -> None:
        """Drop the client after an error of the server, which must not affect other clients."""
        logger.exception("a connection failed")
        self.transport.abort()

    def _let(self, speak: Callable[..., Buffers], *data: bytes) -> None:
        try:
            answer = speak(*data)
        except Exception:
            self.give_up()
        else:
            self.send(answer)

    def _watch(self, wait: str) -> None:
        """Begin to wait."""
        if wait == "full":
            self._clients.full.add(self)
        elif self.wait == "full":
            self._clients.full.discard(self)
        self.wait = wait
        self.deadline = self._clients.now + self._clients.seconds[wait]
        self._is_ahead = self._is_ahead and wait in ("full", "write", "answer")
        self._is_awaited = self._is_awaited and wait in ("full", "answer")
        if wait in ("full", "write") or self._is_ahead:
            self._pause()
        elif self._is_paused:
            self.resume()
        if wait == "write":
            self._clients.take_turns(self.go_on, rests=self._empty >= MANY)
        elif wait == "closed":
            self._close()

    def _pause(self) -> None:
        if not self._is_paused:
            self._is_paused = True
            self.transport.pause_reading()

    def resume(self) -> None:
        """Receive again."""
        self._is_paused = False
        self.transport.resume_reading()

    def _close(self) -> None:
        """Half-close and read on, so that no reset destroys the last response (RFC 9112 §9.6)."""
        if self.connection.torn or self._has_ended:
            self.transport.close()
        else:
            try:
                self.transport.write_eof()
            except OSError:  # the client is gone
                self.transport.abort()


class Clients:
    """All clients of a loop, with their deadlines and their memory.

    Their clock stands still while the loop does not turn, because a view blocks it.
    """

    def __init__(self, connect: ConnectClient, timeouts: Timeouts, note_gone: Callable[[], None]) -> None:
        self.loop = asyncio.get_running_loop()
        self.connect = connect
        self.timeouts = timeouts
        self.now = 0.0  # seconds, by the clients' clock
        self.full: set[Client] = set()  # clients that have not taken everything
        self.budget: Budget[Client] = Budget(timeouts)
        self.buffer = memoryview(bytearray(RECEIVE_SIZE))  # of the client that is received from
        limits = {wait: timeouts.seconds(wait) + TICK for wait in ("idle", "head", "body", "closed")}
        self.seconds = {**limits, "full": timeouts.seconds("write") + TICK, "answer": math.inf, "write": math.inf}
        self.is_retired = False
        self._clients: set[Client] = set()
        self._note_gone = note_gone  # of one client
        self._is_ticking = False
        self._ticked = 0.0  # by the loop's clock

    def __iter__(self) -> Iterator[Client]:
        return iter(self._clients)

    def remember(self, client: Client) -> None:
        """Watch the deadlines of a new client."""
        self._clients.add(client)
        if not self._is_ticking:
            self._is_ticking = True
            self._ticked = self.loop.time()
            self.loop.call_later(TICK, self._tick)

    def forget(self, client: Client) -> None:
        """Make room for another client."""
        self._clients.discard(client)
        self.full.discard(client)
        self.budget.forget(client)
        self._note_gone()

    def take_turns(self, go_on: Callable[[], None], *, rests: bool) -> None:
        """Call a client's method after other clients had a turn, or after a rest."""
        if rests:
            self.loop.call_later(TICK, go_on)
        else:
            self.loop.call_soon(go_on)

    def feed_starved(self) -> None:
        """Receive again from the clients that have room."""
        for client in self.budget.fed(self.now):
            client.resume()

    def retire(self) -> None:
        """Let the next response of each client be the last; idle clients have a moment for their request."""
        self.is_retired = True
        self.seconds["idle"] = min(self.seconds["idle"], self.timeouts.last_request)
        for client in self._clients:
            client.retire()

    def _tick(self) -> None:
        """Advance the clock, and end the waits whose deadlines are over; bytes that had arrived before are in time."""
        before, self._ticked = self._ticked, self.loop.time()
        self.now += min(self._ticked - before, 2 * TICK)
        for client in self.full:
            client.note_progress()
        self._look_for_leavers([client for client in self._clients if client.leaves_unseen])
        for client in [client for client in self._clients if client.deadline <= self.now]:
            client.expire()
        for client in self.budget.late(self.now):
            client.turn_down()
        self.feed_starved()
        self._is_ticking = bool(self._clients)
        if self._is_ticking:
            self.loop.call_later(TICK, self._tick)

    def _look_for_leavers(self, clients: Sequence[Client]) -> None:
        poll = select.poll()
        for client in clients:
            poll.register(client.socket, HALF_CLOSED)
        events = dict(poll.poll(0))
        for client in clients:
            if event := events.get(client.socket.fileno()):
                client.leave(event)

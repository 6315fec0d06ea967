"""The budget of a process: the octets in memory for all its clients, and the clients whose bodies wait for room."""

import math
from collections import OrderedDict
from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from raw_router.buffers import Buffers
from raw_router.drivers import RECEIVE_SIZE, Timeouts

SPARING = 8 * 1024  # octets that are received at once from a client while there is no room for bodies
UNANSWERED = frozenset({"head", "body", "answer"})  # states in which a request is in memory


class Account(Protocol):
    """The part of a driver's client that a budget reads and changes."""

    wait: str
    deadline: float
    used: int  # octets of its request that have arrived, or of its response that it has not taken
    starved: float  # since when there is no room for its body; infinite if there is


C = TypeVar("C", bound=Account)


class Talker(Protocol):
    """The part of a connection that a budget may turn down."""

    @property
    def waits_for(self) -> str: ...
    def feed(self, data: bytes) -> Buffers: ...
    def receive(self, data: bytes) -> Buffers: ...
    def turn_down(self) -> Buffers: ...


class Budget(Generic[C]):
    """What all clients use of Timeouts.memory, and the queue of the clients that are starved.

    Beyond the budget nothing is received from clients that send bodies, except from one that is favoured, so that one
    body after another ends. Beyond twice the budget, complete requests are turned down.
    """

    def __init__(self, timeouts: Timeouts) -> None:
        self.limit = timeouts.memory
        self.patience = timeouts.progress  # seconds in which a body has to get room
        self.used = 0  # octets, by all clients
        self.starved: OrderedDict[C, float] = OrderedDict()  # with what is left of their time, which stands still
        self.favoured: C | None = None

    def portion(self, client: C) -> int:
        """Return how many octets may be received from a client at once; 0 if it has to wait for room: call starve."""
        if self.used < self.limit:
            return RECEIVE_SIZE
        return 0 if client.wait == "body" and client is not self.favoured else SPARING

    def take(self, client: C, octets: int) -> bool:
        """Count octets that have arrived from a client, and return whether there was room for them."""
        has_room = self.used < self.limit or client is self.favoured
        if has_room:
            client.starved = math.inf
        client.used += octets
        self.used += octets
        return has_room

    def receive(self, connection: Talker, data: bytes) -> Buffers:
        """Let a connection take bytes and respond, or turn a complete request down that it may not respond to."""
        if self.allows_response() or connection.waits_for == "answer":
            return connection.receive(data)
        said = connection.feed(data)
        return connection.turn_down() if connection.waits_for == "answer" else said

    def allows_response(self, owed: int = 0) -> bool:
        """Return whether the application may make another response, besides octets that are owed to clients."""
        return self.used + owed < 2 * self.limit

    def settle(self, client: C, unsent: int, wait: str, *, answered: bool) -> None:
        """Count what a client has not taken. If it has taken everything, its request is not needed either."""
        if unsent or answered or wait not in UNANSWERED:
            self.charge(client, unsent)

    def charge(self, client: C, octets: int) -> None:
        """Note how many octets are in memory for a client."""
        self.used += octets - client.used
        client.used = octets
        if client is self.favoured and not octets:
            self.favoured = None

    def starve(self, client: C, now: float) -> None:
        """Let a client wait until fed yields it, or late returns it. Its time stands still."""
        client.starved = min(client.starved, now)
        self.starved[client] = client.deadline - now
        client.deadline = math.inf

    def fed(self, now: float) -> Iterator[C]:
        """Yield the clients from which the server can receive again, those first that have waited longest."""
        while self.starved and (self.used < self.limit or self.favoured is None):
            client, left = self.starved.popitem(last=False)
            client.deadline = now + left
            if self.used >= self.limit:
                self.favoured = client
            yield client

    def late(self, now: float) -> list[C]:
        """Return the clients that have waited for room as long as a client may take; they wait no longer."""
        late = [each for each in self.starved if now - each.starved >= self.patience]
        for client in late:
            client.deadline = now + self.starved.pop(client)
        return late

    def forget(self, client: C) -> bool:
        """Let go of a client that has left; return whether it was starved."""
        self.charge(client, 0)
        return self.starved.pop(client, None) is not None

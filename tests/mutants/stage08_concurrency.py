"""Broken servers for stage 8, Concurrency: a thread for each client, and ways in which clients block each other."""

import socket
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from functools import partial
from threading import BoundedSemaphore, RLock, Thread
from typing import TypeAlias

from raw_router.application import generate_response
from raw_router.drivers.blocking import linger
from raw_router.responder import Responder
from tests.mutants.serving import Mutant, Serve, serially

Carry: TypeAlias = Callable[[socket.socket], None]
CLOSED = 2.0  # seconds to read on after the last answer
FEW = 2  # clients
ROOM = 90  # clients: more than any rule but the one about a hundred has


def threaded(make: Callable[[], Carry]) -> Serve:
    """Serve each client in a thread of its own with the function that `make` returns."""

    def serve(listener: socket.socket, stop: socket.socket) -> None:
        carry = make()
        while True:
            client, _ = listener.accept()
            Thread(target=alone, args=(carry, client), daemon=True).start()

    return serve


def alone(carry: Carry, client: socket.socket) -> None:
    """Serve one client, and survive its reset."""
    with client, suppress(OSError):
        carry(client)
        linger(client, CLOSED)


def well(client: socket.socket) -> None:
    """Move bytes between a client and a correct connection."""
    connection = Responder(generate_response)
    while connection.waits_for != "closed":
        client.sendall(heard(connection, client)())


def heard(connection: Responder, client: socket.socket) -> Callable[[], bytes]:
    """Wait for bytes from the client, and return the response."""
    if connection.waits_for == "write":
        return partial(connection.receive, b"")
    data = client.recv(65536)
    return partial(connection.receive, data) if data else connection.end_of_input


def hogging(state: str) -> Serve:
    """Respond to no other client while the server waits for one in this state."""
    return threaded(lambda: partial(hog, RLock(), state))


def hog(floor: AbstractContextManager[object], state: str, client: socket.socket) -> None:
    """Move bytes, and hold the lock that every response needs while this state lasts."""
    connection = Responder(generate_response)
    with ExitStack() as keeping:
        while connection.waits_for != "closed":
            answer = heard(connection, client)
            with floor:
                said = answer()
                keeping.close()
                if state in (connection.waits_for, "write"):
                    keeping.enter_context(floor)
            client.sendall(said)
            if connection.waits_for != state:
                keeping.close()


def careless(client: socket.socket) -> None:
    """Send what the socket accepts at once, and drop the rest."""
    connection = Responder(generate_response)
    while connection.waits_for != "closed":
        answer = heard(connection, client)()
        with suppress(BlockingIOError):
            client.send(answer, socket.MSG_DONTWAIT)


def few_at_a_time(slots: BoundedSemaphore, client: socket.socket) -> None:
    """Make a client wait until there are fewer clients."""
    with slots:
        well(client)


def forgetful(slots: BoundedSemaphore, client: socket.socket) -> None:
    """Reject clients after many have connected, even if some have left."""
    if slots.acquire(blocking=False):
        well(client)


MUTANTS = (
    Mutant(id="one-client-at-a-time", breaks=("concurrency-idle",), serve=serially(partial(alone, well)), mortal=True),
    *(
        Mutant(id=f"waits-in-{state}", breaks=(rule,), serve=hogging(state), mortal=True, tries=5)
        for state, rule in (
            ("idle", "concurrency-idle-after-answer"),
            ("head", "concurrency-slow-sender"),
            ("body", "concurrency-slow-request"),
            ("write", "concurrency-slow-reader"),
        )
    ),
    Mutant(id="sends-a-part", breaks=("concurrency-slow-reader",), serve=threaded(lambda: careless), mortal=True),
    Mutant(
        id="two-clients-at-a-time",
        breaks=("concurrency-reverse",),
        serve=threaded(lambda: partial(few_at_a_time, BoundedSemaphore(FEW))),
        mortal=True,
        tries=5,
    ),
    Mutant(
        id="turns-away",
        breaks=("concurrency-hundred",),
        serve=threaded(lambda: partial(forgetful, BoundedSemaphore(ROOM))),
        mortal=True,
    ),
)

"""A thread for each connection: blocking sockets, read top to bottom."""

import selectors
import socket
from contextlib import suppress
from threading import Thread
from time import monotonic

from raw_router.drivers import RECEIVE_SIZE, TIME_LIMITS, Connect, Conversation


def serve(listener: socket.socket, connect: Connect, stop: socket.socket) -> None:
    """Serve clients until stop can be read; threads that are still busy then end with the process."""
    listener.setblocking(False)
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(stop, selectors.EVENT_READ)
        while stop not in [key.fileobj for key, _ in selector.select()]:
            with suppress(OSError):  # a client that is gone before it is accepted
                start(*listener.accept(), connect)


def start(client: socket.socket, address: tuple[str, int], connect: Connect) -> None:
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        Thread(target=converse, args=(client, connect(address[0])), daemon=True).start()
    except RuntimeError:  # there are as many threads as the machine has room for
        client.close()


def converse(client: socket.socket, connection: Conversation) -> None:
    """Carry bytes both ways until the connection is closed, or the client is gone."""
    with client, suppress(OSError):
        wait, deadline = ("", -1), 0.0
        while connection.waits_for != "closed":
            if wait != (wait := (connection.waits_for, connection.served)):
                deadline = monotonic() + TIME_LIMITS[connection.waits_for]
            send(client, next_answer(client, connection, deadline))
        linger(client)


def next_answer(client: socket.socket, connection: Conversation, deadline: float) -> bytes:
    """Wait for what the connection waits for, and return its answer."""
    if connection.waits_for == "write":
        return connection.receive(b"")  # all was sent before
    try:
        data = receive(client, deadline)
    except TimeoutError:
        return connection.time_out()
    return connection.receive(data) if data else connection.end_of_input()


def receive(client: socket.socket, deadline: float) -> bytes:
    """Return the next bytes, none at the client's end. Raises TimeoutError past the deadline."""
    client.settimeout(max(deadline - monotonic(), 0.001))
    return client.recv(RECEIVE_SIZE)


def send(client: socket.socket, answer: bytes) -> None:
    client.settimeout(TIME_LIMITS["write"])  # for all of it
    client.sendall(answer)


def linger(client: socket.socket) -> None:
    """Half-close and read on for a while, so that no reset overtakes the last answer (RFC 9112 §9.6)."""
    client.shutdown(socket.SHUT_WR)
    deadline = monotonic() + TIME_LIMITS["closed"]
    while monotonic() < deadline and receive(client, deadline):
        pass

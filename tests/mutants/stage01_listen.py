"""Broken servers for stage 1, Listen."""

import socket
from contextlib import ExitStack, suppress
from select import select

from raw_router.application import generate_response
from raw_router.responder import Responder
from tests.mutants.serving import HOST, Mutant, asking, converse, serially


def deaf(listener: socket.socket, stop: socket.socket) -> None:
    """Accept no connection until the server is stopped."""
    stop.recv(1)


def hangs_up(client: socket.socket) -> None:
    client.recv(65536)


def drips(listener: socket.socket, stop: socket.socket) -> None:
    """Begin a response to each client, and send no more until the server is stopped."""
    with ExitStack() as clients:
        while listener in select([listener, stop], [], [])[0]:
            client = clients.enter_context(listener.accept()[0])
            client.sendall(b"HTTP/1.1")


def dies_of_nothing(client: socket.socket) -> None:
    """Read the first word of the received bytes, even if there is none."""
    with suppress(OSError):
        data = client.recv(65536)
        data.split()[0]
        finish(client, data)


def dies_of_half(client: socket.socket) -> None:
    """Read up to the empty line, and use the first byte of each read after the first, even if there is none."""
    with suppress(OSError):
        data = client.recv(65536)
        while data and b"\r\n\r\n" not in data:
            more = client.recv(65536)
            data += bytes([more[0]]) + more[1:]
        finish(client, data)


def dies_of_reset(client: socket.socket) -> None:
    converse(client)


def dies_of_not_utf8(client: socket.socket) -> None:
    with suppress(OSError):
        data = client.recv(65536)
        data.decode()
        finish(client, data)


def finish(client: socket.socket, data: bytes) -> None:
    """Continue like a server that survives."""
    connection = Responder(generate_response)
    client.sendall(connection.receive(data))
    while connection.waits_for != "closed":
        data = client.recv(65536)
        client.sendall(connection.receive(data) if data else connection.end_of_input())


def binds_only(port: int) -> socket.socket:
    """Return a socket that is bound to the port without SO_REUSEADDR, and does not listen."""
    listener = socket.socket()
    try:
        listener.bind((HOST, port))
    except OSError:
        listener.close()
        raise
    return listener


def listens_without_reuse(port: int) -> socket.socket:
    listener = binds_only(port)
    listener.listen()
    return listener


MUTANTS = (
    Mutant(id="not-listening", breaks=("listen-accepts",), serve=deaf, listen=binds_only),
    Mutant(id="hangs-up", breaks=("listen-answers",), serve=serially(hangs_up)),
    Mutant(id="drips", breaks=("listen-answers",), serve=drips),
    Mutant(
        id="dies-of-nothing",
        breaks=("listen-survives-silence",),
        serve=serially(dies_of_nothing),
        mortal=True,
        until=4,
    ),
    Mutant(
        id="dies-of-half",
        breaks=("listen-survives-silence",),
        serve=serially(dies_of_half),
        mortal=True,
        until=4,
    ),
    Mutant(
        id="dies-of-reset",
        breaks=("listen-survives-reset",),
        serve=serially(dies_of_reset),
        mortal=True,
        until=4,
    ),
    Mutant(
        id="dies-of-no-utf8",
        breaks=("listen-survives-not-utf8",),
        serve=serially(dies_of_not_utf8),
        mortal=True,
        until=4,
    ),
    Mutant(
        id="no-reuse",
        breaks=("listen-restarts",),
        serve=asking(lambda request: request),
        listen=listens_without_reuse,
    ),
)

"""Servers that are broken on purpose: raw_router with a changed handler or connection, or a few lines of sockets."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TypeAlias

from http_contract import Server
from http_contract.client.transport import ConnectionFailed
from http_contract.http.params import Params
from raw_router.application import generate_response
from raw_router.drivers import TIMEOUTS, ServerConnection, events
from raw_router.listeners import open_listener
from raw_router.messages import Handler, Request, Response
from raw_router.responder import Responder

# The arguments are the listener, and a socket that becomes readable when the server must stop.
Serve: TypeAlias = Callable[[socket.socket, socket.socket], None]
Listen: TypeAlias = Callable[[int], socket.socket]  # on a port
HOST = "127.0.0.1"
TIMEOUT = 1.0  # seconds that the judge waits for a response
PATIENCE = 4.0  # seconds that it waits for a server to end a slow request
QUICK = replace(TIMEOUTS, head=2.5, progress=2.5)  # short timeouts, so that tests are short


def listens(port: int) -> socket.socket:
    return open_listener((HOST, port))


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One broken server, and the rules that fail on it; no other rule does, unless `inevitably` is given.

    inevitably  the reason why other rules fail too, whatever rules they need
    until       the last stage whose rules it runs under; it lacks what later stages need
    mortal      a rule may kill or block it, so that each rule gets a server of its own
    tries       the maximum number of runs until it fails; its fault is a matter of milliseconds, which a busy machine
                may hide
    """

    id: str
    breaks: tuple[str, ...]
    serve: Serve
    listen: Listen = listens
    inevitably: str = ""
    until: int = 10
    mortal: bool = False
    tries: int = 1


# Broken handlers: Request -> Response


def handling(change: Callable[[Handler], Handler]) -> Serve:
    """Serve with a handler that is made from the correct one."""
    return connecting(lambda client: Responder(change(generate_response), client))


def answering(change: Callable[[Request, Response], Response]) -> Serve:
    """Serve what `change` returns for each request and its correct response."""
    return handling(lambda handler: lambda request: change(request, handler(request)))


def asking(change: Callable[[Request], Request]) -> Serve:
    """Serve the correct responses to changed requests."""
    return handling(lambda handler: lambda request: handler(change(request)))


def with_field(response: Response, name: str, value: str) -> Response:
    return response._replace(headers=(*without_field(response, name).headers, (name, value)))


def without_field(response: Response, name: str) -> Response:
    return response._replace(headers=tuple(field for field in response.headers if field[0] != name))


def with_body(response: Response, body: bytes) -> Response:
    return with_field(response._replace(body=body), "Content-Length", str(len(body)))


# Broken connections: bytes -> bytes


def connecting(connect: Callable[[str], ServerConnection]) -> Serve:
    return lambda listener, stop: events.serve([listener], connect, stop, QUICK)


class Wrapped:
    """A correct connection, of which a subclass changes one thing."""

    def __init__(self, client: str) -> None:
        self.inner = Responder(generate_response, client)
        self.closed = False
        self.served = 0  # responses
        self.taken: bytes | None = None  # that is to be received

    @property
    def waits_for(self) -> str:
        if self.closed:
            return "closed"
        return self.inner.waits_for if self.taken is None else "answer"

    def feed(self, data: bytes) -> bytes:
        self.taken = data
        return b""

    def feed_end(self) -> bytes:
        return self.end_of_input()

    def answer(self) -> bytes:
        data, self.taken = self.taken, None
        return self.receive(data or b"")

    def receive(self, data: bytes) -> bytes:
        response = self.inner.receive(data)
        octets = response if isinstance(response, bytes) else b"".join(response)
        self.served += len(re.findall(rb"HTTP/1\.1 [2-5]", octets))
        return octets

    def end_of_input(self) -> bytes:
        return self.inner.end_of_input()

    def time_out(self) -> bytes:
        return self.inner.time_out()

    def turn_down(self) -> bytes:
        return self.inner.turn_down()

    def took(self, octets: int) -> None:
        self.inner.took(octets)

    def retire(self) -> None:
        self.inner.retire()

    def abandon(self) -> None:
        self.inner.abandon()

    @property
    def torn(self) -> bool:
        return self.inner.torn

    def refuse(self, status: str) -> bytes:
        """Respond and close."""
        self.closed = True
        return plain(status)


def plain(status: str, *fields: str, body: str = "No.") -> bytes:
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *fields, "", body)
    return "\r\n".join(lines).encode()


CRASH = plain("500 Internal Server Error")


def replacing(pattern: bytes, becomes: bytes) -> Callable[[bytes], bytes]:
    """Return a function that replaces all matches of the pattern."""
    return lambda data: re.sub(pattern, becomes, data)


def saying(change: Callable[[bytes], bytes]) -> Serve:
    """Serve what `change` returns for the bytes of the correct responses."""

    class Saying(Wrapped):
        def receive(self, data: bytes) -> bytes:
            return change(super().receive(data))

    return connecting(Saying)


def hearing(change: Callable[[bytes], bytes]) -> Serve:
    """Serve the correct responses to what `change` returns for the received bytes."""

    class Hearing(Wrapped):
        def receive(self, data: bytes) -> bytes:
            return super().receive(change(data))

    return connecting(Hearing)


def instead(pattern: bytes, response: bytes) -> Serve:
    """Send another response to requests that begin like the pattern, and close."""

    class Instead(Wrapped):
        def receive(self, data: bytes) -> bytes:
            if not re.match(pattern, data):
                return super().receive(data)
            self.closed = True
            return response

    return connecting(Instead)


# A few lines of sockets


def serially(converse: Callable[[socket.socket], None]) -> Serve:
    """Serve one client after the other; an exception of `converse` ends the server."""

    def serve(listener: socket.socket, stop: socket.socket) -> None:
        while True:
            client, _ = listener.accept()
            with client:
                converse(client)

    return serve


def converse(client: socket.socket, size: int = 65536) -> None:
    """Move bytes between a client and a correct connection; exceptions are not caught."""
    connection = Responder(generate_response)
    while connection.waits_for != "closed":
        data = client.recv(size)
        client.sendall(connection.receive(data) if data else connection.end_of_input())


@contextmanager
def running(mutant: Mutant) -> Iterator[Server]:
    """Run a broken server in a thread; it can be stopped and started again on its port."""
    runner = Runner(mutant)
    runner.start(0)
    try:
        yield Server(HOST, runner.port, timeout=TIMEOUT, patience=PATIENCE, restart=runner.restart)
    finally:
        runner.stop()


class Runner:
    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def start(self, port: int) -> None:
        self.listener = self.mutant.listen(port)
        self.port: int = self.listener.getsockname()[1]
        self.stopped, stop = socket.socketpair()
        self.thread = threading.Thread(target=self._serve, args=(self.listener, stop), daemon=True)
        self.thread.start()

    def stop(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self.stopped.close()
        self.thread.join()

    def restart(self) -> None:
        self.stop()
        try:
            self.start(self.port)
        except OSError as error:
            raise ConnectionFailed("cannot-run", Params(command="mutant", reason=error.strerror)) from error

    def _serve(self, listener: socket.socket, stop: socket.socket) -> None:
        """Serve until stopped or until an exception; without its listener the server is dead."""
        with listener, stop, suppress(Exception):
            self.mutant.serve(listener, stop)

"""Servers broken on purpose, made of raw_router by wrapping its handler or its connection, or of a few lines."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TypeAlias

from http_contract import Server
from http_contract.http.transcript import broken
from raw_router.application import generate_response
from raw_router.drivers import TIMEOUTS, ServerConnection, events, listen
from raw_router.messages import Handler, Request, Response
from raw_router.responder import Responder

Serve: TypeAlias = Callable[[socket.socket, socket.socket], None]  # a listener, and what ends it when readable
Listen: TypeAlias = Callable[[int], socket.socket]  # on a port
HOST = "127.0.0.1"
TIMEOUT = 1.0  # seconds that the judge waits for what a broken server never says
PATIENCE = 4.0  # seconds that it waits for a broken server to give up
QUICK = replace(TIMEOUTS, head=2.5, body=2.5)  # what a right one gives a client, so that its own tests are short


def listens(port: int) -> socket.socket:
    return listen(HOST, port)


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One broken server: the rules that fail on it, and those only, apart from what cannot be helped.

    inevitably  says why further rules fail on it, where they do and no order among the rules can help it
    until       the last stage that it is judged by, where it lacks what later stages are about
    mortal      a rule may kill it, or keep it from others, so that each gets a server of its own
    tries       how often it is judged at the most until it fails, where what it does wrong is a matter of
                milliseconds, and a busy machine may hide it
    """

    id: str
    breaks: tuple[str, ...]
    serve: Serve
    listen: Listen = listens
    inevitably: str = ""
    until: int = 10
    mortal: bool = False
    tries: int = 1


# -- made of a handler: Request -> Response


def handling(change: Callable[[Handler], Handler]) -> Serve:
    """Serve with a handler made of the right one."""
    return connecting(lambda client: Responder(change(generate_response), client))


def answering(change: Callable[[Request, Response], Response]) -> Serve:
    """Serve what change makes of each request and its right answer."""
    return handling(lambda handler: lambda request: change(request, handler(request)))


def asking(change: Callable[[Request], Request]) -> Serve:
    """Serve the right answers to the wrong requests."""
    return handling(lambda handler: lambda request: handler(change(request)))


def with_field(response: Response, name: str, value: str) -> Response:
    return replace(response, headers=(*without_field(response, name).headers, (name, value)))


def without_field(response: Response, name: str) -> Response:
    return replace(response, headers=tuple(field for field in response.headers if field[0] != name))


def with_body(response: Response, body: bytes) -> Response:
    return with_field(replace(response, body=body), "Content-Length", str(len(body)))


# -- made of a connection: bytes -> bytes


def connecting(connect: Callable[[str], ServerConnection]) -> Serve:
    return lambda listener, stop: events.serve(listener, connect, stop, QUICK)


class Wrapped:
    """A right connection, to be bent in one place."""

    def __init__(self, client: str) -> None:
        self.inner = Responder(generate_response, client)
        self.closed = False
        self.served = 0

    @property
    def waits_for(self) -> str:
        return "closed" if self.closed else self.inner.waits_for

    def receive(self, data: bytes) -> bytes:
        response = self.inner.receive(data)
        self.served = self.inner.served
        return response

    def end_of_input(self) -> bytes:
        return self.inner.end_of_input()

    def time_out(self) -> bytes:
        return self.inner.time_out()

    def retire(self) -> None:
        self.inner.retire()

    def abandon(self) -> None:
        self.inner.abandon()

    @property
    def torn(self) -> bool:
        return self.inner.torn

    def refuse(self, status: str) -> bytes:
        """Answer and close, whatever else there was."""
        self.closed = True
        return plain(status)


def plain(status: str, *fields: str, body: str = "No.") -> bytes:
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *fields, "", body)
    return "\r\n".join(lines).encode()


CRASH = plain("500 Internal Server Error")


def replacing(pattern: bytes, becomes: bytes) -> Callable[[bytes], bytes]:
    """Return what replaces all that matches the pattern."""
    return lambda data: re.sub(pattern, becomes, data)


def saying(change: Callable[[bytes], bytes]) -> Serve:
    """Serve what change makes of the bytes of the right answers."""

    class Saying(Wrapped):
        def receive(self, data: bytes) -> bytes:
            return change(super().receive(data))

    return connecting(Saying)


def hearing(change: Callable[[bytes], bytes]) -> Serve:
    """Serve the right answers to what change makes of the bytes that come."""

    class Hearing(Wrapped):
        def receive(self, data: bytes) -> bytes:
            return super().receive(change(data))

    return connecting(Hearing)


def instead(pattern: bytes, response: bytes) -> Serve:
    """Serve another answer to what begins like the pattern, and close."""

    class Instead(Wrapped):
        def receive(self, data: bytes) -> bytes:
            if not re.match(pattern, data):
                return super().receive(data)
            self.closed = True
            return response

    return connecting(Instead)


# -- made of a few lines: sockets


def serially(converse: Callable[[socket.socket], None]) -> Serve:
    """Serve one client after the other; what converse raises ends the server."""

    def serve(listener: socket.socket, stop: socket.socket) -> None:
        while True:
            client, _ = listener.accept()
            with client:
                converse(client)

    return serve


def converse(client: socket.socket, size: int = 65536) -> None:
    """Carry bytes between a client and a right connection, as a careful server would but for what is raised."""
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
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes an accept()
        self.stopped.close()
        self.thread.join()

    def restart(self) -> None:
        self.stop()
        try:
            self.start(self.port)
        except OSError as error:
            raise broken(f"it can't be started again: {error.strerror}") from error

    def _serve(self, listener: socket.socket, stop: socket.socket) -> None:
        """Serve until stopped, or until something is raised; with the listener gone, that is a dead server."""
        with listener, stop, suppress(Exception):
            self.mutant.serve(listener, stop)

"""The time limits of the driver events, turn by turn, on a clock that the tests set."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from http import HTTPStatus

import pytest

from raw_router.drivers import MANY, TICK, TIMEOUTS, events
from raw_router.listeners import open_listener
from raw_router.messages import Request, Response, plain_text
from raw_router.responder import Responder
from tests.serving import HOST

HEAD = 10.0  # seconds
BEGINNING, END = b"GET / HTTP/1.1\r\n", b"Host: a\r\n\r\n"


@dataclass
class Clock:
    """A loop, and the time that it believes in."""

    time: float = 0.0  # seconds
    slow: float = 0.0  # seconds that the view takes, or each piece
    pieces: int = 0  # of a response
    empty: bool = False  # an endless response of nothing, as long as this is true
    late: socket.socket | None = None  # who sends the rest of a head while a view takes its time
    stack: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.listener = self.stack.enter_context(open_listener((HOST, 0)))
        stop, _ = map(self.stack.enter_context, socket.socketpair())
        timeouts = replace(TIMEOUTS, head=HEAD)
        self.loop = events.Loop([self.listener], partial(Responder, self.view), stop, timeouts)

    def is_idle(self) -> bool:
        return [client.wait for client in self.loop.clients.values()] == ["idle"]

    def body(self) -> Iterator[bytes]:
        yield b"first"
        while self.empty:
            yield b""
        for _ in range(self.pieces):
            self.time += self.slow
            yield b"piece"

    def view(self, request: Request) -> Response:
        if self.pieces or self.empty:
            return Response(200, (), self.body())
        self.time += self.slow
        if self.late:
            self.late.sendall(END)
            self.late = None
        return plain_text(HTTPStatus.OK, "here")

    def dial(self) -> socket.socket:
        client = self.stack.enter_context(socket.create_connection((HOST, self.listener.getsockname()[1]), 10))
        self.loop.turn()
        return client

    def send(self, client: socket.socket, data: bytes) -> None:
        client.sendall(data)
        self.loop.turn()

    def drip(self, client: socket.socket) -> None:
        for _ in range(2):
            self.send(client, b"A: a\r\n")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    clock = Clock()
    monkeypatch.setattr(events, "now", lambda: clock.time)
    clock.loop.now = clock.loop.scanned = clock.time
    monkeypatch.setattr(
        clock.loop, "patience", lambda: 0 if clock.loop.asking else TICK * events.SECOND
    )  # also where nobody is left
    yield clock
    clock.loop.close()
    clock.stack.close()


def test_a_head_that_comes_too_slowly_is_refused(clock: Clock) -> None:
    client = clock.dial()
    clock.send(client, BEGINNING)
    clock.time += HEAD
    clock.loop.turn()
    assert client.recv(65536).startswith(b"HTTP/1.1 408 ")


def test_who_comes_after_a_long_silence_has_all_the_time(clock: Clock) -> None:
    clock.time += 100_000
    client = clock.dial()
    clock.send(client, BEGINNING + END)
    assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_a_request_has_its_own_time_however_late_the_one_before_it_came(clock: Clock) -> None:
    client = clock.dial()
    clock.send(client, BEGINNING)
    clock.time += HEAD - 1
    clock.drip(client)
    clock.send(client, END + BEGINNING)
    assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
    clock.time += HEAD - 1
    clock.drip(client)
    clock.send(client, END)
    assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_a_request_has_no_more_than_its_time(clock: Clock) -> None:
    """It began in the tick in which the one before it was answered."""
    client = clock.dial()
    clock.send(client, BEGINNING)
    clock.send(client, END + BEGINNING)
    assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
    clock.time += HEAD - 1
    clock.drip(client)
    clock.time += 1.0
    clock.loop.turn()
    assert client.recv(65536).startswith(b"HTTP/1.1 408 ")


def test_what_comes_in_time_while_a_view_blocks_is_not_late(clock: Clock) -> None:
    other, client = clock.dial(), clock.dial()
    clock.send(client, BEGINNING)
    clock.late, clock.slow = client, 5 * HEAD
    clock.send(other, BEGINNING + END)
    clock.loop.turn()
    assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(("fields", "wait"), [(b"", "idle"), (b"Connection: close\r\n", "closed")])
def test_what_is_waited_for_after_a_view_that_blocks_has_all_its_time(clock: Clock, fields: bytes, wait: str) -> None:
    client = clock.dial()
    clock.slow = 2 * clock.loop.timeouts.seconds(wait)
    clock.send(client, BEGINNING + fields + END)
    clock.time += 1.0
    clock.loop.turn()
    assert [each.wait for each in clock.loop.clients.values()] == [wait]


POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"


def test_a_body_has_time_as_long_as_it_moves(clock: Clock) -> None:
    client = clock.dial()
    clock.send(client, POST)
    for _ in range(10):
        clock.time += clock.loop.timeouts.progress - 1
        clock.send(client, bytes(10_000))
    assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_a_body_that_moves_too_slowly_is_refused(clock: Clock) -> None:
    client = clock.dial()
    clock.send(client, POST)
    for _ in range(int(clock.loop.timeouts.progress) + 1):
        clock.time += 1.0
        clock.send(client, b"x")
    clock.loop.turn()
    assert client.recv(65536).startswith(b"HTTP/1.1 408 ")


def test_a_body_that_moves_fast_at_first_gains_no_more_than_the_time_of_progress(clock: Clock) -> None:
    client = clock.dial()
    clock.send(client, POST)
    clock.send(client, bytes(65_000))
    clock.time += clock.loop.timeouts.progress
    clock.loop.turn()
    assert client.recv(65536).startswith(b"HTTP/1.1 408 ")


def test_time_that_a_view_takes_is_not_a_clients_own(clock: Clock) -> None:
    """A response in pieces, each of which takes longer than a client may take."""
    client = clock.dial()
    clock.pieces, clock.slow = 5, 2 * clock.loop.timeouts.progress
    clock.send(client, BEGINNING + END)
    while not clock.is_idle():
        clock.loop.turn()
    assert client.recv(65536).endswith(b"0\r\n\r\n")


def test_empty_pieces_without_end_leave_the_loop_at_rest(clock: Clock) -> None:
    client, other = clock.dial(), clock.dial()
    clock.empty = True
    clock.send(client, BEGINNING + END)
    for _ in range(MANY + 1):
        clock.loop.turn()
    assert clock.loop.patience() == TICK * events.SECOND
    clock.empty = False
    clock.send(other, BEGINNING + END)
    assert other.recv(65536).startswith(b"HTTP/1.1 200 ")
    clock.time += TICK
    for _ in range(3):
        clock.loop.turn()
    assert client.recv(65536).endswith(b"5\r\nfirst\r\n0\r\n\r\n")


@pytest.mark.parametrize("more", [0, 1])
def test_a_turn_accepts_several_clients_that_wait(clock: Clock, more: int) -> None:
    before = len(clock.loop.clients)
    for _ in range(events.ACCEPTED + more):
        clock.stack.enter_context(socket.create_connection((HOST, clock.listener.getsockname()[1]), 10))
    clock.loop.turn()
    assert len(clock.loop.clients) - before == events.ACCEPTED
    if more:
        clock.loop.turn()
    assert len(clock.loop.clients) - before == events.ACCEPTED + more

"""The driver pool: views that block, and the threads that stand in for them."""

import logging
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from threading import Event, Thread
from time import monotonic

import pytest

from raw_router.drivers import TIMEOUTS, Timeouts, events, pool
from raw_router.drivers.client import READ, Client
from raw_router.listeners import open_listener
from raw_router.messages import Request, Response
from raw_router.responder import Responder
from tests.serving import HOST, becomes_true, dial, driving, reset

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
BLOCKS = b"GET /blocks HTTP/1.1\r\nHost: a\r\n\r\n"
STREAM = b"GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"
MANY = 8  # views that block


class Views:
    """A handler whose views block until they may go on."""

    def __init__(self) -> None:
        self.go_on = Event()
        self.running = 0
        self.most = 0
        self.closed = 0

    def __call__(self, request: Request) -> Response:
        if request.path == "/blocks":
            self.block()
        if request.path == "/stream":
            return Response(200, (), Stream(self))
        body = request.query.encode() or b"body"
        return Response(200, (("Content-Length", str(len(body))),), body)

    def block(self) -> None:
        self.running += 1
        self.most = max(self.most, self.running)
        self.go_on.wait(30)
        self.running -= 1


class Stream:
    """A body whose first piece comes at once, and whose second piece blocks."""

    def __init__(self, views: Views) -> None:
        self.views = views

    def __iter__(self) -> Iterator[bytes]:
        yield b"first"
        while True:
            self.views.block()
            yield b"next"

    def close(self) -> None:
        self.views.closed += 1


@pytest.fixture
def views() -> Iterator[Views]:
    views = Views()
    yield views
    views.go_on.set()


@contextmanager
def served(views: Views, timeouts: Timeouts = TIMEOUTS) -> Iterator[int]:
    with driving(partial(Responder, views), pool.serve, timeouts=replace(timeouts, grace=0.2)) as port:
        yield port


def ask(client: socket.socket, data: bytes = GET) -> bytes:
    client.sendall(data)
    return client.recv(65536)


def block_all(stack: ExitStack, port: int, views: Views, count: int, data: bytes = BLOCKS) -> list[socket.socket]:
    """Return clients whose views block."""
    clients = [stack.enter_context(dial(port)) for _ in range(count)]
    for client in clients:
        client.sendall(data)
    assert becomes_true(lambda: views.running == count)
    return clients


@pytest.mark.parametrize("data", [BLOCKS, STREAM], ids=["views", "streams"])
def test_while_views_block_others_are_served(views: Views, data: bytes) -> None:
    with served(views) as port, ExitStack() as stack:
        clients = block_all(stack, port, views, MANY, data)
        with dial(port) as other:
            assert all(ask(other).endswith(b"body") for _ in range(20))
        views.go_on.set()
        assert all(client.recv(65536).startswith(b"HTTP/1.1 200 ") for client in clients)


def test_who_waits_behind_a_view_is_served_by_a_stand_in(views: Views) -> None:
    """They come in the same turn of the loop."""
    with open_listener((HOST, 0)) as listener, ExitStack() as stack:
        ours, theirs = map(stack.enter_context, socket.socketpair())
        port = listener.getsockname()[1]
        clients = [stack.enter_context(dial(port)) for _ in range(3)]
        for client, data in zip(clients, (GET, BLOCKS, GET), strict=True):
            client.sendall(data)
        thread = Thread(target=pool.serve, args=([listener], partial(Responder, views), ours))
        thread.start()
        assert all(clients[number].recv(65536).endswith(b"body") for number in (0, 2))
        views.go_on.set()
        assert clients[1].recv(65536).endswith(b"body")
        theirs.send(b"!")
        thread.join()


def test_beyond_the_threads_requests_wait_and_nobody_else(views: Views) -> None:
    timeouts = replace(TIMEOUTS, threads=2, head=0.2)
    with served(views, timeouts) as port, ExitStack() as stack:
        block_all(stack, port, views, 2)
        waiting = [stack.enter_context(dial(port)) for _ in range(3)]
        for client in waiting:
            client.sendall(GET + GET)
        reset(waiting.pop())
        with dial(port) as slow:
            slow.sendall(b"GET / HT")
            assert slow.recv(65536).startswith(b"HTTP/1.1 408 ")
        views.go_on.set()
        assert all(client.recv(65536).count(b"200 OK") == 2 for client in waiting)
        assert views.most == 2


def test_responses_have_the_order_of_the_requests(views: Views) -> None:
    with served(views) as port, ExitStack() as stack:
        [client] = block_all(stack, port, views, 1)
        for number in range(3):
            client.sendall(b"GET /?%d HTTP/1.1\r\nHost: a\r\n\r\n" % number)
            with dial(port) as other:
                assert ask(other).endswith(b"body")
        views.go_on.set()
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        answers = b"".join(iter(partial(client.recv, 65536), b""))
    bodies = [answer.partition(b"\r\n\r\n")[2] for answer in answers.split(b"HTTP/1.1 200")[1:]]
    assert bodies == [b"body", b"0", b"1", b"2", b"body"]


def test_a_client_that_leaves_costs_the_end_of_its_stream(views: Views) -> None:
    with served(views) as port, ExitStack() as stack:
        [client] = block_all(stack, port, views, 1, STREAM)
        reset(client)
        with dial(port) as other:
            assert ask(other).endswith(b"body")
        assert views.closed == 0
        views.go_on.set()
        assert becomes_true(lambda: views.closed == 1)


def test_endless_streams_end_with_the_grace(views: Views) -> None:
    with ExitStack() as stack:
        with served(views, replace(TIMEOUTS, threads=MANY)) as port:
            block_all(stack, port, views, MANY, STREAM)
            before = monotonic()
        assert monotonic() - before < 5
        views.go_on.set()
        assert becomes_true(lambda: views.closed == MANY)


def set_at_end(client: socket.socket, event: Event) -> None:
    """Wait until the server stops, which ends idle connections."""
    client.recv(1)
    event.set()


def test_a_view_that_ends_within_the_grace_is_answered(views: Views) -> None:
    with ExitStack() as stack:
        with driving(partial(Responder, views), pool.serve) as port:
            [client] = block_all(stack, port, views, 1)
            idle = stack.enter_context(dial(port))
            assert ask(idle)
            Thread(target=set_at_end, args=(idle, views.go_on)).start()
        assert client.recv(65536).endswith(b"body")
        assert client.recv(1) == b""


def test_without_room_for_a_thread_requests_wait(monkeypatch: pytest.MonkeyPatch, views: Views) -> None:
    class Scarce(Thread):
        started = 0

        def start(self) -> None:
            Scarce.started += 1
            if Scarce.started > 2:
                raise RuntimeError("can't start new thread")
            super().start()

    monkeypatch.setattr(pool, "Thread", Scarce)
    with served(views) as port, ExitStack() as stack:
        block_all(stack, port, views, 1)
        with dial(port) as other:
            other.sendall(GET)
            assert becomes_true(lambda: Scarce.started > 2)
            views.go_on.set()
            assert other.recv(65536).endswith(b"body")


def test_an_error_of_the_loop_itself_ends_the_server(monkeypatch: pytest.MonkeyPatch, views: Views) -> None:
    def fails(loop: events.Loop) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(pool.Pool, "expire", fails)
    with open_listener((HOST, 0)) as listener, ExitStack() as stack:
        stop, _ = map(stack.enter_context, socket.socketpair())
        stack.enter_context(dial(listener.getsockname()[1]))
        with pytest.raises(ZeroDivisionError):
            pool.serve([listener], partial(Responder, views), stop)


@pytest.fixture
def made(views: Views) -> Iterator[pool.Pool]:
    """A pool without threads."""
    with open_listener((HOST, 0)) as listener, ExitStack() as stack:
        stop, _ = map(stack.enter_context, socket.socketpair())
        yield pool.Pool([listener], partial(Responder, views), stop, TIMEOUTS)


def test_a_stand_in_does_not_doze_while_the_application_is_asked(made: pool.Pool) -> None:
    made.asked = 1
    made.doze(asked=0)
    assert not made.dozes
    made.close()


def test_what_is_handed_over_after_the_end_is_closed(made: pool.Pool, views: Views) -> None:
    here, there = socket.socketpair()
    with there:
        client = Client(here, Responder(views), 0.0)
        made.clients[here.fileno()] = client
        made.poll.register(here, READ)
        client.connection.receive(STREAM)
        client.is_asking = True
        made.close()
        assert views.closed == 0
        made.hand_over(client, b"")
        assert views.closed == 1


def test_a_loop_that_was_woken_often_is_woken(made: pool.Pool, caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as sock, caplog.at_level(logging.ERROR):
        client = Client(sock, Responder(lambda request: Response(204)), 0.0)
        for _ in range(2000):
            made.hand_over(client, b"")
        made.take_late()
    assert len(made.answers) == 2000
    made.answers.clear()
    made.close()

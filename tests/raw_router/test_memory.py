"""The memory that clients make the server use: one budget for all of them."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import replace
from functools import partial
from threading import Event
from typing import Any, TypeAlias

import pytest

from raw_router.asgi import AsgiApplication
from raw_router.buffers import memory_of, rest_of
from raw_router.drivers import TIMEOUTS, Timeouts, coroutines
from raw_router.limits import LIMITS
from raw_router.messages import Request, Response
from raw_router.responder import Responder
from tests.serving import DRIVERS, HOST, dial, driving, exchange, reset

BODY = 100_000  # octets
MEMORY = 4 * BODY
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % BODY
LIMITED = replace(TIMEOUTS, memory=MEMORY, progress=0.5)
MANY = 20  # clients


View: TypeAlias = Callable[[bytes], bytes]  # from the body of a request to that of its response
Start: TypeAlias = Callable[[View, Timeouts], AbstractContextManager[int]]


def echo(body: bytes) -> bytes:
    return body


def start(driver: str, view: View, timeouts: Timeouts) -> AbstractContextManager[int]:
    """Serve a view until the block ends; the context manager yields the port."""

    def handler(request: Request) -> Response:
        content = view(request.body)
        return Response(200, (("Content-Length", str(len(content))),), content)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        content = view((await receive())["body"])
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": content})

    if driver == "asgi":
        connect: Any = AsgiApplication(application)
        serve: Any = coroutines.serve_application
        return driving(connect, serve, timeouts=timeouts)
    return driving(partial(Responder, handler), DRIVERS[driver], timeouts=timeouts)


@pytest.fixture(params=["events", "pool", "coroutines", "asgi"])
def serve(request: pytest.FixtureRequest) -> Start:
    return partial(start, request.param)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def half_sent(stack: ExitStack, port: int, count: int = MANY) -> list[socket.socket]:
    """Return clients that have sent all of their bodies but the last octet, as far as the server reads them."""
    clients = [stack.enter_context(dial(port)) for _ in range(count)]
    for client in clients:
        client.sendall(POST + bytes(BODY - 1))
    return clients


def test_bodies_without_room_wait_and_get_503(serve: Start, stack: ExitStack) -> None:
    with serve(echo, LIMITED) as port:
        clients = half_sent(stack, port)
        for _ in range(2):
            reset(clients.pop())
        assert exchange(port, GET).startswith(b"HTTP/1.1 200 ")
        answers = [client.recv(65536) for client in clients]
    statuses = [answer[9:12] for answer in answers]
    assert set(statuses) == {b"408", b"503"}
    # Those that have room at first time out, and then as many others may get it before their own wait is over.
    assert statuses.count(b"408") <= 2 * (MEMORY // BODY + 2) < len(statuses)
    assert all(b"\r\nRetry-After: " in answer for answer in answers if answer[9:12] == b"503")


def test_bodies_that_get_room_in_time_are_received(serve: Start, stack: ExitStack) -> None:
    """Their own time stands still meanwhile."""
    with serve(echo, replace(LIMITED, progress=5.0)) as port:
        clients = half_sent(stack, port)
        for client in clients:
            client.sendall(b"x")
        for client in clients:
            client.shutdown(socket.SHUT_WR)
        assert [received(client)[9:12] for client in clients] == [b"200"] * MANY


def received(client: socket.socket) -> bytes:
    return b"".join(iter(partial(client.recv, 65536), b""))


@pytest.mark.parametrize("end", [socket.socket.close, reset], ids=["closes", "resets"])
def test_a_client_without_room_that_leaves_is_forgotten(
    serve: Start, stack: ExitStack, end: Callable[[socket.socket], None]
) -> None:
    with serve(echo, replace(LIMITED, progress=30.0)) as port:
        for client in half_sent(stack, port):
            end(client)
        assert exchange(port, POST + bytes(BODY)).startswith(b"HTTP/1.1 200 ")


def test_far_beyond_the_budget_no_view_is_called(serve: Start, stack: ExitStack) -> None:
    asked = []

    def large(body: bytes) -> bytes:
        asked.append(body)
        return bytes(10_000_000)

    with serve(large, Timeouts(memory=1_000_000)) as port:
        client = stack.enter_context(dial(port))
        client.sendall(GET)
        assert client.recv(12).startswith(b"HTTP/1.1 200")
        assert exchange(port, GET).startswith(b"HTTP/1.1 503 ")
        client.close()
    assert len(asked) == 1


def test_of_requests_that_arrive_together_only_some_get_a_view(serve: Start, stack: ExitStack) -> None:
    begun, go_on = Event(), Event()
    large: list[bytes] = []

    def view(body: bytes) -> bytes:
        if body:
            begun.set()
            assert go_on.wait(30)
            return b""
        large.append(body)
        return bytes(10_000_000)

    with serve(view, Timeouts(memory=1_000_000, threads=1)) as port:
        first, *others = [stack.enter_context(dial(port)) for _ in range(MANY)]
        first.sendall(POST + bytes(BODY))
        assert begun.wait(30)
        for client in others:
            client.sendall(GET)
        go_on.set()
        statuses = [client.recv(12)[9:] for client in others]
        assert (statuses.count(b"200"), statuses.count(b"503")) == (1, len(others) - 1)
        for client in others:
            client.close()
    assert len(large) == 1


def test_the_rest_of_a_response_keeps_the_whole_response_in_memory() -> None:
    assert memory_of(bytes(100)) == 100
    assert memory_of(rest_of((bytes(10), bytes(100), bytes(5)), 70)) == 105


MEASURED = """
import socket, sys
from functools import partial
from dataclasses import replace
from raw_router.__main__ import DRIVERS
from raw_router.listeners import open_listener
from raw_router.responder import Responder
from raw_router.drivers import TIMEOUTS
from raw_router.limits import LIMITS
from raw_router.messages import Response
def view(request):
    return Response(200, (("Content-Length", "8000000"),), bytes(8_000_000))
stop, wake = socket.socketpair()
listener = open_listener(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
connect = partial(Responder, view, limits=LIMITS)
DRIVERS[sys.argv[1]]([listener], connect, stop, replace(TIMEOUTS, memory=int(sys.argv[2])))
"""
SMALL = 16 * 1024 * 1024  # octets


@pytest.mark.parametrize("driver", ["events", "pool", "coroutines"])
@pytest.mark.parametrize("reads", [False, True], ids=["half-sent", "never reads"])
def test_a_process_stays_within_its_budget(driver: str, reads: bool) -> None:
    """Clients send bodies of 1 MiB, all but the last octet, or all of it and read nothing."""
    command = [sys.executable, "-c", MEASURED, driver, str(SMALL)]
    size = LIMITS.body
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, ExitStack() as stack:
        stack.callback(process.kill)
        assert process.stdout is not None
        port = int(process.stdout.readline())
        exchange(port, GET)
        before = resident(process.pid)
        head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size
        clients = [stack.enter_context(socket.create_connection((HOST, port))) for _ in range(100)]
        most = 0
        for client in clients:
            client.settimeout(0.02)
            with suppress(TimeoutError, ConnectionError):
                client.sendall(head + bytes(size - (not reads)))
            most = max(most, resident(process.pid))
        assert most - before < 4 * SMALL
        for client in clients:
            client.close()


def resident(pid: int) -> int:
    """Return the octets of a process that are in memory."""
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

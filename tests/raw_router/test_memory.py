"""The memory that clients make the server use: one budget for all of them."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from threading import Event

import pytest

from raw_router.drivers import TIMEOUTS, Timeouts
from raw_router.limits import LIMITS
from raw_router.messages import Request, Response
from raw_router.responder import Responder
from tests.serving import DRIVERS, HOST, Serve, dial, driving, exchange, reset

BODY = 100_000  # octets
MEMORY = 4 * BODY
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % BODY
LIMITED = replace(TIMEOUTS, memory=MEMORY, progress=0.5)
MANY = 20  # clients


def echo(request: Request) -> Response:
    return Response(200, (("Content-Length", str(len(request.body))),), request.body)


@pytest.fixture(params=["events", "pool"])
def serve(request: pytest.FixtureRequest) -> Serve:
    return DRIVERS[request.param]


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


def test_bodies_without_room_wait_and_get_503(serve: Serve, stack: ExitStack) -> None:
    with driving(partial(Responder, echo), serve, timeouts=LIMITED) as port:
        clients = half_sent(stack, port)
        for _ in range(2):
            reset(clients.pop())
        assert exchange(port, GET).startswith(b"HTTP/1.1 200 ")
        answers = [client.recv(65536) for client in clients]
    statuses = [answer[9:12] for answer in answers]
    assert set(statuses) == {b"408", b"503"}
    assert statuses.count(b"408") <= MEMORY // BODY + 2
    assert all(b"\r\nRetry-After: " in answer for answer in answers if answer[9:12] == b"503")


def test_bodies_that_get_room_in_time_are_received(serve: Serve, stack: ExitStack) -> None:
    """Their own time stands still meanwhile."""
    with driving(partial(Responder, echo), serve, timeouts=replace(LIMITED, progress=5.0)) as port:
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
    serve: Serve, stack: ExitStack, end: Callable[[socket.socket], None]
) -> None:
    with driving(partial(Responder, echo), serve, timeouts=replace(LIMITED, progress=30.0)) as port:
        for client in half_sent(stack, port):
            end(client)
        assert exchange(port, POST + bytes(BODY)).startswith(b"HTTP/1.1 200 ")


def test_far_beyond_the_budget_no_view_is_called(serve: Serve, stack: ExitStack) -> None:
    asked = []

    def large(request: Request) -> Response:
        asked.append(request)
        return Response(200, (("Content-Length", str(10_000_000)),), bytes(10_000_000))

    timeouts = Timeouts(memory=1_000_000)
    with driving(partial(Responder, large), serve, timeouts=timeouts) as port:
        client = stack.enter_context(dial(port))
        client.sendall(GET)
        assert client.recv(12).startswith(b"HTTP/1.1 200")
        assert exchange(port, GET).startswith(b"HTTP/1.1 503 ")
        client.close()
    assert len(asked) == 1


def test_of_requests_that_arrive_together_only_some_get_a_view(serve: Serve, stack: ExitStack) -> None:
    begun, go_on = Event(), Event()
    large: list[Request] = []

    def view(request: Request) -> Response:
        if request.method == "HEAD":
            begun.set()
            assert go_on.wait(30)
            return Response(200)
        large.append(request)
        return Response(200, (("Content-Length", str(10_000_000)),), bytes(10_000_000))

    with driving(partial(Responder, view), serve, timeouts=Timeouts(memory=1_000_000, threads=1)) as port:
        first, *others = [stack.enter_context(dial(port)) for _ in range(MANY)]
        first.sendall(b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert begun.wait(30)
        for client in others:
            client.sendall(GET)
        go_on.set()
        statuses = [client.recv(12)[9:] for client in others]
        assert (statuses.count(b"200"), statuses.count(b"503")) == (1, len(others) - 1)
        for client in others:
            client.close()
    assert len(large) == 1


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


@pytest.mark.parametrize("driver", ["events", "pool"])
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

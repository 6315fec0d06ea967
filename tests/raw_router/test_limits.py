"""What drivers do at their limits: too many clients, no descriptor left, slow ones by the thousand, and the end."""

import resource
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial
from threading import Event, Thread
from weakref import WeakSet

import pytest

from raw_router.__main__ import room_for_clients
from raw_router.drivers import PAUSE, TIMEOUTS, Connect, Timeouts, events, serial, threads
from raw_router.listeners import open_listener
from raw_router.messages import Request, Response
from raw_router.responder import Responder
from tests.serving import DRIVERS, HOST, Serve, becomes_true, dial, driving, exchange

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
CONCURRENT = [name for name in DRIVERS if name != "serial"]
CROWD = 1000  # clients
CROWDED = 8.0  # seconds, in which even a busy machine has served such a crowd
LARGE = 200_000  # octets: more than the socket buffers of a slow reader take


def handler(request: Request) -> Response:
    body = bytes(LARGE) if request.path == "/large" else b"body"
    return Response(200, (("Content-Length", str(len(body))),), body)


connect = partial(Responder, handler)


def dial_slowly(port: int) -> socket.socket:
    """Connect with little room for what comes."""
    client = socket.socket()
    client.settimeout(30)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect((HOST, port))
    return client


def receive_all(client: socket.socket) -> bytes:
    """Return what comes until the server closes or resets."""
    received = b""
    with suppress(ConnectionResetError):
        while data := client.recv(65536):
            received += data
    return received


def ask(client: socket.socket) -> bytes:
    client.sendall(GET)
    return client.recv(65536)


class Stoppable:
    """A driver in a thread, to be stopped while clients are connected."""

    def __init__(self, serve: Serve, timeouts: Timeouts, connect: Connect) -> None:
        self.listener = open_listener((HOST, 0))
        self.port: int = self.listener.getsockname()[1]
        self.stop, self.wake = socket.socketpair()
        self.thread = Thread(target=serve, args=([self.listener], connect, self.stop, timeouts))
        self.thread.start()

    def end(self) -> None:
        self.wake.send(b"!")

    def close(self) -> None:
        self.thread.join()
        for each in (self.listener, self.stop, self.wake):
            each.close()


@contextmanager
def stoppable(serve: Serve, timeouts: Timeouts, connect: Connect = connect) -> Iterator[Stoppable]:
    server = Stoppable(serve, timeouts, connect)
    try:
        yield server
    finally:
        server.end()
        server.close()


@pytest.fixture(params=DRIVERS)
def serve(request: pytest.FixtureRequest) -> Serve:
    return DRIVERS[request.param]


@pytest.fixture(params=CONCURRENT)
def concurrent(request: pytest.FixtureRequest) -> Serve:
    return DRIVERS[request.param]


def is_over(client: socket.socket) -> bool:
    return client.recv(1) == b""


def test_a_server_that_stops_ends_idle_connections_at_once(serve: Serve) -> None:
    with stoppable(serve, replace(TIMEOUTS, grace=60)) as server, dial(server.port) as client:
        assert ask(client).endswith(b"body")
        server.end()
        assert is_over(client)


def test_a_server_that_stops_answers_what_has_begun(serve: Serve) -> None:
    with stoppable(serve, replace(TIMEOUTS, grace=60)) as server, dial(server.port) as client, ExitStack() as others:
        client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 100 ")  # so it has begun
        idle = [] if serve is serial.serve else [others.enter_context(dial(server.port))]
        assert all(ask(each) for each in idle)
        server.end()
        assert all(is_over(each) for each in idle)  # so it is known that the server stops
        client.sendall(b"x" + GET)
        answer = client.recv(65536)
        assert answer.count(b"HTTP/1.1 200 OK") == 1
        assert b"Connection: close\r\n" in answer
        assert is_over(client)


def test_grace_ends(serve: Serve) -> None:
    with stoppable(serve, replace(TIMEOUTS, grace=0.2, head=60)) as server, dial(server.port) as client:
        assert ask(client).endswith(b"body")
        client.sendall(b"GET / HTTP/1.1\r\n")
        server.end()
        server.thread.join()


def test_threads_that_stop_wait_for_no_room() -> None:
    """All the room there is has a view that takes longer than the grace."""
    asked, over = Event(), Event()

    def waits(request: Request) -> Response:
        asked.set()
        over.wait(30)
        return handler(request)

    timeouts = replace(TIMEOUTS, connections=1, grace=0.2)
    with stoppable(threads.serve, timeouts, partial(Responder, waits)) as server, dial(server.port) as client:
        client.sendall(GET)
        assert asked.wait(10)
        with dial(server.port):
            assert becomes_true(lambda: not select.select([server.listener], [], [], 0)[0])  # it is accepted
            server.end()
            server.thread.join(10)
            assert not server.thread.is_alive()
        over.set()


def test_clients_beyond_the_bound_wait(concurrent: Serve) -> None:
    with driving(connect, concurrent, timeouts=replace(TIMEOUTS, connections=2)) as port, dial(port) as first:
        with dial(port) as second, dial(port) as third:
            assert ask(first)
            assert ask(second)
            third.sendall(GET)
            assert select.select([third], [], [], PAUSE + 0.2)[0] == []
            assert ask(first)
            second.close()
            assert third.recv(65536).endswith(b"body")
        assert exchange(port, GET).endswith(b"body")


LIMITED = """
import resource, socket, sys
from functools import partial
from raw_router.__main__ import DRIVERS
from raw_router.responder import Responder
from raw_router.drivers import TIMEOUTS
from raw_router.listeners import open_listener
from raw_router.messages import Response
connect = partial(Responder, lambda request: Response(200, (("Content-Length", "0"),)))
stop, wake = socket.socketpair()
listener = open_listener(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
DRIVERS[sys.argv[1]]([listener], connect, stop, TIMEOUTS)
"""


@pytest.mark.parametrize("driver", CONCURRENT)
def test_without_a_descriptor_left_clients_wait_and_nobody_is_lost(driver: str) -> None:
    command = [sys.executable, "-c", LIMITED, driver]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process, ExitStack() as stack:
        stack.callback(process.terminate)
        assert process.stdout is not None
        assert process.stderr is not None
        port = int(process.stdout.readline())
        clients = [stack.enter_context(dial(port)) for _ in range(60)]
        for client in clients:
            client.sendall(GET)
        assert "no room for another client" in process.stderr.readline()
        assert clients[0].recv(65536).startswith(b"HTTP/1.1 200 ")
        assert ask(clients[0])  # who is connected is served on
        for client in clients[:50]:
            client.close()
        assert all(client.recv(65536).startswith(b"HTTP/1.1 200 ") for client in clients[50:])


@pytest.fixture
def crowd() -> Iterator[int]:
    """Raise the limit of descriptors as the server does, and yield how many clients this process has room for.

    A client and its connection need a descriptor each.
    """
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield min(CROWD, room_for_clients() // 2)
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_a_thousand_slow_senders_delay_nobody_and_get_408(crowd: int) -> None:
    with stoppable(events.serve, replace(TIMEOUTS, head=CROWDED)) as server, ExitStack() as stack:
        slow = [stack.enter_context(dial(server.port)) for _ in range(crowd)]
        for client in slow:
            client.sendall(b"GET / HT")
        assert exchange(server.port, GET).endswith(b"body")
        assert select.select(slow[:1], [], [], 0)[0] == []  # while none of the slow ones was given up
        assert all(client.recv(65536).startswith(b"HTTP/1.1 408 ") for client in slow)


def test_a_thousand_slow_readers_delay_nobody_and_are_given_up(crowd: int) -> None:
    connections: WeakSet[Responder] = WeakSet()

    class Seen(Responder):
        __slots__ = ("__weakref__",)

        def __init__(self, client: str) -> None:
            super().__init__(handler, client)
            connections.add(self)

    with stoppable(events.serve, replace(TIMEOUTS, progress=CROWDED), Seen) as server, ExitStack() as stack:
        server.listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        slow = [stack.enter_context(dial_slowly(server.port)) for _ in range(crowd)]
        for client in slow:
            client.sendall(GET.replace(b"/", b"/large", 1))
        assert exchange(server.port, GET).endswith(b"body")
        assert len(connections) >= crowd  # while none of the slow ones was given up
        assert becomes_true(lambda: not connections)
        assert all(len(receive_all(client)) < LARGE for client in slow)

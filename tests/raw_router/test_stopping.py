"""Servers that stop while clients are busy: no complete request is lost, and new clients are refused."""

import signal
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from threading import Event, Thread

import pytest

from raw_router.drivers import TIMEOUTS
from raw_router.listeners import open_listener, port_of
from raw_router.messages import Request, Response
from raw_router.responder import Responder
from tests.raw_router.processes import started
from tests.serving import DRIVERS, HOST, Serve, becomes_true, dial, driving_on

GET = b"GET /test HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST = GET[:-2] + b"Connection: close\r\n\r\n"
CLIENTS = 4  # of each kind


class Load:
    """Clients that send requests until they are refused. A request counts as lost if it gets no response."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.seen: Counter[str] = Counter()

    def connect_again_and_again(self) -> None:
        self.until_refused(lambda client: self.ask(client, LAST) and False)

    def persist(self) -> None:
        self.until_refused(lambda client: self.ask(client, GET))

    def until_refused(self, goes_on: Callable[[socket.socket], bool]) -> None:
        while True:
            try:
                client = dial(self.port)
            except ConnectionRefusedError:
                return
            with client:
                while goes_on(client):
                    pass

    def ask(self, client: socket.socket, request: bytes) -> bool:
        """Count the response; return whether the connection persists."""
        try:
            client.sendall(request)
            answer = client.recv(65536)
        except OSError as error:
            answer = type(error).__name__.encode()
        is_answered = answer.startswith(b"HTTP/1.1 200 ")
        self.seen["answered" if is_answered else f"lost: {answer[:30]!r}"] += 1
        return is_answered and b"Connection: close" not in answer


@pytest.mark.parametrize("round", [0, *(pytest.param(each, marks=pytest.mark.full) for each in range(1, 10))])
@pytest.mark.parametrize(
    "options",
    [*(["--driver", driver] for driver in DRIVERS), ["--workers", "2"], ["--workers", "2", "--driver", "threads"]],
    ids=" ".join,
)
def test_no_request_is_lost_when_the_server_stops(options: list[str], round: int) -> None:
    with started(*options) as server:
        load = Load(server.port)
        kinds = [load.connect_again_and_again] if "serial" in options else [load.connect_again_and_again, load.persist]
        threads = [Thread(target=kind) for kind in kinds * CLIENTS]
        for thread in threads:
            thread.start()
        assert becomes_true(lambda: load.seen["answered"] > 200)
        server.process.send_signal(signal.SIGTERM)
        for thread in threads:
            thread.join()
        assert set(load.seen) == {"answered"}
        assert server.process.wait(20) == 0
        assert server.errors.read() == ""


@pytest.fixture(params=DRIVERS.values(), ids=list(DRIVERS))
def serve(request: pytest.FixtureRequest) -> Serve:
    driver: Serve = request.param
    return driver


class Watched(Responder):
    """Notes that the server has begun to stop."""

    retired = Event()

    def retire(self) -> None:
        super().retire()
        self.retired.set()


def handler(request: Request) -> Response:
    return Response(200, (("Content-Length", "4"),), b"here")


@pytest.fixture
def connect() -> Callable[[str], Watched]:
    Watched.retired.clear()
    return partial(Watched, handler)


def test_clients_in_the_queue_are_served_before_the_listener_is_closed(
    serve: Serve, connect: Callable[[str], Watched]
) -> None:
    timeouts = replace(TIMEOUTS, connections=1, closed=0.1)
    with ExitStack() as stack:
        listener = stack.enter_context(open_listener((HOST, 0)))
        with driving_on([listener], connect, serve, timeouts):
            first, *queued = [stack.enter_context(dial(port_of(listener))) for _ in range(3)]
            first.sendall(GET)
            assert first.recv(65536).endswith(b"here")
            for client in queued:
                client.sendall(LAST)
        for client in queued:
            assert client.recv(65536).endswith(b"here")
        assert listener.fileno() == -1


def test_a_queue_that_does_not_get_shorter_ends_with_the_grace(serve: Serve, connect: Callable[[str], Watched]) -> None:
    with open_listener((HOST, 0)) as listener, dial(port_of(listener)) as client, dial(port_of(listener)):
        with driving_on([listener], connect, serve, replace(TIMEOUTS, connections=1, closed=0.1, grace=0.3)):
            client.sendall(GET[:-2])
        assert listener.fileno() == -1


def test_an_idle_client_has_a_moment_for_its_last_request(serve: Serve, connect: Callable[[str], Watched]) -> None:
    timeouts = replace(TIMEOUTS, last_request=20)
    with (
        open_listener((HOST, 0)) as listener,
        driving_on([listener], connect, serve, timeouts) as stop,
        dial(port_of(listener)) as client,
    ):
        client.sendall(GET)
        assert client.recv(65536).endswith(b"here")
        stop()
        assert Watched.retired.wait(10)
        client.sendall(GET)
        assert b"Connection: close\r\n" in client.recv(65536)


@pytest.mark.parametrize("driver", [name for name in DRIVERS if name != "serial"])
def test_new_clients_are_refused_while_others_are_served(connect: Callable[[str], Watched], driver: str) -> None:
    timeouts = replace(TIMEOUTS, last_request=0.1)
    with (
        open_listener((HOST, 0)) as listener,
        driving_on([listener], connect, DRIVERS[driver], timeouts) as stop,
        dial(port := port_of(listener)) as client,
    ):
        client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 100 ")  # so it has begun
        stop()
        assert becomes_true(lambda: listener.fileno() == -1)
        with pytest.raises(ConnectionRefusedError):
            dial(port)
        client.sendall(b"x")
        assert client.recv(65536).endswith(b"here")

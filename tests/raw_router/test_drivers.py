"""Every driver carries every conversation; one suite for all of them."""

import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any, cast

import pytest

from raw_router.buffers import Buffers
from raw_router.drivers import TIMEOUTS, Timeouts, events, pool, threads, unacknowledged
from raw_router.drivers.blocking import Carrier, Closing
from raw_router.drivers.client import Client
from raw_router.limits import LIMITS
from raw_router.listeners import Address, open_listener
from raw_router.messages import Request, Response
from raw_router.responder import Responder
from tests import serving
from tests.serving import DRIVERS, HOST, Serve, becomes_true, dial, driving, driving_on, exchange, reset

LARGE = 3_000_000  # octets: more than socket buffers take
HUGE = 20_000_000  # octets: more than the system buffers for a client that does not read
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def handler(request: Request) -> Response:
    size = LARGE if request.path == "/large" else 4
    return Response(200, (("Content-Length", str(size)),), b"x" * size)


def serve_huge(request: Request) -> Response:
    return Response(200, (("Content-Length", str(HUGE)),), bytes(HUGE))


@pytest.fixture(params=DRIVERS.values(), ids=list(DRIVERS))
def serve(request: pytest.FixtureRequest) -> Serve:
    driver: Serve = request.param
    return driver


@pytest.fixture(params=[name for name in DRIVERS if name != "serial"])
def concurrent(request: pytest.FixtureRequest) -> Serve:
    """A driver that serves others while one client is connected."""
    return DRIVERS[request.param]


@pytest.fixture
def port(serve: Serve) -> Iterator[int]:
    with driving(partial(Responder, handler), serve) as port:
        yield port


@pytest.fixture
def busy_port(concurrent: Serve) -> Iterator[int]:
    with driving(partial(Responder, handler), concurrent) as port:
        yield port


def receive_all(client: socket.socket) -> bytes:
    return b"".join(iter(partial(client.recv, 65536), b""))


def send_until_reset(client: socket.socket, port: int) -> None:
    """Return once the server has given the client up; others are served meanwhile."""
    deadline = monotonic() + 10
    with suppress(ConnectionResetError, BrokenPipeError):
        while monotonic() < deadline:
            client.sendall(b"y")
            assert_serves(port)
        pytest.fail("the client was not given up")


def assert_serves(port: int) -> None:
    assert exchange(port, GET).startswith(b"HTTP/1.1 200 OK\r\n")


def test_requests_follow_each_other(port: int) -> None:
    with dial(port) as client:
        for _ in range(3):
            client.sendall(GET)
            assert client.recv(65536).endswith(b"xxxx")


def test_a_request_may_come_in_pieces(busy_port: int) -> None:
    with dial(busy_port) as client:
        for octet in GET:
            client.sendall(bytes([octet]))
            assert_serves(busy_port)
        assert client.recv(65536).endswith(b"xxxx")


def test_a_client_that_half_closes_gets_all_its_answers(port: int) -> None:
    assert exchange(port, GET * 3).count(b"200 OK") == 3


@pytest.mark.parametrize("data", [b"", b"GET", GET])
def test_a_client_that_goes_away_ends_nothing(port: int, data: bytes) -> None:
    for end in (reset, socket.socket.close):
        client = dial(port)
        client.sendall(data)
        end(client)
    assert_serves(port)


def test_a_reset_while_much_is_unread_ends_nothing(port: int) -> None:
    client = dial(port)
    client.sendall(GET.replace(b"/", b"/large", 1))
    client.recv(1)
    reset(client)
    assert_serves(port)


def test_much_is_sent_as_the_client_reads(busy_port: int) -> None:
    with dial(busy_port) as client:
        client.sendall(GET.replace(b"/", b"/large", 1) * 2)
        client.shutdown(socket.SHUT_WR)
        assert_serves(busy_port)  # meanwhile others are served
        assert len(receive_all(client)) > 2 * LARGE


def test_the_last_answer_is_not_lost_to_a_reset(port: int) -> None:
    with dial(port) as client:
        client.sendall(b"nonsense\r\n\r\n" + b"y" * 100_000)
        assert client.recv(12) == b"HTTP/1.1 400"
        client.sendall(b"y" * 100_000)  # still read, and dropped
        assert b"Connection: close" in receive_all(client)


WAITS = {
    "idle": (b"", "idle", b""),
    "idle after a request": (GET, "idle", b"HTTP/1.1 200"),
    "head": (b"GET / HT", "head", b"HTTP/1.1 408"),
    "body": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx", "progress", b"HTTP/1.1 408"),
}


@pytest.mark.parametrize(("data", "wait", "answer"), WAITS.values(), ids=WAITS)
def test_waits_end(serve: Serve, data: bytes, wait: str, answer: bytes) -> None:
    timeouts = replace(TIMEOUTS, **{wait: 0.4})  # type: ignore[arg-type]
    with driving(partial(Responder, handler), serve, timeouts=timeouts) as port, dial(port) as client:
        client.sendall(data)
        assert receive_all(client)[:12] == answer


def test_a_client_after_a_long_silence_is_served(serve: Serve) -> None:
    with driving(partial(Responder, handler), serve, timeouts=replace(TIMEOUTS, idle=0.2)) as port:
        sleep(0.5)  # in which the server has no client: only time itself can pass the limit
        assert_serves(port)


def test_many_answers_that_the_client_has_to_take_one_by_one(serve: Serve) -> None:
    connect = partial(Responder, handler, limits=replace(LIMITS, unread=1))
    with driving(connect, serve) as port:
        assert exchange(port, GET * 3000).count(b"200 OK") == 3000


def test_a_client_that_never_pauses_does_not_keep_the_others_waiting(busy_port: int) -> None:
    over = Event()
    with dial(busy_port) as client:
        sends, reads = Thread(target=send_on, args=(client, over)), Thread(target=receive_all, args=(client,))
        sends.start()
        reads.start()
        for _ in range(5):
            assert_serves(busy_port)
        over.set()
        sends.join()
        reads.join()


@pytest.mark.parametrize("driver", ["events", "coroutines"])
def test_a_client_that_takes_its_answers_one_by_one_does_not_keep_the_others_waiting(driver: str) -> None:
    asked: list[str] = []
    begun, sent = Event(), Event()

    def waits(request: Request) -> Response:
        asked.append(request.path)
        if request.path == "/first":
            begun.set()
            sent.wait(10)
        return handler(request)

    connect = partial(Responder, waits, limits=replace(LIMITS, unread=1))
    with driving(connect, DRIVERS[driver]) as port, dial(port) as client, dial(port) as other:
        other.sendall(GET)
        other.recv(65536)
        client.sendall(GET.replace(b"/", b"/first", 1) + GET * 100)
        begun.wait(10)
        other.sendall(GET.replace(b"/", b"/other", 1))
        sent.set()
        client.shutdown(socket.SHUT_WR)
        receive_all(client)
        other.recv(65536)
    assert asked.index("/other") < len(asked) - 1


def send_on(client: socket.socket, over: Event) -> None:
    while not over.is_set():
        client.sendall(GET * 100)
    client.shutdown(socket.SHUT_WR)


def test_a_driver_minds_the_time_though_there_are_bytes(concurrent: Serve) -> None:
    timeouts = replace(TIMEOUTS, head=0.3)
    with driving(partial(Responder, handler), concurrent, timeouts=timeouts) as port, dial(port) as client:
        client.settimeout(0.02)
        client.sendall(b"GET / HTTP/1.1\r\nA: ")
        deadline = monotonic() + 10
        answer = b""
        while not answer and monotonic() < deadline:
            client.sendall(b"y")
            with suppress(TimeoutError):
                answer = client.recv(65536)
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_client_that_never_reads_is_dropped(concurrent: Serve) -> None:
    timeouts = replace(TIMEOUTS, progress=0.2)
    gone: list[bool] = []

    class Watched(Responder):
        def __del__(self) -> None:
            gone.append(True)

    connect = partial(Watched, handler)
    with driving(connect, concurrent, timeouts=timeouts) as port, dial(port) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(GET.replace(b"/", b"/large", 1) * 2)
        send_until_reset(client, port)
    assert gone


@pytest.fixture(params=["serial", "threads", "events", "pool"])
def synchronous(request: pytest.FixtureRequest) -> Serve:
    return DRIVERS[request.param]


MOVING = replace(TIMEOUTS, progress=0.3, min_rate=500)
POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 600\r\n\r\n"


@pytest.mark.parametrize(("size", "status"), [(60, b"200"), (1, b"408")], ids=["moves", "drips"])
def test_a_body_has_time_as_long_as_it_moves(synchronous: Serve, size: int, status: bytes) -> None:
    with driving(partial(Responder, handler), synchronous, timeouts=MOVING) as port, dial(port) as client:
        client.sendall(POST)
        for _ in range(600 // size):
            client.sendall(bytes(size))
            client.settimeout(0.05)
            with suppress(TimeoutError):
                if answer := client.recv(65536):
                    break
        assert answer[9:12] == status


def test_a_response_has_time_as_long_as_it_moves(synchronous: Serve) -> None:
    with driving(partial(Responder, serve_huge), synchronous, timeouts=MOVING) as port, dial(port) as client:
        client.sendall(GET)
        received = 0
        for _ in range(10):  # within it, no more than a part of the response
            received += len(client.recv(1_000_000))
            sleep(0.05)
        client.shutdown(socket.SHUT_WR)
        assert received + len(receive_all(client)) > HUGE


def test_without_a_minimum_rate_a_body_may_stand_still(synchronous: Serve) -> None:
    timeouts = replace(MOVING, min_rate=0)
    with driving(partial(Responder, handler), synchronous, timeouts=timeouts) as port, dial(port) as client:
        client.sendall(POST)
        sleep(0.5)
        client.sendall(bytes(600))
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_a_client_that_keeps_sending_after_the_end_is_dropped(concurrent: Serve) -> None:
    timeouts = replace(TIMEOUTS, closed=0.2)
    with driving(partial(Responder, handler), concurrent, timeouts=timeouts) as port, dial(port) as client:
        client.sendall(b"nonsense\r\n\r\n")
        send_until_reset(client, port)


def test_no_descriptor_is_left(serve: Serve) -> None:
    before = len(os.listdir("/proc/self/fd"))
    with driving(partial(Responder, handler), serve) as port:
        for _ in range(20):
            assert_serves(port)
            dial(port).close()
            reset(dial(port))
        with dial(port) as client:
            client.sendall(GET)
            client.recv(65536)
    assert becomes_true(lambda: len(os.listdir("/proc/self/fd")) <= before)  # threads end in their own time


@pytest.mark.parametrize("field", [b"", b"Connection: close\r\n"], ids=["keep", "close"])
def test_a_response_that_is_being_sent_is_finished_when_the_server_stops(serve: Serve, field: bytes) -> None:
    retired = Event()

    class Watched(Responder):
        def retire(self) -> None:
            super().retire()
            retired.set()

    def read_late(client: socket.socket) -> bytes:
        retired.wait(1)  # serial retires a connection when its response is sent
        return receive_all(client)

    with ThreadPoolExecutor(1) as executor:
        with driving(partial(Watched, serve_huge), serve) as port:
            client = dial(port)
            client.sendall(GET[:-2] + field + b"\r\n")
            assert client.recv(1) == b"H"
            received = executor.submit(read_late, client)
        with client:
            assert received.result().endswith(bytes(HUGE))


def test_events_close_what_is_open_when_they_stop() -> None:
    with driving(partial(Responder, handler), events.serve) as port:
        idle = dial(port)
        assert_serves(port)
    with idle:
        assert idle.recv(1) == b""


def defect(*_: object) -> bytes:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("method", "sends"),
    [("feed", b"POST"), ("feed_end", b""), ("time_out", b"GET"), ("answer", GET)],
)
@pytest.mark.parametrize("serve", [events.serve, pool.serve], ids=["events", "pool"])
def test_a_defect_in_one_connection_costs_the_others_nothing(
    caplog: pytest.LogCaptureFixture, serve: Serve, method: str, sends: bytes
) -> None:
    class Defective(Responder):
        __slots__ = ()

        feed_end = defect if method == "feed_end" else Responder.feed_end
        time_out = defect if method == "time_out" else Responder.time_out

        def feed(self, data: bytes) -> bytes:
            return defect() if method == "feed" and data == b"POST" else super().feed(data)

        def answer(self) -> Buffers:
            return defect() if method == "answer" and not others else super().answer()

    others: list[socket.socket] = []
    timeouts = replace(TIMEOUTS, head=0.2)
    with driving(partial(Defective, handler), serve, timeouts=timeouts) as port, dial(port) as client:
        client.sendall(sends)
        if method == "feed_end":
            client.shutdown(socket.SHUT_WR)
        receive_all(client)
        client.close()
        with dial(port) as other:
            others.append(other)
            other.sendall(GET)
            assert other.recv(65536).endswith(b"xxxx")
    assert "ZeroDivisionError" in caplog.text


def test_a_client_without_room_for_a_byte_gets_it_later() -> None:
    here, there = socket.socketpair()
    with here, there:
        here.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                here.send(bytes(65536))
        client = Client(here, Responder(handler), 0.0)
        assert client.send(b"answer") == 0
        assert client.unsent
        there.setblocking(False)
        with suppress(BlockingIOError):
            while there.recv(65536):
                pass
        assert client.send(client.unsent) == len(b"answer")
        assert not client.unsent
        assert there.recv(100) == b"answer"


def test_where_no_thread_can_be_had_the_client_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Thread] = []

    class Scarce(Thread):
        def start(self) -> None:
            started.append(self)
            if len(started) == 1:
                raise RuntimeError("can't start new thread")
            super().start()

    monkeypatch.setattr(threads, "Thread", Scarce)
    with driving(partial(Responder, handler), threads.serve) as port:
        with dial(port) as client:
            assert client.recv(1) == b""
        assert_serves(port)


def test_a_client_that_is_gone_before_it_is_accepted(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
    class Listener(socket.socket):
        accepted = 0

        def accept(self) -> tuple[socket.socket, tuple[str, int]]:
            client, address = super().accept()
            self.accepted += 1
            if self.accepted == 1:
                client.close()
                raise ConnectionAbortedError
            return client, address

    def open_listener(address: Address) -> socket.socket:
        listener = Listener()
        listener.bind(address)
        listener.listen()
        listener.setblocking(False)
        return listener

    monkeypatch.setattr(serving, "open_listener", open_listener)
    with driving(partial(Responder, handler), serve) as port:
        dial(port).close()
        assert_serves(port)


def test_what_a_client_takes_out_of_the_systems_buffers_is_progress(serve: Serve) -> None:
    body = bytes(8_000_000)
    connect = partial(Responder, lambda request: Response(200, (("Content-Length", str(len(body))),), body))
    with driving(connect, serve, timeouts=replace(TIMEOUTS, progress=0.3)) as port, dial(port) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        received = 0
        for _ in range(15):
            sleep(0.1)
            received += len(client.recv(70_000))
        while data := client.recv(1_000_000):
            received += len(data)
    assert received > len(body)


def test_a_system_that_cannot_say_what_it_has_queued() -> None:
    with open(os.devnull) as nothing:  # it has no such number, as sockets of some systems
        assert unacknowledged(cast(socket.socket, nothing)) == 0


@pytest.mark.parametrize("serve", [events.serve, pool.serve], ids=["events", "pool"])
def test_a_listener_that_is_shut_down_does_not_use_up_the_grace(serve: Serve) -> None:
    with open_listener((HOST, 0)) as listener:
        began = monotonic()
        with driving_on([listener], partial(Responder, handler), serve, Timeouts(grace=60)):
            listener.shutdown(socket.SHUT_RDWR)
    assert monotonic() - began < 30


@pytest.mark.parametrize("taken", [0, 4, 10])
def test_a_blocking_driver_sends_later_what_is_not_taken_at_once(taken: int) -> None:
    class Slow(socket.socket):
        def send(self, data: Any, flags: int = 0) -> int:
            if taken == 0:
                raise BlockingIOError
            return super().send(memoryview(data)[:taken], flags)

    ours, client = socket.socketpair()
    with Slow(fileno=ours.detach()) as slow, client:
        Carrier(slow, Responder(handler), Closing([], client, TIMEOUTS)).send(b"0123456789")
        assert client.recv(100) == b"0123456789"
        assert slow.gettimeout() is None

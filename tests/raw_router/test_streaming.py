"""Responses whose bodies are pulled piece by piece, from the handler to the wire."""

import logging
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import repeat
from threading import Thread
from time import sleep

import pytest

from raw_router.connection import Connection
from raw_router.drivers import MANY, TICK, TIMEOUTS
from raw_router.listeners import open_listener, port_of
from raw_router.messages import Body, Fields, Request, Response
from raw_router.responder import Responder
from tests.serving import DRIVERS, HOST, Serve, becomes_true, dial, exchange, reset, serving

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
OLD = b"GET / HTTP/1.0\r\n\r\n"
KEPT = b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
HEAD = b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"


def with_length(octets: int) -> Fields:
    return (("Content-Length", str(octets)),)


class Pulled:
    """An iterable that notes how far it was pulled, and whether it was closed."""

    def __init__(self, *pieces: object, error: BaseException | None = None) -> None:
        self.pieces = pieces
        self.error = error
        self.pulled = 0
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            self.pulled += 1
            yield piece  # type: ignore[misc]
        if self.error:
            raise self.error

    def close(self) -> None:
        self.closed += 1


def converse(body: Body, headers: Fields = (), data: bytes = GET, status: int = 200) -> tuple[bytes, Responder]:
    """Return what a client gets that takes everything, and the responder."""
    responder = Responder(lambda request: Response(status, headers, body))
    answer = responder.receive(data)
    while responder.waits_for == "write":
        answer += responder.receive(b"")
    return answer, responder


STREAMS = {
    "a length": (Pulled(b"ab", b"c"), with_length(3), GET, b"abc", "idle"),
    "a length, in one piece": (Pulled(b"abc"), with_length(3), GET, b"abc", "idle"),
    "a length of zero": (Pulled(), with_length(0), GET, b"", "idle"),
    "a length of zero, an empty piece": (Pulled(b""), with_length(0), GET, b"", "idle"),
    "no length, no piece": (Pulled(), (), GET, b"", "idle"),
    "chunks": (Pulled(b"ab", b"c"), (), GET, b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", "idle"),
    "one chunk": (Pulled(b"abc"), (), GET, b"3\r\nabc\r\n0\r\n\r\n", "idle"),
    "an empty piece is no last chunk": (Pulled(b"a", b"", b"b"), (), GET, b"1\r\na\r\n1\r\nb\r\n0\r\n\r\n", "idle"),
    "an empty piece first": (Pulled(b"", b"a"), (), GET, b"1\r\na\r\n0\r\n\r\n", "idle"),
    "HTTP/1.0": (Pulled(b"ab", b"c"), (), OLD, b"abc", "closed"),
    "HTTP/1.0, which would persist": (Pulled(b"ab", b"c"), (), KEPT, b"abc", "closed"),
    "HTTP/1.0 with a length": (Pulled(b"ab", b"c"), with_length(3), KEPT, b"abc", "idle"),
    "longer, by a piece": (Pulled(b"ab", b"cd"), with_length(2), GET, b"ab", "idle"),
    "longer, by a later piece": (Pulled(b"a", b"b", b"cd"), with_length(2), GET, b"ab", "idle"),
    "longer, in a piece": (Pulled(b"a", b"bcd"), with_length(2), GET, b"ab", "idle"),
    "shorter": (Pulled(b"a", b"b"), with_length(3), GET, b"ab", "closed"),
    "shorter, pipelined": (Pulled(b"a", b"b"), with_length(3), GET * 2, b"ab", "closed"),
    "an error later": (Pulled(b"a", b"b", error=ValueError()), (), GET, b"1\r\na\r\n1\r\nb\r\n", "closed"),
    "an exit later": (Pulled(b"a", error=SystemExit()), (), GET, b"1\r\na\r\n", "closed"),
    "text later": (Pulled(b"a", "b"), (), GET, b"1\r\na\r\n", "closed"),
}


@pytest.mark.parametrize(("body", "headers", "data", "expected", "state"), STREAMS.values(), ids=STREAMS)
def test_stream(body: Pulled, headers: Fields, data: bytes, expected: bytes, state: str) -> None:
    body.closed = 0
    answer, responder = converse(body, headers, data)
    head, _, content = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert (content, responder.waits_for) == (expected, state)
    assert (b"Connection: close" in head) == (data != GET and b"Content-Length" not in head and data != GET * 2)
    assert body.closed == 1


FAILED = {
    "the first pull raises": (Pulled(error=ValueError()), ()),
    "no iterable": (4, ()),
    "text": ("text", ()),
    "a piece of text": (Pulled("text"), ()),
    "shorter, without a piece": (Pulled(), with_length(3)),
    "no valid head": (Pulled(b"a", b"b"), (("A b", "c"),)),
}


@pytest.mark.parametrize(("body", "headers"), FAILED.values(), ids=FAILED)
def test_before_the_first_piece_is_sent_an_error_is_a_500(body: Body, headers: Fields) -> None:
    answer, responder = converse(body, headers)
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert responder.waits_for == "idle"
    assert getattr(body, "closed", 1) == 1


@pytest.mark.parametrize(("data", "status"), [(HEAD, 200), (GET, 204), (GET, 304)])
def test_without_content_nothing_is_pulled(data: bytes, status: int) -> None:
    body = Pulled(b"a", b"b")
    answer, responder = converse(body, (), data, status)
    assert answer.endswith(b"\r\n\r\n")
    assert (body.pulled, body.closed, responder.waits_for) == (0, 1, "idle")


def test_pieces_are_pulled_as_the_client_takes_them() -> None:
    body = Pulled(b"a", b"b", b"c")
    responder = Responder(lambda request: Response(200, (), body))
    states = [(responder.receive(GET + GET).endswith(b"1\r\na\r\n"), body.pulled, responder.waits_for)]
    states += [(responder.receive(b"") == b"1\r\nb\r\n", body.pulled, responder.waits_for)]
    assert states == [(True, 1, "write"), (True, 2, "write")]


def test_the_next_request_waits_for_the_end_of_the_pieces() -> None:
    bodies = [Pulled(b"a", b"b"), Pulled(b"c", b"d")]
    todo = iter(bodies)
    responder = Responder(lambda request: Response(200, (), next(todo)))
    answer = responder.receive(GET * 2)
    while responder.waits_for == "write":
        answer += responder.receive(b"")
    assert answer.count(LAST_CHUNK) == answer.count(b"HTTP/1.1 200") == 2
    assert answer.index(LAST_CHUNK) < answer.rindex(b"HTTP/1.1 200")


@pytest.mark.parametrize("end", ["abandon", "time_out"])
def test_a_response_that_is_given_up_is_closed_and_logged(end: str) -> None:
    body, octets = Pulled(b"a", b"bc", b"d"), []
    responder = Responder(lambda request: Response(200, (), body), log=lambda *line: octets.append(line[-2:]))
    responder.took(len(responder.receive(GET)))
    responder.took(len(responder.receive(b"")))
    getattr(responder, end)()
    assert (body.closed, responder.waits_for) == (1, "closed")
    responder.abandon()
    assert (body.closed, octets) == (1, [(3, "cut")])


LOGGED = {
    "a whole body, taken": (b"body", with_length(4), 1000, 4, "complete"),
    "a whole body, not begun": (b"body", with_length(4), 10, 0, "cut"),
    "a whole body, taken in part": (b"body", with_length(4), -2, 2, "cut"),
    "pieces, taken": ([b"ab", b"c"], with_length(3), 1000, 3, "complete"),
    "pieces, taken in part": ([b"ab", b"c"], with_length(3), -1, 2, "cut"),
    "chunks, taken": ([b"ab", b"c"], (), 1000, 3, "complete"),
    "chunks, without the last": ([b"ab", b"c"], (), -1, 3, "cut"),
    "pieces that break off": (Pulled(b"ab", error=ValueError()), with_length(3), 1000, 2, "cut"),
}


@pytest.mark.parametrize(("body", "headers", "taken", "octets", "end"), LOGGED.values(), ids=LOGGED)
def test_the_log_has_what_the_client_took(body: Body, headers: Fields, taken: int, octets: int, end: str) -> None:
    """A negative number leaves so many octets."""
    lines: list[tuple[int, str]] = []
    responder = Responder(lambda request: Response(200, headers, body), log=lambda *line: lines.append(line[-2:]))
    answer = responder.receive(GET)
    while responder.waits_for == "write":
        answer += responder.receive(b"")
    responder.took(min(taken, len(answer)) if taken > 0 else len(answer) + taken)
    assert lines == ([(octets, end)] if end == "complete" else [])
    responder.abandon()
    assert lines == [(octets, end)]


def test_a_retired_connection_ends_after_its_pieces() -> None:
    responder = Responder(lambda request: Response(200, (), Pulled(b"a", b"b")))
    responder.receive(GET)
    responder.retire()
    assert [responder.receive(b""), responder.receive(b"")] == [b"1\r\nb\r\n", LAST_CHUNK]
    assert [responder.waits_for, responder.receive(b""), responder.waits_for] == ["write", b"", "closed"]


def test_a_body_that_is_too_short_is_not_finished() -> None:
    connection = Connection()
    connection.receive(GET)
    connection.respond(Response(200, with_length(2), [b"a", b"b"]))
    connection.send_piece(b"a")
    with pytest.raises(ValueError, match="1 octets shorter"):
        connection.finish()
    assert (connection.send_piece(b"b"), connection.finish(), connection.waits_for) == (b"b", b"", "idle")


def test_the_end_of_input_waits_for_the_end_of_the_pieces() -> None:
    body = Pulled(b"a", b"b")
    responder = Responder(lambda request: Response(200, (), body))
    responder.receive(GET)
    assert responder.end_of_input() == b""
    assert [responder.receive(b""), responder.receive(b""), body.closed] == [b"1\r\nb\r\n", LAST_CHUNK, 0]
    assert responder.end_of_input() == b""
    assert (body.closed, responder.waits_for) == (1, "closed")


REST = {
    "read to its end": (Pulled(b"", b""), lambda responder: [responder.receive(b"") for _ in range(3)], 2),
    "a surplus": (Pulled(b"!", b"!"), lambda responder: responder.receive(b""), 1),
    "an error": (Pulled(error=ValueError()), lambda responder: responder.receive(b""), 0),
    "the client leaves": (Pulled(b""), lambda responder: responder.abandon(), 0),
    "the client sends no more": (Pulled(b""), lambda responder: responder.end_of_input(), 0),
}


@pytest.mark.parametrize("method", [b"GET", b"HEAD"])
@pytest.mark.parametrize(("rest", "go_on", "pulled"), REST.values(), ids=REST)
def test_the_rest_of_a_whole_body_is_pulled_and_closed_after_it(
    method: bytes, rest: Pulled, go_on: Callable[[Responder], object], pulled: int
) -> None:
    rest.pulled = rest.closed = 0
    octets = []
    response = Response(200, with_length(4), b"body", None, rest)
    responder = Responder(lambda request: response, log=lambda *line: octets.append(line[-2]))
    answer = responder.receive(GET.replace(b"GET", method))
    responder.took(len(answer))
    assert answer.endswith(b"\r\n\r\nbody") == (method == b"GET")
    assert (rest.pulled, rest.closed, responder.waits_for, octets) == (0, 0, "write", [4 if method == b"GET" else 0])
    go_on(responder)
    assert (rest.pulled, rest.closed) == (pulled, 1)
    assert responder.waits_for in ("idle", "closed")


class RaisesWhenClosed(list[bytes]):
    def close(self) -> None:
        raise KeyboardInterrupt


def test_an_error_of_close_costs_no_response(caplog: pytest.LogCaptureFixture) -> None:
    answer, responder = converse(RaisesWhenClosed([b"a", b"b"]))
    assert answer.endswith(LAST_CHUNK)
    assert responder.waits_for == "idle"
    assert "cannot be closed" in caplog.text


def test_a_body_that_is_cut_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        converse([b"ab", b"c"], with_length(2))
        converse([b"a", b"b", b"c"], with_length(2))
    assert caplog.text.count("longer than its Content-Length") == 2


# -- over sockets


@pytest.fixture(params=DRIVERS.values(), ids=list(DRIVERS))
def serve(request: pytest.FixtureRequest) -> Serve:
    driver: Serve = request.param
    return driver


def endless(closed: list[bool]) -> Callable[[Request], Response]:
    class Endless:
        def __iter__(self) -> Iterator[bytes]:
            return repeat(bytes(65536))

        def close(self) -> None:
            closed.append(True)

    return lambda request: Response(200, (), Endless() if request.path == "/endless" else [b"a", b"b"])


def test_a_stream_arrives_whole(serve: Serve) -> None:
    pieces = [bytes([number]) * 10_000 for number in range(200)]
    with serving(lambda request: Response(200, with_length(2_000_000), iter(pieces)), serve) as port:
        answers = exchange(port, GET * 2)
    assert answers.count(b"".join(pieces)) == 2


def test_many_empty_pieces_do_not_end_a_stream(serve: Serve) -> None:
    pieces = [b"a", *[b""] * (MANY + 1), b"b"]
    with serving(lambda request: Response(200, (), iter(pieces)), serve) as port:
        assert exchange(port, GET).endswith(b"\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n")


def test_when_the_client_leaves_an_endless_body_is_closed(serve: Serve) -> None:
    closed: list[bool] = []
    with serving(endless(closed), serve) as port:
        with dial(port) as client:
            client.sendall(GET.replace(b"/", b"/endless", 1))
            for _ in range(100):
                client.recv(65536)
            assert not closed
            reset(client)
        assert becomes_true(lambda: closed == [True])
        assert exchange(port, GET).endswith(LAST_CHUNK)


def breaks_off(request: Request) -> Response:
    def pieces() -> Iterable[bytes]:
        yield b"a"
        raise ValueError

    return Response(200, (), pieces())


def test_what_breaks_off_is_seen_to_be_incomplete(serve: Serve) -> None:
    with serving(breaks_off, serve) as port:
        assert exchange(port, GET).endswith(b"\r\n\r\n1\r\na\r\n")
        with dial(port) as client:
            client.sendall(OLD)
            with pytest.raises(ConnectionResetError):
                b"".join(iter(partial(client.recv, 65536), b""))


def test_an_endless_body_ends_with_the_grace(serve: Serve) -> None:
    closed: list[bool] = []
    stop, wake = socket.socketpair()
    timeouts = replace(TIMEOUTS, grace=0.3)
    with open_listener((HOST, 0)) as listener, stop, wake:
        thread = Thread(target=serve, args=([listener], partial(Responder, endless(closed)), stop, timeouts))
        thread.start()
        with dial(listener.getsockname()[1]) as client:
            client.sendall(GET.replace(b"/", b"/endless", 1))
            client.recv(65536)
            wake.send(b"!")
            with suppress(ConnectionResetError):
                while client.recv(1 << 20):
                    pass
        thread.join(10)
        assert not thread.is_alive()
        assert becomes_true(lambda: closed == [True])


@pytest.mark.parametrize("driver", ["serial", "threads"])
def test_a_server_that_stops_while_it_sends_a_body_closes_after_it(driver: str) -> None:
    stop, wake = socket.socketpair()

    def body() -> Iterator[bytes]:
        yield b"a"
        wake.send(b"!")
        sleep(TICK)  # the driver looks no sooner again
        yield b"b"

    def connect(address: str) -> Responder:
        return Responder(lambda request: Response(200, (), body()), address)

    with open_listener((HOST, 0)) as listener, stop, wake:
        thread = Thread(target=DRIVERS[driver], args=([listener], connect, stop, replace(TIMEOUTS, last_request=20)))
        thread.start()
        with dial(port_of(listener)) as client:
            client.sendall(GET)
            client.settimeout(10)
            assert b"".join(iter(partial(client.recv, 65536), b"")).endswith(LAST_CHUNK)
        thread.join()

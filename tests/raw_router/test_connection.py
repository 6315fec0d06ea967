"""Conversations as bytes in and bytes out: whole, byte by byte, and with more behind.

Most of them go through a responder, which asks a handler; the last ones use the connection alone.
"""

import logging
import re
from asyncio import CancelledError
from dataclasses import replace

import pytest

from raw_router.connection import Connection
from raw_router.limits import LIMITS
from raw_router.memo import MAX_ENTRIES, Recent
from raw_router.messages import Request, Response
from raw_router.parser import parse_head
from raw_router.responder import Responder
from tests.fuzz.memory import held_by

HOST = b"Host: a\r\n"
CHUNKED = b"POST /form HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


def echo(request: Request) -> Response:
    """Answer with what came: method, path, body."""
    body = f"{request.method} {request.path} ".encode() + request.body
    return Response(200, (("Content-Length", str(len(body))),), body)


def request(start: str = "GET / HTTP/1.1", *lines: str, body: bytes = b"") -> bytes:
    length = [f"Content-Length: {len(body)}"] if body else []
    return "\r\n".join([start, "Host: a", *length, *lines, "", ""]).encode() + body


def statuses(answers: bytes) -> list[int]:
    return [int(line.split()[1]) for line in answers.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


def bodies(answers: bytes) -> list[bytes]:
    """Return what follows each head up to the next status line."""
    return [answer.partition(b"\r\n\r\n")[2] for answer in answers.split(b"HTTP/1.1 ")[1:]]


def feed(connection: Responder, pieces: list[bytes]) -> bytes:
    answers = [connection.receive(piece) for piece in pieces]
    while connection.waits_for == "write":
        answers.append(connection.receive(b""))
    return b"".join(answers)


def one_by_one(data: bytes) -> list[bytes]:
    return [bytes([octet]) for octet in data]


CONVERSATIONS = {
    "one request": (request(), [b"GET / "], "idle"),
    "one leading empty line": (b"\r\n" + request(), [b"GET / "], "idle"),
    "an empty line between requests": (request() + b"\r\n" + request(), [b"GET / ", b"GET / "], "idle"),
    "pipelined, POST among them": (
        request() + request("POST /a HTTP/1.1", body=b"GET /b HTTP/1.1\r\n\r\n") + request("GET /c HTTP/1.1"),
        [b"GET / ", b"POST /a GET /b HTTP/1.1\r\n\r\n", b"GET /c "],
        "idle",
    ),
    "close": (request("GET / HTTP/1.1", "Connection: close") + request(), [b"GET / "], "closed"),
    "HTTP/1.0": (request("GET / HTTP/1.0") + request(), [b"GET / "], "closed"),
    "HEAD shifts nothing": (request("HEAD / HTTP/1.1") + request(), [b"", b"GET / "], "idle"),
    "chunks": (
        CHUNKED + b'3\r\nabc\r\n0A;a=b;c="d\\"\r"\r\n'.replace(b'\r"', b'"') + b"0123456789\r\n0\r\n\r\n",
        [b"POST /form abc0123456789"],
        "idle",
    ),
    "no chunks": (CHUNKED + b"0\r\n\r\n", [b"POST /form "], "idle"),
    "a chunk size with zeros": (
        CHUNKED + b"0" * 900 + b"3\r\nabc\r\n" + b"0" * 900 + b"\r\n\r\n",
        [b"POST /form abc"],
        "idle",
    ),
    "trailers": (
        CHUNKED + b"1\r\na\r\n00 ; x\r\nA: b\r\nExpect: d\r\nTrailer: e\r\nConnection: close\r\n\r\n" + request(),
        [b"POST /form a", b"GET / "],
        "idle",
    ),
    "the longest request line": (
        request("GET /" + "a" * 8_176 + " HTTP/1.1"),
        [b"GET /" + b"a" * 8_176 + b" "],
        "idle",
    ),
    "the longest head": (request("GET / HTTP/1.1", "A: " + "b" * 32_740), [b"GET / "], "idle"),
    "a head that has begun": (request()[:-2], [], "head"),
    "a body that has begun": (request("POST / HTTP/1.1", "Content-Length: 2") + b"x", [], "body"),
    "nothing": (b"", [], "idle"),
    "half an empty line": (b"\r", [], "head"),
}


@pytest.mark.parametrize(("data", "expected", "state"), CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_conversation(data: bytes, expected: list[bytes], state: str) -> None:
    for pieces in ([data], one_by_one(data)):
        connection = Responder(echo)
        assert bodies(feed(connection, pieces)) == expected
        assert connection.waits_for == state


REFUSALS = {
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "two leading empty lines": (b"\r\n\r\n" + request(), 400),
    "bare LF": (b"GET / HTTP/1.1\nHost: a\n\n", 400),
    "bare LF after a line": (b"GET / HTTP/1.1\r\nHost: a\n", 400),
    "bare CR": (b"GET / HTTP/1.1\r\nHost: a\rB: c\r\n", 400),
    "TLS hello": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    "HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "garbage": (b"\x00\xff\xfe", 400),
    "an endless method": (b"A" * 9000, 400),
    "an endless target": (b"GET /" + b"a" * 9000, 414),
    "a long request line, whole": (b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    "a long request line, the head unfinished": (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost", 414),
    "a long method, whole": (b"A" * 40_000 + b" / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a request line one too long": (b"GET /" + b"a" * 8_177 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    "a head one too long": (request("GET / HTTP/1.1", "A: " + "b" * 32_741), 431),
    "an endless head": (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"A: b\r\n" * 6000, 431),
    "a large head that is whole": (request("GET / HTTP/1.1", "A: " + "b" * 33000), 431),
    "a body over the limit": (request("POST / HTTP/1.1", "Content-Length: 1048577"), 413),
    "chunks over the limit": (CHUNKED + b"FFFFF\r\n" + b"a" * 0xFFFFF + b"\r\n2\r\n", 413),
    "a chunk over all limits": (CHUNKED + b"F" * 16 + b"\r\n", 413),
    "a chunk size of a thousand digits": (CHUNKED + b"1" + b"0" * 1000 + b"\r\n", 413),
    "a chunk size of too many digits": (CHUNKED + b"0" * 1100, 400),
    "chunk size signed": (CHUNKED + b"+3\r\n", 400),
    "chunk size negative": (CHUNKED + b"-3\r\n", 400),
    "chunk size with 0x": (CHUNKED + b"0x3\r\n", 400),
    "chunk size with an underscore": (CHUNKED + b"1_0\r\n", 400),
    "chunk size empty": (CHUNKED + b"\r\n", 400),
    "chunk size with a space": (CHUNKED + b"3 \r\nabc\r\n", 400),
    "chunk size after a space": (CHUNKED + b" 3\r\nabc\r\n", 400),
    "chunk extension without a name": (CHUNKED + b"3;\r\nabc\r\n", 400),
    "chunk extension with open quotes": (CHUNKED + b'3;a="b\r\nabc\r\n', 400),
    "chunk extension with a control character": (CHUNKED + b"3;a=\x01\r\nabc\r\n", 400),
    "chunk line too long": (CHUNKED + b"3;a=" + b"b" * 1100, 400),
    "chunk line in bare LF": (CHUNKED + b"3\nabc\r\n", 400),
    "chunk overrun": (CHUNKED + b"3\r\nabcd\r\n", 400),
    "chunk without CR LF": (CHUNKED + b"3\r\nabc0\r\n\r\n", 400),
    "trailer that frames": (CHUNKED + b"0\r\nContent-Length: 3\r\n\r\n", 400),
    "trailer with another length": (CHUNKED + b"0\r\nA: b\r\nTRANSFER-encoding: chunked\r\n\r\n", 400),
    "trailer with a host": (CHUNKED + b"0\r\nhost: b\r\n\r\n", 400),
    "trailer without a colon": (CHUNKED + b"0\r\nA\r\n\r\n", 400),
    "too many trailers": (CHUNKED + b"0\r\n" + b"A: b\r\n" * 101, 431),
}


@pytest.mark.parametrize(("data", "status"), REFUSALS.values(), ids=REFUSALS)
def test_refusal_is_the_last_word(data: bytes, status: int) -> None:
    for pieces in ([data + request("GET /next HTTP/1.1")], [data[i : i + 7] for i in range(0, len(data), 7)]):
        connection = Responder(echo)
        answers = feed(connection, pieces)
        assert statuses(answers) == [status]
        assert b"Connection: close\r\n" in answers
        assert connection.waits_for == "closed"
        assert connection.receive(request()) == b""


DOUBLY_ILLEGAL = {
    "bare LF, and another version": (b"GET / HTTP/2.0\r\nHost: a\n\r\n\r\n", 400),
    "bare LF, and a folded line": (b"GET / HTTP/1.1\r\n Host: a\nB: c\r\n\r\n", 400),
    "bare LF after too long a line": (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\n\r\n", 414),
    "bare LF in too long a line": (b"GET /" + b"a" * 8_000 + b"\n" + b"a" * 300 + b" HTTP/1.1\r\n\r\n", 400),
    "bare LF just before the limit": (b"GET /" + b"a" * 8_186 + b"\n HTTP/1.1\r\n\r\n", 400),
    "bare LF after too large a head": (request("GET / HTTP/1.1", "A: " + "b" * 33_000) + b"\n", 431),
    "bare LF in too large a head": (request("GET / HTTP/1.1", "A: " + "b" * 32_000 + "\nB:" + "c" * 900), 400),
    "too large a head of too many fields": (request("GET / HTTP/1.1", *["A: b"] * 6_000), 431),
    "a method that ends badly": (b"POSExpect: tea\r\n", 400),
    "too long a method that ends badly": (b"A" * 9_000 + b":\r\n\r\n", 400),
}


@pytest.mark.parametrize(("data", "status"), DOUBLY_ILLEGAL.values(), ids=DOUBLY_ILLEGAL)
def test_a_refusal_does_not_depend_on_the_pieces(data: bytes, status: int) -> None:
    pieces = ([data], one_by_one(data), [data[i : i + 1000] for i in range(0, len(data), 1000)])
    answers = {re.sub(rb"\r\nDate: .*", b"", feed(Responder(echo), each)) for each in pieces}
    assert list(map(statuses, answers)) == [[status]]


def test_a_refused_head_request_gets_no_body() -> None:
    assert bodies(Responder(echo).receive(b"HEAD / HTTP/1.1\r\n\r\n")) == [b""]
    chunked = CHUNKED.replace(b"POST", b"HEAD")
    assert bodies(Responder(echo).receive(chunked + b"x\r\n")) == [b""]
    assert bodies(Responder(echo).receive(CHUNKED + b"HEAD \r\n"))[0]


PERSISTENCE = {
    "HTTP/1.1": (request(), None),
    "HTTP/1.1, close": (request("GET / HTTP/1.1", "Connection: x, Close"), b"close"),
    "HTTP/1.0": (request("GET / HTTP/1.0"), b"close"),
    "HTTP/1.0, keep-alive": (request("GET / HTTP/1.0", "Connection: Keep-Alive"), b"keep-alive"),
}


@pytest.mark.parametrize(("data", "said"), PERSISTENCE.values(), ids=PERSISTENCE)
def test_persistence_is_told(data: bytes, said: bytes | None) -> None:
    answer = Responder(echo).receive(data)
    lines = [line for line in answer.split(b"\r\n") if line.startswith(b"Connection: ")]
    assert lines == ([] if said is None else [b"Connection: " + said])


EXPECT = request("POST / HTTP/1.1", "Content-Length: 1", "Expect: 100-continue")
EXPECTATIONS = {
    "the body waits": ([EXPECT, b"x"], [100, 200]),
    "the body is there": ([EXPECT + b"x"], [200]),
    "no body": ([EXPECT.replace(b": 1\r", b": 0\r")], [200]),
    "chunks wait": ([CHUNKED[:-2] + b"Expect: 100-continue\r\n\r\n", b"0\r\n\r\n"], [100, 200]),
    "HTTP/1.0": ([EXPECT.replace(b"HTTP/1.1", b"HTTP/1.0"), b"x"], [200]),
    "another": ([EXPECT.replace(b"100-continue", b"tea")], [417]),
    "too large": ([EXPECT.replace(b": 1\r", b": 9999999\r")], [413]),
}


@pytest.mark.parametrize(("pieces", "expected"), EXPECTATIONS.values(), ids=EXPECTATIONS)
def test_expectations(pieces: list[bytes], expected: list[int]) -> None:
    assert statuses(feed(Responder(echo), pieces)) == expected


ENDS = {
    "before anything": (b"", [], "closed"),
    "after a request": (request(), [], "closed"),
    "after an empty line": (b"\r\n", [], "closed"),
    "in a head": (b"GET / HT", [400], "closed"),
    "in a body": (request("POST / HTTP/1.1", "Content-Length: 2") + b"x", [400], "closed"),
    "in a chunk": (CHUNKED + b"3\r\nab", [400], "closed"),
    "half-way through an empty line": (b"\r", [400], "closed"),
}


@pytest.mark.parametrize(("data", "expected", "state"), ENDS.values(), ids=ENDS)
def test_end_of_input(data: bytes, expected: list[int], state: str) -> None:
    connection = Responder(echo)
    connection.receive(data)
    assert statuses(connection.end_of_input()) == expected
    assert connection.waits_for == state
    assert connection.end_of_input() == b""


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"", []), (request(), []), (b"G", [408]), (request("POST / HTTP/1.1", "Content-Length: 2"), [408])],
    ids=["idle", "idle after a request", "head", "body"],
)
def test_time_out(data: bytes, expected: list[int]) -> None:
    connection = Responder(echo)
    connection.receive(data)
    assert statuses(connection.time_out()) == expected
    assert connection.waits_for == "closed"


def test_a_client_that_pipelines_much_must_read_before_it_gets_more() -> None:
    large = Response(200, (("Content-Length", "200"),), b"x" * 198 + b"\r\n")
    connection = Responder(lambda _: large, limits=replace(LIMITS, unread=400))
    assert statuses(connection.receive(request() * 5)) == [200, 200]
    states = [connection.waits_for]
    assert statuses(connection.end_of_input()) == [200, 200]
    states.append(connection.waits_for)
    assert statuses(connection.receive(b"")) == [200]
    assert [*states, connection.waits_for] == ["write", "write", "closed"]


@pytest.mark.parametrize("last", [request("GET / HTTP/1.0"), request("GET / HTTP/1.1", "Connection: close")])
def test_much_that_is_said_last_ends_the_connection(last: bytes) -> None:
    large = Response(200, (("Content-Length", "300"),), b"x" * 300)
    connection = Responder(lambda _: large, limits=replace(LIMITS, unread=200))
    assert statuses(connection.receive(last + request())) == [200]
    assert connection.waits_for == "closed"


def test_a_connection_that_retires_while_the_client_reads_waits_for_nothing_more() -> None:
    large = Response(200, (("Content-Length", "300"),), b"x" * 300)
    connection = Responder(lambda _: large, limits=replace(LIMITS, unread=200))
    connection.receive(b"\r\n" + request())
    connection.retire()
    assert connection.receive(b"") == b""
    assert connection.waits_for == "closed"


@pytest.mark.parametrize("before", [b"", request(), b"GET / HT"], ids=["new", "idle", "begun"])
def test_a_retired_connection_closes_after_the_next_response(before: bytes) -> None:
    connection = Responder(echo)
    connection.receive(before)
    connection.retire()
    answer = connection.receive(request().removeprefix(before if before.endswith(b"HT") else b""))
    assert statuses(answer) == [200]
    assert b"Connection: close\r\n" in answer
    assert connection.waits_for == "closed"


def test_options_of_the_server() -> None:
    answer = Responder(echo).receive(request("OPTIONS * HTTP/1.1"))
    assert statuses(answer) == [204]
    assert b"Allow: GET, HEAD, OPTIONS, POST\r\n" in answer


def test_a_handler_that_fails_is_logged_and_shown_to_nobody(caplog: pytest.LogCaptureFixture) -> None:
    def fail(request: Request) -> Response:
        raise RuntimeError("secret")

    connection = Responder(fail)
    with caplog.at_level(logging.ERROR):
        answer = connection.receive(request())
    assert statuses(answer) == [500]
    assert b"secret" not in answer
    assert "secret" in caplog.text
    assert connection.waits_for == "idle"


class ApplicationExit(BaseException):
    """An exception of an application's own that is no Exception."""


@pytest.mark.parametrize("error", [CancelledError, GeneratorExit, KeyboardInterrupt, SystemExit, ApplicationExit])
def test_whatever_a_handler_raises_is_a_logged_500(
    caplog: pytest.LogCaptureFixture, error: type[BaseException]
) -> None:
    def fail(request: Request) -> Response:
        raise error

    connection = Responder(fail)
    assert connection.receive(request() * 2).count(b"HTTP/1.1 500 Internal Server Error\r\n") == 2
    assert caplog.text.count("GET / failed") == 2
    assert connection.waits_for == "idle"


@pytest.mark.parametrize(
    "response",
    [
        None,
        Response(200, (("A", "€"),)),
        Response(200, (), "text"),  # type: ignore[arg-type]
        Response(200, (["A", "b"],)),  # type: ignore[arg-type]
        Response(200, (("A", "b\r\nC: d"),)),
        Response(200, (("A b", "c"),)),
        Response(100),
        Response(1000),
        Response(200, (), b"body"),
        Response(204, (("Content-Length", "0"),)),
        Response(205),
        Response(205, (("Content-Length", "4"),), b"body"),
        Response(200, (("Content-Length", "3"),), b"body"),
        Response(200, (("Content-Length", "4"), ("Content-Length", "4")), b"body"),
    ],
    ids=[
        "nothing",
        "beyond Latin-1",
        "text",
        "a list",
        "CR LF in a value",
        "no name",
        "an interim status",
        "no status",
        "no length",
        "a length of no content",
        "no length of reset content",
        "reset content with content",
        "another length",
        "two lengths",
    ],
)
def test_what_is_no_response_is_not_sent(response: Response) -> None:
    connection = Responder(lambda _: response)
    assert statuses(connection.receive(request())) == [500]
    assert connection.waits_for == "idle"


def test_a_log_that_fails_costs_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    def fail(client: str, request: Request | None, response: Response, octets: int, end: str) -> None:
        raise BrokenPipeError

    connection = Responder(echo, log=fail)
    answer = connection.receive(request() * 2)
    with caplog.at_level(logging.ERROR):
        connection.took(len(answer))
    assert statuses(answer) == [200]
    assert "cannot be logged" in caplog.text


def test_every_answer_is_logged() -> None:
    logged: list[tuple[str, str | None, int, int, str]] = []

    def log(client: str, asked: Request | None, given: Response, octets: int, end: str) -> None:
        logged.append((client, asked.target if asked else None, given.status, octets, end))

    connection = Responder(echo, "::1", log)
    answer = connection.receive(request("GET /a HTTP/1.1") + request("HEAD /a HTTP/1.1") + b"nonsense\r\n\r\n")
    refused = len(answer.rpartition(b"\r\n\r\n")[2])
    connection.took(len(answer) - refused)
    assert logged == [("::1", "/a", 200, 7, "complete"), ("::1", "/a", 200, 0, "complete")]
    connection.took(refused)
    assert logged[2:] == [("::1", None, 400, refused, "complete")]


def test_chunked_bodies_are_handed_on_with_a_length() -> None:
    seen: list[Request] = []

    def remember(asked: Request) -> Response:
        seen.append(asked)
        return echo(asked)

    Responder(remember).receive(CHUNKED[:-2] + b"Trailer: x\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
    assert seen[0].headers == {"host": "a", "content-length": "3"}
    with pytest.raises(TypeError):
        seen[0].headers["host"] = "b"  # type: ignore[index]


def test_what_comes_after_the_end_is_dropped() -> None:
    connection = Responder(echo)
    connection.receive(b"nonsense\r\n\r\n")
    before = held_by(connection)
    for _ in range(100):
        assert connection.receive(bytes(65536)) == b""
    assert held_by(connection) == before


def test_nobody_can_change_a_request_that_may_come_again() -> None:
    request_, _ = parse_head(request(), "", LIMITS)
    with pytest.raises(TypeError):
        request_.headers["host"] = "b"  # type: ignore[index]


OK = Response(200, (("Content-Length", "2"),), b"ok")


def test_a_connection_alone_returns_requests_and_takes_responses() -> None:
    connection = Connection("::1")
    assert connection.receive(request("POST /a HTTP/1.1", body=b"abc")[:-1]) == b""
    asked = connection.receive(b"c" + request("GET /b HTTP/1.1"))
    assert isinstance(asked, Request)
    assert (asked.path, asked.body, asked.client, connection.waits_for) == ("/a", b"abc", "::1", "answer")
    assert connection.receive(request("GET /c HTTP/1.1")) == b""  # it is kept until the response is given
    paths = []
    while isinstance(asked, Request):
        paths.append(asked.path)
        assert statuses(connection.respond(OK)) == [200]
        asked = connection.receive(b"")
    assert (asked, connection.waits_for) == (b"", "idle")
    assert paths == ["/a", "/b", "/c"]


def test_a_response_that_is_not_valid_changes_nothing() -> None:
    connection = Connection()
    connection.receive(request())
    with pytest.raises(ValueError, match="not the length"):
        connection.respond(Response(200, (("Content-Length", "3"),), b"ok"))
    assert connection.waits_for == "answer"
    assert statuses(connection.respond(OK)) == [200]


def test_a_refusal_waits_for_the_log() -> None:
    connection = Connection()
    assert isinstance(connection.receive(b"nonsense\r\n\r\n"), bytes)
    assert connection.refusal is not None
    assert connection.refusal.status == 400


@pytest.mark.parametrize("method", ["end_of_input", "receive"])
def test_while_a_response_is_awaited_nothing_is_read(method: str) -> None:
    connection = Connection()
    connection.receive(request())
    assert getattr(connection, method)(*([request()] if method == "receive" else [])) == b""
    states = [connection.waits_for]
    connection.respond(OK)
    assert [*states, connection.waits_for] == ["answer", "write"]


def test_a_connection_that_has_answered_keeps_no_body() -> None:
    connection = Connection()
    before = held_by(connection)
    connection.receive(request("POST / HTTP/1.1", body=bytes(500_000)))
    connection.respond(OK)
    assert held_by(connection) < before + 1000


def test_a_connection_that_has_answered_keeps_no_long_head() -> None:
    """There are thousands of connections, and the objects of a long head take twenty times a connection's memory."""
    connection = Connection()
    before = held_by(connection)
    connection.receive(request("GET / HTTP/1.1", *(f"X-{number}: {'v' * 20}" for number in range(80))))
    connection.respond(OK)
    assert held_by(connection) < before + 1000


def test_each_client_gets_its_own_address_in_a_request_that_others_sent_before() -> None:
    for client in ("::1", "::2", "::1"):
        connection = Connection(client)
        for _ in range(2):
            asked = connection.receive(request("GET /address HTTP/1.1"))
            assert isinstance(asked, Request)
            assert asked.client == client
            connection.respond(OK)


def test_a_cache_drops_what_was_not_used_for_longest() -> None:
    cache: Recent[int] = Recent()
    cache.add(b"used", 0)
    cache.add(b"unused", 0)
    for number in range(2 * MAX_ENTRIES):
        cache.add(b"%d" % number, number)
        assert cache.find(b"used") == 0
    assert cache.find(b"unused") is None

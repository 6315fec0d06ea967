"""Any WSGI application as a handler: what it is told, and what happens when it breaks PEP 3333."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO, StringIO
from pathlib import Path
from threading import Event
from typing import Any
from wsgiref.validate import validator

import pytest

from raw_router.limits import LIMITS
from raw_router.messages import Request, Response
from raw_router.parser import parse_head
from raw_router.responder import Responder
from raw_router.wsgi import BLOCK_SIZE, MAX_KNOWN, ApplicationError, handler_for
from tests.serving import DRIVERS, Serve, becomes_true, dial, serving

GET = Request("GET", "/", "HTTP/1.1", {"host": "a"}, "/", host="a")
HEAD = Request("HEAD", "/", "HTTP/1.1", {"host": "a"}, "/", host="a")
Start = Callable[..., Callable[[bytes], object]]


def application(
    status: str = "200 OK", headers: Iterable[tuple[str, str]] = (), body: Iterable[bytes] = (b"body",)
) -> Callable[[dict[str, Any], Start], Iterable[bytes]]:
    def run(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        start_response(status, list(headers))
        return body

    return run


ANSWERS = {
    "length added": (application(), GET, Response(200, (("Content-Length", "4"),), b"body")),
    "length kept": (
        application(headers=[("content-length", "4")]),
        GET,
        Response(200, (("Content-Length", "4"),), b"body"),
    ),
    "pieces joined": (application(body=[b"a", b"", b"b"]), GET, Response(200, (("Content-Length", "2"),), b"ab")),
    "HEAD keeps the length": (
        application(headers=[("Content-Length", "4")], body=()),
        HEAD,
        Response(200, (("Content-Length", "4"),)),
    ),
    "HEAD without a length": (application(body=()), HEAD, Response(200)),
    "no content": (application("204 No Content", body=()), GET, Response(204)),
    "no content, and a length": (
        application("204 No Content", [("Content-Length", "0")], body=()),
        HEAD,
        Response(204),
    ),
    "reset content has none": (
        application("205 Reset Content", [("Content-Length", "4")]),
        GET,
        Response(205, (("Content-Length", "0"),)),
    ),
    "HEAD of reset content": (
        application("205 Reset Content", [("Content-Length", "4")], body=()),
        HEAD,
        Response(205, (("Content-Length", "0"),)),
    ),
    "not modified keeps the length": (
        application("304 Not Modified", [("Content-Length", "4")], body=()),
        GET,
        Response(304, (("Content-Length", "4"),)),
    ),
    "a date of its own": (
        application(headers=[("Date", "now")], body=()),
        GET,
        Response(200, (("Date", "now"), ("Content-Length", "0"))),
    ),
    "fields as strings of two characters": (
        application(headers=["ab"], body=()),  # type: ignore[list-item]
        GET,
        Response(200, (("a", "b"), ("Content-Length", "0"))),
    ),
    "Latin-1": (
        application(headers=[("A", "\xe9\t")], body=()),
        GET,
        Response(200, (("A", "\xe9\t"), ("Content-Length", "0"))),
    ),
    "length twice": (
        application(headers=[("Content-Length", "4"), ("content-length", " 4 ")]),
        GET,
        Response(200, (("Content-Length", "4"),), b"body"),
    ),
    "authentication of a proxy": (
        application("407 Proxy Authentication Required", [("Proxy-Authenticate", "Basic")], body=()),
        GET,
        Response(407, (("Proxy-Authenticate", "Basic"), ("Content-Length", "0"))),
    ),
    "upgrade required": (
        application("426 Upgrade Required", [("Upgrade", "HTTP/2.0")], body=()),
        GET,
        Response(426, (("Upgrade", "HTTP/2.0"), ("Connection", "Upgrade"), ("Content-Length", "0"))),
    ),
    "hop-by-hop fields are dropped": (
        application(headers=[("Connection", "close"), ("A", "b"), ("upgrade", "x"), ("Transfer-Encoding", "chunked")]),
        GET,
        Response(200, (("A", "b"), ("Content-Length", "4")), b"body"),
    ),
    "no phrase of its own": (application("404 Not Found", body=()), GET, Response(404, (("Content-Length", "0"),))),
    "phrase of an unregistered status": (
        application("999 Who knows \xe9", body=()),
        GET,
        Response(999, (("Content-Length", "0"),), b"", "Who knows \xe9"),
    ),
    "no phrase, no space": (application("200", body=()), GET, Response(200, (("Content-Length", "0"),), b"", "")),
    "no phrase, a space": (application("200 ", body=()), GET, Response(200, (("Content-Length", "0"),), b"", "")),
    "nothing": (application(body=[]), GET, Response(200, (("Content-Length", "0"),))),
    "longer": (
        application(headers=[("Content-Length", "3")]),
        GET,
        Response(200, (("Content-Length", "3"),), (b"body",)),
    ),
    "shorter": (
        application(headers=[("Content-Length", "5")]),
        GET,
        Response(200, (("Content-Length", "5"),), (b"body",)),
    ),
    "fields as lists": (
        application(headers=[["A", "b"]], body=()),  # type: ignore[list-item]
        GET,
        Response(200, (("A", "b"), ("Content-Length", "0"))),
    ),
    "a phrase of its own": (
        application("404 NOT FOUND", body=()),
        GET,
        Response(404, (("Content-Length", "0"),), b"", "NOT FOUND"),
    ),
    "no phrase": (application("299 ", body=()), GET, Response(299, (("Content-Length", "0"),))),
}


@pytest.mark.parametrize(("app", "asked", "expected"), ANSWERS.values(), ids=ANSWERS)
def test_answers(app: Any, asked: Request, expected: Response) -> None:
    assert handler_for(app)(asked) == expected


def never_starts(environ: dict[str, Any], start_response: Start) -> list[bytes]:
    return [b"body"]


def starts_twice(environ: dict[str, Any], start_response: Start) -> list[bytes]:
    start_response("200 OK", [])
    start_response("404 Not Found", [])
    return []


def leaves(environ: dict[str, Any], start_response: Start) -> Iterator[bytes]:
    raise SystemExit(1)


BROKEN = {
    "leaves": leaves,
    "length no number": application("304 Not Modified", headers=[("Content-Length", "x")], body=()),
    "never starts": never_starts,
    "starts twice": starts_twice,
    "lengths": application(headers=[("Content-Length", "4"), ("Content-Length", "5")]),
    "a length, and nothing": application(headers=[("Content-Length", "5")], body=[]),
    "status without a code": application("OK"),
    "status of two digits": application("20 OK"),
    "interim status": application("100 Continue"),
    "CR LF in the status": application("200 OK\r\nA: b"),
    "CR LF in a value": application(headers=[("A", "b\r\nC: d")]),
    "NUL in a value": application(headers=[("A", "\0")]),
    "a character beyond Latin-1": application(headers=[("A", "€")]),
    "a name no token": application(headers=[("A b", "c")]),
    "a value no string": application(headers=[("A", 5)]),  # type: ignore[list-item]
    "a name of bytes": application(headers=[(b"A", "b")]),  # type: ignore[list-item]
    "a field of three": application(headers=[("A", "b", "c")]),  # type: ignore[list-item]
    "status no string": application(200),  # type: ignore[arg-type]
    "status of four digits": application("2000 OK"),
    "status without a space": application("200OK"),
    "CR LF in a phrase": application("200 O\r\nA: b"),
    "status beyond Latin-1": application("200 €"),
    "bytes": application(body=b"body"),  # type: ignore[arg-type]
    "a piece of text": application(body=["body"]),  # type: ignore[list-item]
    "nothing returned": application(body=None),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("app", BROKEN.values(), ids=BROKEN)
def test_a_broken_application_is_not_believed(app: Any) -> None:
    answer = Responder(handler_for(app)).receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")


def test_an_error_replaces_what_was_started() -> None:
    def change_mind(environ: dict[str, Any], start_response: Start) -> list[bytes]:
        write = start_response("200 OK", [])
        write(b"all is well")
        try:
            raise ValueError
        except ValueError as error:
            write = start_response("500 Oh", [], (ValueError, error, error.__traceback__))
        write(b"sorry")
        return [b"!"]

    assert handler_for(change_mind)(GET)[:4] == (500, (("Content-Length", "6"),), b"sorry!", "Oh")


def test_what_the_application_returns_is_closed_even_if_it_fails() -> None:
    closed: list[bool] = []

    class Body:
        def __iter__(self) -> Iterator[bytes]:
            raise ValueError("broken off")

        def close(self) -> None:
            closed.append(True)

    with pytest.raises(ValueError, match="broken off"):
        handler_for(application(body=Body()))(GET)
    assert closed == [True]


@pytest.mark.parametrize(
    ("target", "path_info"),
    [("/%C3%A9", "/\xc3\xa9"), ("/%E9", "/\xe9"), ("/%09", "/\t"), ("/%C3%A9%ff", "/\xc3\xa9\xff"), ("/[x]", "/[x]")],
)
def test_path_info_has_the_octets_of_the_path(target: str, path_info: str) -> None:
    request, _ = parse_head(f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode(), "", LIMITS)
    assert handler_for(application()).environ(request)["PATH_INFO"] == path_info


def test_environ() -> None:
    headers = {"host": "a:81", "x-a": "1,2", "x_a": "3", "content-type": "t", "content-length": "1"}
    request = Request("POST", "/%C3%A9?q", "HTTP/1.0", headers, "/é", "q", "a:81", b"x", "::1")
    environ = handler_for(application(), ("b", 82)).environ(request)
    assert environ.pop("wsgi.input").read() == b"x"
    assert environ.pop("wsgi.errors") is sys.stderr
    assert callable(environ.pop("wsgi.file_wrapper"))
    assert environ == {
        "REQUEST_METHOD": "POST",
        "REQUEST_URI": "/%C3%A9?q",
        "RAW_URI": "/%C3%A9?q",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/\xc3\xa9",
        "QUERY_STRING": "q",
        "SERVER_NAME": "b",
        "SERVER_PORT": "82",
        "SERVER_PROTOCOL": "HTTP/1.0",
        "SERVER_SOFTWARE": "raw_router",
        "REMOTE_ADDR": "::1",
        "HTTP_HOST": "a:81",
        "HTTP_X_A": "1,2",
        "CONTENT_TYPE": "t",
        "CONTENT_LENGTH": "1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input_terminated": True,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def test_an_environment_is_never_shared() -> None:
    gateway = handler_for(application())
    first = gateway.environ(GET)
    first["HTTP_HOST"] = first["mine"] = "changed"
    second = gateway.environ(GET._replace(path="/b", query="c", method="HEAD", client="::2"))
    assert (second["HTTP_HOST"], second["PATH_INFO"], second["QUERY_STRING"]) == ("a", "/b", "c")
    assert (second["REQUEST_METHOD"], second["REMOTE_ADDR"]) == ("HEAD", "::2")
    assert "mine" not in second


def test_known_environments_are_bounded() -> None:
    gateway = handler_for(application())
    for number in range(2 * MAX_KNOWN):
        assert gateway.environ(Request("GET", "/", "HTTP/1.1", {"a": str(number)}, "/"))["HTTP_A"] == str(number)
    assert len(gateway._known) <= MAX_KNOWN


def test_requests_with_equal_fields_share_what_an_environment_is_known_by() -> None:
    seen = []
    responder = Responder(lambda request: seen.append(request) or Response(204))  # type: ignore[func-returns-value]
    cookie = b"HTTP/1.1\r\nHost: a\r\nCookie: b=%d\r\n\r\n"
    for line in (b"GET /a ", b"GET /a?b ", b"HEAD /c?d "):
        responder.receive(line + cookie % 1)
    responder.receive(b"GET /a " + cookie % 2)
    assert len({id(request.headers) for request in seen}) == 2
    assert [request.headers["cookie"] for request in seen] == ["b=1", "b=1", "b=1", "b=2"]


READS: dict[str, tuple[Callable[[Any], object], object]] = {
    "read": (lambda stream: stream.read(), b"ab\ncd\nef"),
    "read a part": (lambda stream: (stream.read(4), stream.read(4), stream.read(4)), (b"ab\nc", b"d\nef", b"")),
    "read past the end": (lambda stream: (stream.read(100), stream.read(), stream.read(1)), (b"ab\ncd\nef", b"", b"")),
    "read nothing": (lambda stream: stream.read(0), b""),
    "readline": (lambda stream: [stream.readline() for _ in range(4)], [b"ab\n", b"cd\n", b"ef", b""]),
    "readline of a size": (lambda stream: (stream.readline(1), stream.readline(9)), (b"a", b"b\n")),
    "readlines": (lambda stream: stream.readlines(), [b"ab\n", b"cd\n", b"ef"]),
    "readlines with a hint": (lambda stream: stream.readlines(1), [b"ab\n"]),
    "iteration": (list, [b"ab\n", b"cd\n", b"ef"]),
}


@pytest.mark.parametrize(("read", "expected"), READS.values(), ids=READS)
@pytest.mark.parametrize(
    "framed",
    [
        b"Content-Length: 8\r\n\r\nab\ncd\nef",
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nab\n\r\n5\r\ncd\nef\r\n0\r\n\r\n",
    ],
    ids=["Content-Length", "chunked"],
)
def test_the_input_ends_where_the_body_ends(framed: bytes, read: Callable[[Any], object], expected: object) -> None:
    results = []

    def reads(environ: dict[str, Any], start_response: Start) -> list[bytes]:
        results.append(read(environ["wsgi.input"]))
        start_response("200 OK", [("A", environ["CONTENT_LENGTH"] + str(environ.get("HTTP_TRANSFER_ENCODING")))])
        return []

    answer = ask(reads, b"POST / HTTP/1.1\r\nHost: a\r\n" + framed + b"GET / HTTP/1.1\r\n\r\n")
    assert results == [expected]
    assert b"A: 8None\r\n" in answer


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_wsgiref_finds_nothing_wrong(method: str) -> None:
    def run(environ: dict[str, Any], start_response: Start) -> list[bytes]:
        assert environ["wsgi.input"].read(1) == b"x"
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [] if method == "HEAD" else [b"body"]

    data = f"{method} /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx".encode()
    answer = ask(validator(run), data)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")


# -- responses in pieces


def ask(app: Any, data: bytes = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n") -> bytes:
    """Return what a client gets that takes everything."""
    responder = Responder(handler_for(app))
    answer = responder.receive(data)
    while responder.waits_for == "write":
        answer += responder.receive(b"")
    return answer


class Result:
    """What an application returns: it notes how far it was pulled, and whether it was closed."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces = iter(pieces)
        self.pulled = 0
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = next(self.pieces)
        self.pulled += 1
        return piece

    def close(self) -> None:
        self.closed += 1


def starts_lazily(environ: dict[str, Any], start_response: Start) -> Iterator[bytes]:
    start_response("200 OK", [])
    yield b""
    yield b"a"
    yield b"b"


def writes_between(environ: dict[str, Any], start_response: Start) -> Iterator[bytes]:
    write = start_response("200 OK", [])
    write(b"a")
    yield b"b"
    write(b"c")
    yield b"d"
    write(b"e")


def breaks_off(environ: dict[str, Any], start_response: Start) -> Iterator[bytes]:
    start_response("200 OK", [])
    yield b"first"
    raise ApplicationError("after the first bytes")


def changes_its_mind_late(environ: dict[str, Any], start_response: Start) -> Iterator[bytes]:
    start_response("200 OK", [])
    yield b"first"
    start_response("500 Oh", [], (ValueError, ValueError("late"), None))
    yield b"sorry"


def changes_its_mind_in_time(environ: dict[str, Any], start_response: Start) -> Iterator[bytes]:
    start_response("200 OK", [])
    start_response("500 Oh", [], (ValueError, ValueError("early"), None))
    yield b"sorry"


def starts_again_without_an_error(environ: dict[str, Any], start_response: Start) -> Iterator[bytes]:
    start_response("200 OK", [])
    yield b"first"
    start_response("500 Oh", [], (None, None, None))
    yield b"sorry"


def starts_again_in_time_without_an_error(environ: dict[str, Any], start_response: Start) -> Iterator[bytes]:
    start_response("200 OK", [])(b"lost")
    start_response("500 Oh", [], (None, None, None))
    yield b"sorry"


def writes_only(environ: dict[str, Any], start_response: Start) -> list[bytes]:
    write = start_response("200 OK", [])
    write(b"bo")
    write(b"dy")
    return []


class Sequence:
    """As Django's HttpResponse: its iterator reports its length, but it does not itself."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.pieces)


class Lies:
    """An iterator that reports that nothing is left."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)

    def __iter__(self) -> "Lies":
        return self

    def __next__(self) -> bytes:
        if not self.pieces:
            raise StopIteration
        return self.pieces.pop(0)

    def __length_hint__(self) -> int:
        return 0


FOUR = [("Content-Length", "4")]
PIECES = {
    "chunked": (application(body=Result([b"bo", b"dy"])), 200, b"2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n"),
    "a length": (application(headers=FOUR, body=Result([b"bo", b"dy"])), 200, b"body"),
    "a length, in one piece": (application(headers=FOUR, body=Result([b"body"])), 200, b"body"),
    "one piece of a sequence": (application(body=Sequence(b"body")), 200, b"body"),
    "two pieces of a sequence": (application(body=Sequence(b"bo", b"dy")), 200, b"2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n"),
    "a second piece of nothing": (application(body=Sequence(b"body", b"")), 200, b"4\r\nbody\r\n0\r\n\r\n"),
    "a length, one piece of a sequence": (application(headers=FOUR, body=Sequence(b"body")), 200, b"body"),
    "a length, then nothing": (application(headers=FOUR, body=Sequence(b"body", b"", b"")), 200, b"body"),
    "a length, then more": (application(headers=FOUR, body=Sequence(b"body", b"!")), 200, b"body"),
    "longer, one piece of a sequence": (application(headers=FOUR, body=Sequence(b"body!")), 200, b"body"),
    "shorter, one piece of a sequence": (application(headers=FOUR, body=Sequence(b"bod")), 200, b"bod"),
    "an iterator that lies": (application(body=Lies(b"body", b"!")), 200, b"body"),
    "a tuple": (application(body=(b"bo", b"dy")), 200, b"body"),
    "a subclass of list": (application(body=type("List", (list,), {})([b"bo", b"dy"])), 200, b"body"),
    "writes only": (writes_only, 200, b"body"),
    "starts again": (starts_again_without_an_error, 200, b"5\r\nfirst\r\n"),
    "starts again in time": (starts_again_in_time_without_an_error, 500, b"5\r\nsorry\r\n0\r\n\r\n"),
    "large": (application(headers=[("Content-Length", "300000")], body=[b"x" * 300_000]), 200, b"x" * 300_000),
    "larger": (application(headers=[("Content-Length", "300000")], body=[b"x" * 300_001]), 200, b"x" * 300_000),
    "smaller": (application(headers=[("Content-Length", "300002")], body=[b"x" * 300_001]), 200, b"x" * 300_001),
    "no piece": (application(body=Result([])), 200, b""),
    "empty pieces": (application(body=Result([b"", b""])), 200, b""),
    "no content": (application("204 No Content", body=Result([b"body"])), 204, b""),
    "reset content": (application("205 Reset Content", body=Result([b"body"])), 205, b""),
    "starts lazily": (starts_lazily, 200, b"1\r\na\r\n1\r\nb\r\n0\r\n\r\n"),
    "writes between": (writes_between, 200, b"2\r\nab\r\n2\r\ncd\r\n1\r\ne\r\n0\r\n\r\n"),
    "longer": (application(headers=FOUR, body=Result([b"bo", b"dy", b"!"])), 200, b"body"),
    "shorter": (application(headers=FOUR, body=Result([b"bo"])), 200, b"bo"),
    "breaks off": (breaks_off, 200, b"5\r\nfirst\r\n"),
    "changes its mind late": (changes_its_mind_late, 200, b"5\r\nfirst\r\n"),
    "changes its mind in time": (changes_its_mind_in_time, 500, b"5\r\nsorry\r\n0\r\n\r\n"),
}


@pytest.mark.parametrize(("app", "status", "expected"), PIECES.values(), ids=PIECES)
def test_pieces(app: Any, status: int, expected: bytes) -> None:
    head, _, content = ask(app).partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert content == expected


CLOSED = {
    "read to its end": (GET, "200 OK", 2),
    "HEAD": (HEAD, "200 OK", 0),
    "no content": (GET, "204 No Content", 0),
    "not modified": (GET, "304 Not Modified", 0),
}


@pytest.mark.parametrize(("asked", "status", "pulled"), CLOSED.values(), ids=CLOSED)
def test_a_result_is_pulled_no_further_than_needed_and_closed_once(asked: Request, status: str, pulled: int) -> None:
    result = Result([b"bo", b"dy"])
    ask(application(status, body=result), f"{asked.method} / HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    assert (result.pulled, result.closed) == (pulled, 1)


def test_head_pulls_until_the_application_starts() -> None:
    assert ask(starts_lazily, b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").endswith(b"\r\n\r\n")


class Readable:
    """The least that a file wrapper accepts."""

    def __init__(self, content: bytes) -> None:
        self.read = BytesIO(content).read


def sends_file(file: Any, *size: int, headers: Iterable[tuple[str, str]] = ()) -> Any:
    def returns_file(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        start_response("200 OK", list(headers))
        wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](file, *size)
        return wrapped

    return returns_file


FILES = {
    "a file": (BytesIO, [], b"4\r\nbody\r\n0\r\n\r\n"),
    "a length": (BytesIO, FOUR, b"body"),
    "a length too short": (BytesIO, [("Content-Length", "3")], b"bod"),
    "a length too long": (BytesIO, [("Content-Length", "5")], b"body"),
    "only read": (Readable, FOUR, b"body"),
    "text": (
        lambda content: StringIO(content.decode()),
        FOUR,
        b"500 Internal Server Error: the server failed to respond\n",
    ),
}


@pytest.mark.parametrize(("make", "headers", "expected"), FILES.values(), ids=FILES)
def test_a_file_is_sent(make: Callable[[bytes], Any], headers: list[tuple[str, str]], expected: bytes) -> None:
    file = make(b"body")
    assert ask(sends_file(file, headers=headers)).partition(b"\r\n\r\n")[2] == expected
    assert getattr(file, "closed", True)


@pytest.mark.parametrize("size", [(), (8192,), (300_000,)])
def test_a_file_is_read_in_blocks(tmp_path: Path, size: tuple[int, ...]) -> None:
    (tmp_path / "file").write_bytes(bytes(700_000))
    with (tmp_path / "file").open("rb", buffering=0) as file:
        response = handler_for(sends_file(file, *size))(GET)
        assert file.tell() == max(*size, BLOCK_SIZE, 0)
        assert b"".join(response.body) == bytes(700_000)  # type: ignore[arg-type]
        response.body.close()  # type: ignore[union-attr]
        assert file.closed


def test_what_is_no_regular_file_is_read_as_the_application_suggests() -> None:
    reading, writing = os.pipe()
    with open(reading, "rb") as file, open(writing, "wb") as other:
        other.write(b"ab")
        other.flush()
        response = handler_for(sends_file(file, 1))(GET)
        assert next(iter(response.body)) == b"a"


def test_a_file_that_is_closed_is_a_500(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"body")
    with (tmp_path / "file").open("rb") as file:
        pass
    assert ask(sends_file(file)).startswith(b"HTTP/1.1 500 ")


def test_a_large_body_is_not_copied() -> None:
    body = bytes(100_000)
    responder = Responder(handler_for(application(body=[body])))
    assert responder.feed(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n") == b""
    answer = responder.answer()
    assert answer[-1] is body
    assert [responder.waits_for, responder.answer(), responder.waits_for] == ["write", b"", "idle"]


def test_a_large_body_follows_the_small_ones_before_it() -> None:
    def sends(environ: dict[str, Any], start_response: Start) -> list[bytes]:
        start_response("200 OK", [])
        return [bytes(int(environ["PATH_INFO"][1:]))]

    responder = Responder(handler_for(sends))
    responder.feed(b"".join(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % octets for octets in (1, 2, 100_000, 3)))
    answer = responder.answer()
    assert isinstance(answer, tuple)
    assert [len(buffer) > 90_000 for buffer in answer] == [False, True]
    assert bytes(answer[0]).count(b"HTTP/1.1 200 OK\r\n") == 3
    assert responder.waits_for == "write"
    assert responder.answer().endswith(b"\r\n\r\n" + bytes(3))  # type: ignore[union-attr]


def test_a_field_that_is_dropped_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    responder = Responder(handler_for(application(headers=[("Connection", "close"), ("Keep-Alive", "max=5")])))
    for _ in range(3):
        responder.receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert [(each.levelname, each.getMessage().partition(",")[0]) for each in caplog.records] == [
        ("WARNING", "the application sets Connection: close"),
        ("WARNING", "the application sets Keep-Alive: max=5"),
    ]


WRONG = {
    "longer": (application(headers=FOUR, body=[b"body!"]), "is cut, because it is longer than its Content-Length"),
    "shorter": (application(headers=FOUR, body=[b"bod"]), "ends 1 octets too early, because it is shorter than its"),
    "longer, pieces": (application(headers=FOUR, body=Sequence(b"body", b"!")), "is cut, because it is longer than"),
    "shorter, pieces": (application(headers=FOUR, body=Result([b"bo"])), "ends 2 octets too early, because it is"),
}


@pytest.mark.parametrize(("app", "warning"), WRONG.values(), ids=WRONG)
def test_a_body_that_is_not_as_long_as_its_length_is_logged_once(
    app: Any, warning: str, caplog: pytest.LogCaptureFixture
) -> None:
    responder = Responder(handler_for(app))
    responder.receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    while responder.waits_for == "write":
        responder.receive(b"")
    assert responder.waits_for == ("closed" if "early" in warning else "idle")
    [record] = caplog.records
    assert record.levelname == "WARNING"
    assert record.getMessage().startswith(f"GET /: the body {warning}")


def test_a_status_is_sent_as_it_is_given() -> None:
    heads = [ask(application(status)).partition(b"\r\n")[0] for status in ("200", "404 GONE FISHING", "999 \xe9")]
    assert heads == [b"HTTP/1.1 200 ", b"HTTP/1.1 404 GONE FISHING", b"HTTP/1.1 999 \xe9"]


def test_a_date_is_sent_once() -> None:
    answer = ask(application(headers=[("date", "Thu, 01 Jan 1970 00:00:00 GMT")]))
    assert answer.lower().count(b"\r\ndate: ") == 1
    assert b"\r\ndate: Thu, 01 Jan 1970" in answer


def test_upgrade_required_is_an_option_of_the_connection() -> None:
    app = application("426 Upgrade Required", [("Upgrade", "HTTP/2.0")])
    answer = ask(app, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert b"\r\nUpgrade: HTTP/2.0\r\nConnection: Upgrade\r\n" in answer
    assert b"\r\nConnection: close\r\n" in answer


# -- over sockets


class Slow(Result):
    """A result whose close() waits until the client has the response."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        super().__init__(pieces)
        self.may_close = Event()

    def close(self) -> None:
        assert self.may_close.wait(30)
        super().close()


class SlowList(list[bytes]):
    """The same as a list."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        super().__init__(pieces)
        self.may_close = Event()
        self.closed = 0

    def close(self) -> None:
        assert self.may_close.wait(30)
        self.closed += 1


SLOW = {
    "a list": (SlowList, [], b"GET", b"body"),
    "a length": (Slow, FOUR, b"GET", b"body"),
    "chunks": (Slow, [], b"GET", b"2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n"),
    "HEAD": (Slow, [], b"HEAD", b"\r\n\r\n"),
}


@pytest.mark.parametrize("serve", DRIVERS.values(), ids=DRIVERS)
@pytest.mark.parametrize(("kind", "headers", "method", "end"), SLOW.values(), ids=SLOW)
def test_closing_slowly_delays_no_response(
    serve: Serve, kind: type[Slow] | type[SlowList], headers: list[tuple[str, str]], method: bytes, end: bytes
) -> None:
    result = kind([b"bo", b"dy"])
    with serving(handler_for(application(headers=headers, body=result)), serve) as port, dial(port) as client:
        client.sendall(method + b" / HTTP/1.1\r\nHost: a\r\n\r\n")
        received = b""
        while not received.endswith(end):
            data = client.recv(65536)
            assert data
            received += data
        assert result.closed == 0
        result.may_close.set()
        assert becomes_true(lambda: result.closed == 1)


@pytest.mark.parametrize("serve", DRIVERS.values(), ids=DRIVERS)
def test_a_piece_is_sent_before_the_next_is_made(serve: Serve) -> None:
    has_first = Event()

    def streams(environ: dict[str, Any], start_response: Start) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"first"
        assert has_first.wait(30)
        yield b"second"

    with serving(handler_for(streams), serve) as port, dial(port) as client:
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        received = b""
        while data := client.recv(65536):
            received += data
            if b"first" in received:
                has_first.set()
    assert received.endswith(b"firstsecond")

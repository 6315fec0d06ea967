"""Any WSGI application as a handler: what it is told, and what happens when it breaks PEP 3333."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.validate import validator

import pytest

from raw_router.messages import Request, Response
from raw_router.responder import Responder
from raw_router.wsgi import ApplicationError, handler_for, make_environ

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
        Response(200, (("Content-Length", "0"),)),
    ),
    "fields as lists": (
        application(headers=[["A", "b"]], body=()),  # type: ignore[list-item]
        GET,
        Response(200, (("A", "b"), ("Content-Length", "0"))),
    ),
    "a phrase of its own": (application("404 NOT FOUND", body=()), GET, Response(404, (("Content-Length", "0"),))),
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


def breaks_off(environ: dict[str, Any], start_response: Start) -> Iterator[bytes]:
    start_response("200 OK", [])
    yield b"first"
    raise ApplicationError("after the first bytes")


def leaves(environ: dict[str, Any], start_response: Start) -> Iterator[bytes]:
    raise SystemExit(1)


BROKEN = {
    "leaves": leaves,
    "length no number": application("304 Not Modified", headers=[("Content-Length", "x")], body=()),
    "never starts": never_starts,
    "starts twice": starts_twice,
    "breaks off": breaks_off,
    "length too short": application(headers=[("Content-Length", "3")]),
    "length too long": application(headers=[("Content-Length", "5")]),
    "length twice": application(headers=[("Content-Length", "4"), ("Content-Length", "4")]),
    "status without a code": application("OK"),
    "status of two digits": application("20 OK"),
    "interim status": application("100 Continue"),
    "CR LF in the status": application("200 OK\r\nA: b"),
    "CR LF in a value": application(headers=[("A", "b\r\nC: d")]),
    "NUL in a value": application(headers=[("A", "\0")]),
    "a character beyond Latin-1": application(headers=[("A", "€")]),
    "a name no token": application(headers=[("A b", "c")]),
    "hop-by-hop": application(headers=[("Connection", "close")]),
}


@pytest.mark.parametrize("app", BROKEN.values(), ids=BROKEN)
def test_a_broken_application_is_not_believed(app: Any) -> None:
    with pytest.raises(ApplicationError):
        handler_for(app)(GET)
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

    assert handler_for(change_mind)(GET) == Response(500, (("Content-Length", "6"),), b"sorry!")


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


def test_environ() -> None:
    headers = {"host": "a:81", "x-a": "1,2", "x_a": "3", "content-type": "t", "content-length": "1"}
    environ = make_environ(Request("POST", "/%C3%A9?q", "HTTP/1.0", headers, "/é", "q", "a:81", b"x", "::1"))
    assert environ.pop("wsgi.input").read() == b"x"
    assert {key: value for key, value in environ.items() if not key.startswith("wsgi.")} == {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/\xc3\xa9",
        "QUERY_STRING": "q",
        "SERVER_NAME": "a",
        "SERVER_PORT": "81",
        "SERVER_PROTOCOL": "HTTP/1.0",
        "REMOTE_ADDR": "::1",
        "HTTP_HOST": "a:81",
        "HTTP_X_A": "1,2",
        "CONTENT_TYPE": "t",
        "CONTENT_LENGTH": "1",
    }


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("", ("localhost", "80")),
        ("a", ("a", "80")),
        ("a:", ("a", "80")),
        ("[::1]", ("[::1]", "80")),
        ("[::1]:8", ("[::1]", "8")),
    ],
)
def test_server_name_and_port(host: str, expected: tuple[str, str]) -> None:
    environ = make_environ(Request("GET", "/", "HTTP/1.1", {}, "/", host=host))
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == expected


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_wsgiref_finds_nothing_wrong(method: str) -> None:
    def run(environ: dict[str, Any], start_response: Start) -> list[bytes]:
        assert environ["wsgi.input"].read(1) == b"x"
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [] if method == "HEAD" else [b"body"]

    data = f"{method} /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx".encode()
    answer = Responder(handler_for(validator(run))).receive(data)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")

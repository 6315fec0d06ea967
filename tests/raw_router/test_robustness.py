"""What views, applications and clients may do to a server: it lives, and the next request is answered."""

import os
from asyncio import CancelledError
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from wsgiref.validate import validator

import pytest

from django_project.wsgi import application as django_app
from flask_app import app as flask_app
from raw_router.wsgi import handler_for
from tests.fuzz.conversing import handle
from tests.serving import DRIVERS, Serve, becomes_true, dial, exchange, reset, serving

Environ = dict[str, Any]
Start = Callable[..., Callable[[bytes], object]]
Application = Callable[[Environ, Start], Iterable[bytes]]

GET = b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.fixture(params=DRIVERS.values(), ids=list(DRIVERS))
def serve(request: pytest.FixtureRequest) -> Serve:
    driver: Serve = request.param
    return driver


@pytest.mark.parametrize("path", [b"/raises", b"/nothing", b"/splits", b"/lies"])
def test_a_broken_view_costs_its_own_answer(serve: Serve, path: bytes) -> None:
    with serving(handle, serve) as port:
        answers = exchange(port, GET % path + LAST)
    assert statuses(answers) == [b"500", b"200"]
    assert answers.endswith(b"\r\n\r\nGET / localhost ")


def statuses(answers: bytes) -> list[bytes]:
    return [answer[:3] for answer in answers.split(b"HTTP/1.1 ")[1:]]


def bodies(answers: bytes) -> Iterator[bytes]:
    """Yield the bodies of responses, which have a Content-Length; the last one may be too short."""
    while answers:
        head, _, answers = answers.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")
        length = int(head.partition(b"\r\nContent-Length: ")[2].partition(b"\r\n")[0])
        yield answers[:length]
        answers = answers[length:]


class ApplicationExit(BaseException):
    pass


def exits(environ: Environ, start: Start) -> list[bytes]:
    raise ApplicationExit


def is_interrupted(environ: Environ, start: Start) -> Iterator[bytes]:
    start("200 OK", [("Content-Length", "9")])
    yield b"HTTP/1.1 "
    raise KeyboardInterrupt


def is_cancelled(environ: Environ, start: Start) -> list[bytes]:
    raise CancelledError


def fine(environ: Environ, start: Start) -> list[bytes]:
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
    return [b"fine"]


def saying(*pieces: Any, status: Any = "200 OK", headers: Any = ()) -> Application:
    def application(environ: Environ, start: Start) -> Any:
        start(status, list(headers))
        return pieces

    return application


def writes_then_raises(environ: Environ, start: Start) -> list[bytes]:
    write = start("200 OK", [("Content-Length", "9")])
    write(b"HTTP/1.1 ")
    raise ConnectionResetError


def yields_then_raises(environ: Environ, start: Start) -> Iterator[bytes]:
    start("200 OK", [("Content-Length", "9")])
    yield b"HTTP/1.1 "
    raise TimeoutError


def never_starts(environ: Environ, start: Start) -> Iterator[bytes]:
    yield b"HTTP/1.1 "


def starts_late(environ: Environ, start: Start) -> Iterator[bytes]:
    yield b"HTTP/1.1 "
    start("200 OK", [])
    yield b"200 OK"


def writes_text(environ: Environ, start: Start) -> list[bytes]:
    start("200 OK", [])("text")  # type: ignore[arg-type]
    return []


def stops(environ: Environ, start: Start) -> list[bytes]:
    raise StopIteration


def returns_nothing(environ: Environ, start: Start) -> Any:
    start("200 OK", [])


def keeps_half_a_change_of_mind(environ: Environ, start: Start) -> list[bytes]:
    start("200 OK", [])
    start("500 Oh\r\n", [], (ValueError, ValueError(), None))
    return [b"sorry"]


class RaisesWhenClosed(list[bytes]):
    def close(self) -> None:
        raise OSError


BROKEN: dict[str, Application] = {
    "writes then raises": writes_then_raises,
    "never starts": never_starts,
    "never does anything": lambda environ, start: [],
    "starts late": starts_late,
    "writes text": writes_text,
    "stops": stops,
    "exits": exits,
    "is cancelled": is_cancelled,
    "returns nothing": returns_nothing,
    "keeps half a change of mind": keeps_half_a_change_of_mind,
    "says text": saying("text"),
    "says bytes, then text": saying(b"HTTP/1.1 ", "text"),
    "says a number": saying(4),
    "says nothing at all": saying(None),
    "no status": saying(status=None),
    "a number for a status": saying(status=200),
    "bytes for a status": saying(status=b"200 OK"),
    "a status with an empty line": saying(status="200 OK\r\n\r\nHTTP/1.1 200 OK"),
    "a value with an empty line": saying(headers=[("A", "b\r\n\r\nHTTP/1.1 200 OK")]),
    "a name with a line": saying(headers=[("A: b\r\nC", "d")]),
    "a number for a value": saying(headers=[("A", 1)]),
    "bytes for fields": saying(headers=[(b"A", b"b")]),
    "a field of three": saying(headers=[("A", "b", "c")]),
    "a signed length": saying(b"four", headers=[("Content-Length", "+4")]),
}


# What is clear in spite of a fault is sent; a client sees that a body is too short when the connection ends.
TOLERATED: dict[str, tuple[Application, list[bytes]]] = {
    "yields then raises": (yields_then_raises, [b"HTTP/1.1 ", b"fine"]),
    "is interrupted": (is_interrupted, [b"HTTP/1.1 ", b"fine"]),
    "raises when closed": (lambda environ, start: RaisesWhenClosed(fine(environ, start)), [b"fine", b"fine"]),
    "says less than it tells": (saying(b"less", headers=[("Content-Length", "5")]), [b"less"]),
    "says more than it tells": (saying(b"more", headers=[("Content-Length", "3")]), [b"mor", b"fine"]),
    "a status without a phrase": (saying(status="200"), [b"", b"fine"]),
    "a coding of its own": (
        saying(b"0\r\n\r\n", headers=[("Transfer-Encoding", "chunked")]),
        [b"0\r\n\r\n", b"fine"],
    ),
}


@pytest.fixture
def broken_port(serve: Serve) -> Iterator[int]:
    """Serve each broken application on a path of its name, and a fine one elsewhere."""

    def dispatch(environ: Environ, start: Start) -> Iterable[bytes]:
        name = environ["PATH_INFO"][1:]
        application = TOLERATED[name][0] if name in TOLERATED else BROKEN.get(name, fine)
        return application(environ, start)

    with serving(handler_for(dispatch), serve) as port:
        yield port


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_application_costs_its_own_answer(broken_port: int, name: str) -> None:
    path = f"/{name}".replace(" ", "%20").encode()
    answers = exchange(broken_port, GET % path + LAST)
    assert statuses(answers) == [b"500", b"200"]
    assert answers.endswith(b"\r\n\r\nfine")


@pytest.mark.parametrize("name", TOLERATED)
def test_a_faulty_application_is_sent_as_far_as_it_is_clear(broken_port: int, name: str) -> None:
    path = f"/{name}".replace(" ", "%20").encode()
    answers = exchange(broken_port, GET % path + LAST)
    assert list(bodies(answers)) == TOLERATED[name][1]


REQUESTS = {
    "GET": b"GET /form?a=b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "HEAD": b"HEAD /form HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "POST": b"POST /form HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=b",
    "chunked": b"POST /form HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\n1\r\na\r\n2\r\n=b\r\n0\r\n\r\n",
    "HTTP/1.0": b"GET /form HTTP/1.0\r\n\r\n",
}


@pytest.mark.parametrize("data", REQUESTS.values(), ids=REQUESTS)
@pytest.mark.parametrize("application", [flask_app, django_app], ids=["flask", "django"])
def test_wsgiref_finds_nothing_wrong(serve: Serve, application: Any, data: bytes) -> None:
    with serving(handler_for(validator(application)), serve) as port:
        answer = exchange(port, data)
    assert statuses(answer) == [b"200"]
    assert answer.endswith(b"\r\n\r\n") == data.startswith(b"HEAD")


POST = b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
LARGE = GET % b"/large"


@pytest.fixture
def port(serve: Serve) -> Iterator[int]:
    with serving(handle, serve) as port:
        yield port


@contextmanager
def no_descriptor_left(port: int) -> Iterator[None]:
    """Check that the server lives after the block, and has let go of every client."""
    exchange(port, LAST)
    before = descriptors()
    yield
    assert becomes_true(lambda: descriptors() <= before), descriptors() - before
    assert statuses(exchange(port, LAST)) == [b"200"]


def descriptors() -> set[str]:
    """Return what this process holds open: `socket:[4711]`, the name of a file."""
    return {name for number in os.listdir("/dev/fd") if (name := opened(number))}


def opened(number: str) -> str | None:
    with suppress(OSError):  # gone in this moment, as what lists them is
        return os.readlink(f"/dev/fd/{number}")
    return None


def test_a_client_may_reset_at_every_octet_of_a_request(port: int) -> None:
    with no_descriptor_left(port):
        for size in range(len(POST) + 1):
            client = dial(port)
            client.sendall(POST[:size])
            reset(client)


def test_a_client_may_reset_at_every_octet_of_an_answer(port: int) -> None:
    answer = exchange(port, POST)
    with no_descriptor_left(port):
        for size in range(1, len(answer) + 1):
            read_and_reset(port, POST, size)


@pytest.mark.parametrize("size", [1, 4_096, 65_536, 250_000])
def test_a_client_may_reset_while_much_is_sent(port: int, size: int) -> None:
    with no_descriptor_left(port):
        for requests in range(1, 20):
            read_and_reset(port, LARGE * requests, size)


def read_and_reset(port: int, data: bytes, size: int) -> None:
    """Send requests, read so many octets of what is answered, and reset the connection."""
    client = dial(port)
    client.sendall(data)
    while size:
        size -= len(client.recv(size))
    reset(client)

"""Broken servers for stage 5, Parameters and representations: paths, statuses, redirects and the inspector."""

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import quote

from http_contract.rules.expectations import CLIENT_ERRORS
from raw_router.application import generate_response
from raw_router.messages import Request, Response
from raw_router.responder import Responder
from tests.mutants.serving import (
    Mutant,
    Serve,
    Wrapped,
    answering,
    asking,
    connecting,
    hearing,
    replacing,
    saying,
    with_body,
    with_field,
    without_field,
)

DISGUISE = 599  # a status that raw_router has no name for, so that it does not know that no content is allowed


def at(pattern: str, change: Callable[[Response], Response]) -> Serve:
    """Change the responses to the paths that match."""
    return answering(lambda request, response: change(response) if re.fullmatch(pattern, request.path) else response)


def looking_up(pattern: str, way: Callable[[str], str]) -> Serve:
    """Serve another path in place of the paths that match."""
    return asking(
        lambda request: request._replace(path=way(request.path)) if re.fullmatch(pattern, request.path) else request
    )


def telling(path: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Serve:
    """Serve changed JSON at a path; `change` returns the members that differ."""

    def changed(response: Response) -> Response:
        if not response.content.startswith(b"{"):
            return response
        told = json.loads(response.content)
        return with_body(response, json.dumps({**told, **change(told)}).encode())

    return at(path, changed)


def telling_of(path: str, member: str, change: Callable[[Any], Any]) -> Serve:
    """Change one member of the JSON at a path, if the member exists."""
    return telling(path, lambda told: {member: change(told[member])} if member in told else {})


def unescaped(response: Response) -> Response:
    """Show text from the request without escaping it."""
    is_page = response.content.startswith(b"<")
    return with_body(response, unescape(response.content.decode()).encode()) if is_page else response


def undecoded(request: Request) -> Request:
    return request._replace(path=request.target) if request.target.startswith("/hello/") else request


def slash_in_name(request: Request) -> Request:
    """Split the path at its slashes before it is decoded."""
    return request._replace(path="/hello/a-b") if re.match("/hello/.*%2[fF]", request.target) else request


def many_segments(request: Request) -> Request:
    rest = request.target.removeprefix("/hello/")
    return request._replace(path="/hello/a-b") if rest != request.target and "/" in rest else request


def int_of(path: str) -> str:
    """Read a number with int(), which accepts more than digits."""
    word = path.removeprefix("/status/")
    try:
        return f"/status/{abs(int(word))}"
    except ValueError:
        return path


def served_anyway(request: Request, response: Response) -> Response:
    is_number = re.fullmatch("/status/(?!404)[0-9]+", request.target)
    return response._replace(status=200) if is_number and response.status == 404 else response


def coarse(least: int, statuses: tuple[int, ...]) -> Callable[[Response], Response]:
    """Serve one status of each class."""
    return lambda response: response._replace(status=least) if response.status in statuses else response


class Unmindful(Wrapped):
    """Send content with a status that forbids it."""

    def __init__(self, status: int, fields: tuple[tuple[str, str], ...], body: bytes) -> None:
        super().__init__("")
        self.status = status
        self.response = Response(DISGUISE, fields, body)
        self.inner = Responder(self.respond)

    def respond(self, request: Request) -> Response:
        return self.response if request.path == f"/status/{self.status}" else generate_response(request)

    def receive(self, data: bytes) -> bytes:
        return super().receive(data).replace(b"HTTP/1.1 599 ", f"HTTP/1.1 {self.status} No".encode())


def unmindful(status: int, *fields: tuple[str, str], body: bytes = b"") -> Serve:
    return connecting(lambda client: Unmindful(status, fields, body))


def queried(change: Callable[[list[Any]], list[Any]]) -> Serve:
    return telling_of("/inspect", "query", change)


def requeried(change: Callable[[str], str]) -> Serve:
    """Serve the inspector with a changed query."""
    return asking(
        lambda request: request._replace(query=change(request.query)) if request.path == "/inspect" else request
    )


def without_fields(pattern: str) -> Serve:
    return asking(
        lambda request: request._replace(
            headers={name: value for name, value in request.headers.items() if not re.match(pattern, name)}
        )
    )


def as_dict(pairs: list[Any]) -> list[Any]:
    """Drop all pairs of a name except the last."""
    return list({pair["name"]: pair for pair in pairs}.values())


def last_lines(request: Request) -> Request:
    """Drop all field lines of a name except the last."""
    if request.path != "/inspect":
        return request
    kept = {name: value.rpartition(",")[2] for name, value in request.headers.items() if name != "accept"}
    return request._replace(headers={**request.headers, **kept})


def no_value(query: str) -> str:
    """Drop pairs without a value."""
    return "&".join(pair for pair in query.split("&") if re.fullmatch("[^=]+=.+", pair))


MUTANTS = (
    Mutant(
        id="old-reason-phrases",
        breaks=("parameters-status-reason",),
        serve=saying(replacing(rb"HTTP/1.1 413 Content Too Large", b"HTTP/1.1 413 Payload Too Large")),
    ),
    Mutant(
        id="inspector-stored",
        breaks=("parameters-inspect-not-stored",),
        serve=at("/inspect", lambda response: without_field(response, "Cache-Control")),
    ),
    Mutant(
        id="same-name-for-all", breaks=("parameters-hello",), serve=looking_up("/hello/[^/]+", lambda _: "/hello/World")
    ),
    Mutant(id="name-not-decoded", breaks=("parameters-hello-percent",), serve=asking(undecoded)),
    Mutant(
        id="name-decoded-twice",
        breaks=("parameters-hello-percent",),
        serve=looking_up("/hello/.*%.*", lambda path: path.replace("%25", "%")),
    ),
    Mutant(
        id="plus-as-space-in-path",
        breaks=("parameters-hello-plus",),
        serve=looking_up("/hello/.*", lambda path: path.replace("+", " ")),
    ),
    Mutant(
        id="name-as-latin-1",
        breaks=("parameters-hello-utf8",),
        serve=looking_up("/hello/.*", lambda path: path.encode().decode("latin-1")),
    ),
    Mutant(
        id="special-characters-dropped",
        breaks=("parameters-hello-special",),
        serve=at("/hello/.*", lambda response: with_body(response, re.sub(rb"&#?\w+;", b"", response.content))),
    ),
    Mutant(id="name-not-escaped", breaks=("parameters-hello-escaped",), serve=at("/hello/<.*>", unescaped)),
    Mutant(id="name-of-many-segments", breaks=("parameters-hello-segments",), serve=asking(many_segments)),
    Mutant(
        id="name-may-be-empty",
        breaks=("parameters-hello-segments",),
        serve=looking_up("/hello/?", lambda _: "/hello/World"),
    ),
    Mutant(id="split-before-decoding", breaks=("parameters-hello-slash",), serve=asking(slash_in_name)),
    Mutant(id="lost-path-not-escaped", breaks=("parameters-not-found-escaped",), serve=at("/no.*", unescaped)),
    Mutant(id="coarse-success", breaks=("parameters-status-success",), serve=at("/status/.*", coarse(200, (201, 202)))),
    Mutant(
        id="coarse-client-error",
        breaks=("parameters-status-client-error",),
        serve=at("/status/[0-9]{1,3}", coarse(400, tuple({*CLIENT_ERRORS} - {404}))),
    ),
    Mutant(
        id="coarse-server-error",
        breaks=("parameters-status-server-error",),
        serve=at("/status/.*", coarse(500, tuple(range(500, 600)))),
    ),
    Mutant(
        id="204-with-body",
        breaks=("parameters-status-204",),
        serve=unmindful(204, ("Content-Length", "3"), body=b"No."),
    ),
    Mutant(
        id="204-with-length", breaks=("parameters-status-204-length",), serve=unmindful(204, ("Content-Length", "0"))
    ),
    Mutant(
        id="205-with-body",
        breaks=("parameters-status-205",),
        serve=unmindful(205, ("Content-Length", "3"), body=b"No."),
    ),
    Mutant(
        id="205-without-length",
        breaks=("parameters-status-205",),
        serve=saying(replacing(rb"(HTTP/1\.1 205 .*\r\n(?:.+\r\n)*?)Content-Length: 0\r\n", rb"\1")),
    ),
    Mutant(
        id="304-with-body",
        breaks=("parameters-status-304",),
        serve=unmindful(304, ("Content-Length", "3"), body=b"No."),
    ),
    Mutant(
        id="words-as-status",
        breaks=("parameters-status-words",),
        serve=looking_up("/status/[a-z]+", lambda _: "/status/200"),
    ),
    Mutant(
        id="words-are-bad-requests",
        breaks=("parameters-status-words",),
        serve=at("/status/[a-z]*", lambda response: response._replace(status=422)),
    ),
    Mutant(id="int", breaks=("parameters-status-digits",), serve=looking_up("/status/.*", int_of)),
    Mutant(id="any-status", breaks=("parameters-status-outside",), serve=answering(served_anyway)),
    Mutant(
        id="status-under-200",
        breaks=("parameters-status-outside",),
        serve=at("/status/10[01]", lambda _: Response(100)),
    ),
    Mutant(
        id="no-redirect",
        breaks=("parameters-redirect",),
        serve=at("/home", lambda response: response._replace(status=200)),
    ),
    Mutant(
        id="redirect-to-nowhere",
        breaks=("parameters-redirect-location",),
        serve=at("/home", lambda response: without_field(response, "Location")),
    ),
    Mutant(
        id="redirect-to-itself",
        breaks=("parameters-redirect-location",),
        serve=at("/home", lambda response: with_field(response, "Location", "/home")),
    ),
    Mutant(
        id="redirect-for-now",
        breaks=("parameters-redirect-permanent",),
        serve=at("/home", lambda response: response._replace(status=302)),
    ),
    Mutant(
        id="method-in-small-letters",
        breaks=("parameters-inspect",),
        serve=telling_of("/inspect", "method", str.lower),
    ),
    Mutant(
        id="path-with-query",
        breaks=("parameters-inspect",),
        serve=telling_of("/inspect", "path", lambda path: f"{path}?a=1"),
    ),
    Mutant(id="query-as-dict", breaks=("parameters-inspect-query",), serve=queried(as_dict)),
    Mutant(
        id="query-sorted",
        breaks=("parameters-inspect-query",),
        serve=queried(lambda pairs: sorted(pairs, key=lambda pair: pair["name"])),
    ),
    Mutant(
        id="query-not-decoded",
        breaks=("parameters-inspect-query-decoded",),
        serve=requeried(lambda query: quote(query, safe="=&")),
    ),
    Mutant(
        id="query-plus-kept",
        breaks=("parameters-inspect-query-decoded",),
        serve=requeried(lambda query: query.replace("+", "%2B")),
    ),
    Mutant(
        id="query-of-utf8-alone",
        breaks=("parameters-inspect-query-not-utf8",),
        serve=requeried(lambda query: query.replace("%FF", "")),
    ),
    Mutant(id="query-without-empty", breaks=("parameters-inspect-query-empty",), serve=requeried(no_value)),
    Mutant(id="fields-lost", breaks=("parameters-inspect-fields",), serve=without_fields("x-")),
    Mutant(
        id="fields-not-stripped",
        breaks=("parameters-inspect-fields-space",),
        serve=hearing(replacing(rb"(?m)^(X-Colour:.*\t) \r$", rb"\1 .\r")),
    ),
    Mutant(id="fields-as-dict", breaks=("parameters-inspect-fields-repeated",), serve=asking(last_lines)),
    Mutant(id="inspector-not-escaped", breaks=("parameters-inspect-page",), serve=at("/inspect", unescaped)),
)

"""A constant response without a service behind it: the WSGI, ASGI and aiohttp applications for the servers.

Each reads the body of a request, if there is one, and sends the response that raw_router has sent.
"""

import os
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import cache
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from http_contract.http.parser import read_response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

VARIABLE = "SIDEBYSIDE_RESPONSE"  # of the environment: the file that contains the response
SERVERS_OWN = {"date", "connection"}  # fields that each server adds itself
SLEEP = 0.1  # seconds that /sleep takes
BLOCK_SIZE = 64 * 1024  # octets of a piece of /stream

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


class Constant(NamedTuple):
    """The response that an application sends."""

    status: int
    reason: str
    fields: list[tuple[str, str]]
    body: bytes


@cache
def response() -> Constant:
    """Return the response in the file that the environment names."""
    return parse(Path(os.environ[VARIABLE]).read_bytes())


def parse(octets: bytes) -> Constant:
    """Return a response without the fields that servers add themselves."""
    parsed = read_response(octets, 0, "GET", "closed")
    fields = [(line.name, line.value) for line in parsed.fields if line.name.lower() not in SERVERS_OWN]
    return Constant(parsed.status, parsed.reason, fields, parsed.body)


@cache
def asgi_start() -> Message:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response().fields]
    return {"type": "http.response.start", "status": response().status, "headers": headers}


def wsgi(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """The constant response as a WSGI application; /stream sends it in pieces, /sleep takes time for it."""
    if length := environ.get("CONTENT_LENGTH"):
        check_body(environ["wsgi.input"].read(int(length)), int(length))
    if environ["PATH_INFO"] == "/stream":
        return stream(start_response)
    if environ["PATH_INFO"] == "/sleep":
        sleep(SLEEP)
    status, reason, fields, body = response()
    start_response(f"{status} {reason}", list(fields))
    return [body]


def check_body(body: bytes, length: int) -> None:
    """Raise ValueError if part of a request's body is missing; then the server's response is an error."""
    if len(body) != length:
        raise ValueError(f"a body of {len(body)} octets has a Content-Length of {length}")


def stream(start_response: "StartResponse") -> Iterable[bytes]:
    """Send the response from its file, piece by piece, so that the application needs no memory for it."""
    path = Path(os.environ[VARIABLE])
    with path.open("rb") as file:
        head = b"".join(iter(file.readline, b"\r\n")) + b"\r\n"
    status, reason, fields, _ = parse(head)
    start_response(f"{status} {reason}", fields)
    return pieces(path, len(head))


def pieces(path: Path, position: int) -> Iterable[bytes]:
    """Yield a file from this position on."""
    with path.open("rb") as file:
        file.seek(position)
        while piece := file.read(BLOCK_SIZE):
            yield piece


async def asgi(scope: Message, receive: Receive, send: Send) -> None:
    """The constant response as an ASGI application without a lifespan."""
    assert scope["type"] == "http"
    expects_body = scope["method"] == "POST"
    while expects_body:
        expects_body = (await receive()).get("more_body", False)
    await send(asgi_start())
    await send({"type": "http.response.body", "body": response().body})

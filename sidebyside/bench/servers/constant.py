"""A constant response without a service behind it: the WSGI, ASGI and aiohttp applications for other servers.

Each reads the body of a request, if there is one, and sends the response that raw_router has sent.
"""

import os
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from http_contract.http.parser import read_response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

VARIABLE = "SIDEBYSIDE_RESPONSE"  # of the environment: the file that contains the response
SERVERS_OWN = {"date", "connection"}  # fields that each server adds itself

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
    """The constant response as a WSGI application."""
    if length := environ.get("CONTENT_LENGTH"):
        environ["wsgi.input"].read(int(length))
    status, reason, fields, body = response()
    start_response(f"{status} {reason}", list(fields))
    return [body]


async def asgi(scope: Message, receive: Receive, send: Send) -> None:
    """The constant response as an ASGI application without a lifespan."""
    assert scope["type"] == "http"
    expects_body = scope["method"] == "POST"
    while expects_body:
        expects_body = (await receive()).get("more_body", False)
    await send(asgi_start())
    await send({"type": "http.response.body", "body": response().body})

"""One answer without a service behind it: the WSGI, ASGI and aiohttp applications that other servers run.

Each reads the body of a request, where there is one, and answers the octets that raw_router has answered.
"""

import os
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from sidebyside.bench.answers import Answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

VARIABLE = "SIDEBYSIDE_ANSWER"  # of the environment: the file that holds the answer
SERVERS_OWN = {"date", "connection"}  # fields that every server sends, or not, for itself

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


@cache
def answer() -> tuple[str, list[tuple[str, str]], bytes]:
    """Return status, header fields and body."""
    given = Answer(Path(os.environ[VARIABLE]).read_bytes())
    fields = [(name, value) for name, value in given.fields if name.lower() not in SERVERS_OWN]
    return given.status.decode("latin-1"), fields, given.body


@cache
def asgi_start() -> Message:
    status, fields, _ = answer()
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in fields]
    return {"type": "http.response.start", "status": int(status[:3]), "headers": headers}


def wsgi(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """The answer, as a WSGI application."""
    if length := environ.get("CONTENT_LENGTH"):
        environ["wsgi.input"].read(int(length))
    status, fields, body = answer()
    start_response(status, list(fields))
    return [body]


async def asgi(scope: Message, receive: Receive, send: Send) -> None:
    """The answer, as an ASGI application without a lifespan."""
    assert scope["type"] == "http"
    while scope["method"] == "POST" and (await receive()).get("more_body"):
        pass
    await send(asgi_start())
    await send({"type": "http.response.body", "body": answer()[2]})

"""What passes between an ASGI application and its server: the scope of a request, and the messages of a response."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from functools import lru_cache
from typing import Any, TypeAlias

from raw_router.memo import MAX_OCTETS, Recent
from raw_router.messages import REASON_PHRASES, Fields, Request
from raw_router.parser import CRLF
from raw_router.wsgi import ApplicationError, ApplicationHead, check_head

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
ASGICallable: TypeAlias = Callable[
    [Scope, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]
FieldLines: TypeAlias = tuple[tuple[bytes, bytes], ...]

AUTHORITY = re.compile(r"[^/?]*//[^/?]*")  # scheme and authority of an absolute-form target
SCOPES: Recent[dict[str, Any]] = Recent()  # by heads


def octets_of(body: object) -> bytes:
    """Return the body of a message as bytes. Raises ApplicationError."""
    if isinstance(body, bytes):
        return body
    if isinstance(body, bytearray | memoryview):
        return bytes(body)
    raise ApplicationError(f"a body is {type(body).__name__}, not bytes")


def field_lines(headers: Iterable[Iterable[bytes]]) -> FieldLines:
    """Return the header fields of a message as a key of a cache. Raises ApplicationError."""
    try:
        return tuple([(name, value) for name, value in headers])
    except (TypeError, ValueError) as error:
        raise ApplicationError(f"headers are not pairs of names and values: {error}") from error


@lru_cache(maxsize=256)
def application_head(status: int, headers: FieldLines) -> ApplicationHead:
    """Return the head of a message http.response.start. Raises ApplicationError."""
    fields: Fields = tuple((text(name), text(value)) for name, value in headers)
    if not isinstance(status, int):
        raise ApplicationError(f"a status is {type(status).__name__}, not int")
    return check_head(f"{int(status)} {REASON_PHRASES.get(status, '')}", fields)


def text(octets: object) -> str:
    if not isinstance(octets, bytes):
        raise ApplicationError(f"{octets!r} in a header field is not bytes")
    return octets.decode("latin-1")


def make_scope(request: Request, ends: Mapping[str, object], state: dict[str, Any]) -> Scope:
    """Return the scope of a request. What depends on its head alone is copied from the scope of an equal head."""
    known = SCOPES.find(request.head)
    if known is None:
        known = head_scope(request)
        if len(request.head) <= MAX_OCTETS:
            SCOPES.add(request.head, known)
    scope = {**known, **ends}
    scope["asgi"] = {"version": "3.0", "spec_version": "2.4"}
    scope["headers"] = known["headers"].copy()
    scope["state"] = state.copy()
    return scope


def head_scope(request: Request) -> dict[str, Any]:
    """Return the part of a scope that depends on the head of a request."""
    raw_path, _, query = request.target.partition("?")
    return {
        "type": "http",
        "http_version": request.version.removeprefix("HTTP/"),
        "method": request.method,
        "scheme": "http",
        "path": request.path.encode(errors="surrogateescape").decode(errors="replace"),
        "raw_path": AUTHORITY.sub("", raw_path, 1).encode() or b"/",
        "query_string": query.encode(),
        "root_path": "",
        "headers": raw_fields(request),
    }


def raw_fields(request: Request) -> list[tuple[bytes, bytes]]:
    """Return the header fields in their order, with names in lower case; Host as an absolute target requires it."""
    lines = [line.partition(b":") for line in request.head.split(CRLF)[1:-2]]
    fields = [(name.lower(), value.strip(b" \t")) for name, _, value in lines]
    if not request.target.startswith("/"):
        others = [field for field in fields if field[0] != b"host"]
        fields = [(b"host", request.host.encode()), *others]  # RFC 9112 §3.2.2
    return fields

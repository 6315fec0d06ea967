"""What raw_router, h11 and httptools each make of the first request in some bytes."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

import h11
import httptools

from raw_router.messages import Request, Response
from raw_router.responder import Responder


@dataclass(frozen=True, slots=True)
class Reading:
    """A request as it was read: names of fields in lower case, repeated ones joined."""

    method: str
    target: str
    fields: Mapping[str, str]
    body: bytes


Verdict: TypeAlias = Reading | None  # None where the bytes are, or begin with, no complete request

# What raw_router rewrites: how a chunked body was framed (RFC 9112 §7.1.3).
FRAMING = {"transfer-encoding", "trailer", "content-length"}


def reading(method: str, target: str, lines: Iterable[tuple[str, str]], body: bytes) -> Reading:
    """Return a reading without the fields that raw_router rewrites; Host, too, beside an absolute target (§3.2.2)."""
    left_out = FRAMING if target.startswith("/") else FRAMING | {"host"}
    fields: dict[str, str] = {}
    for name, value in lines:
        name = name.lower()
        if name not in left_out:
            separator = "; " if name == "cookie" else ","
            fields[name] = f"{fields[name]}{separator}{value}" if name in fields else value
    return Reading(method, target, fields, body)


def ask_raw_router(data: bytes) -> Verdict:
    answered: list[Request | None] = []

    def log(client: str, request: Request | None, response: Response, octets: int, end: str) -> None:
        answered.append(request)

    connection = Responder(lambda request: Response(204), log=log)
    connection.took(len(connection.receive(data)))
    connection.took(len(connection.end_of_input()))
    if not answered or answered[0] is None:
        return None
    request = answered[0]
    lines = [(name, request.field(name) or "") for name in {name.lower() for name in dict(request.headers)}]
    return reading(request.method, request.target, lines, request.body)


def ask_h11(data: bytes) -> Verdict:
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 16)
    connection.receive_data(data)
    try:
        request = connection.next_event()
        if not isinstance(request, h11.Request):
            return None
        body = b""
        while isinstance(event := connection.next_event(), h11.Data):
            body += event.data
    except h11.RemoteProtocolError:
        return None
    if event is h11.NEED_DATA:
        return None
    lines = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers]
    return reading(request.method.decode(), request.target.decode("latin-1"), lines, body)


def ask_httptools(data: bytes) -> Verdict:
    first = First()
    with suppress(httptools.HttpParserUpgrade, httptools.HttpParserError):  # which may be about what comes behind it
        first.parser.feed_data(data)
    return reading(first.method, first.target.decode("latin-1"), first.lines, first.body) if first.complete else None


class First:
    """What httptools tells of the first request."""

    def __init__(self) -> None:
        self.parser = httptools.HttpRequestParser(self)
        self.method = ""
        self.target = b""
        self.lines: list[tuple[str, str]] = []
        self.body = b""
        self.complete = False

    def on_url(self, part: bytes) -> None:
        if not self.method:
            self.target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.method:  # what follows is a trailer
            # llhttp leaves the white space after a value to its caller (RFC 9112 §5.1).
            self.lines.append((name.decode("latin-1"), value.decode("latin-1").strip(" \t")))

    def on_headers_complete(self) -> None:
        self.method = self.method or self.parser.get_method().decode()

    def on_body(self, part: bytes) -> None:
        if not self.complete:
            self.body += part

    def on_message_complete(self) -> None:
        self.complete = True

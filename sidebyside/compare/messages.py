"""What is sent to every server over one connection: a request made of its parts, or any bytes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from http_contract.client.connection import After
from http_contract.client.server import Server
from http_contract.errors import CannotJudge
from http_contract.http.request import request
from raw_router.connection import Connection
from raw_router.messages import Request, Response
from sidebyside.compare.forms import Content

TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
REQUEST_LINE = re.compile(rf"{TOKEN} [!-~]+")
FIELD = re.compile(rf"({TOKEN}):[ \t]*([\t -~\x80-\xff]*)")
HOST = b"Host: {authority}\r\n"


@dataclass(frozen=True, slots=True)
class Message:
    """What goes over one connection: pieces, packets of their own, and what follows the last of them unchanged.

    In pieces, `{authority}` stands for the server's own host and port, `{origin}` for its URL.
    """

    pieces: tuple[bytes, ...]
    unchanged: bytes = b""  # a body, or a file of bytes
    methods: tuple[str, ...] = ()  # of the requests, which decide whether their answers have content
    after: After = "half-close"

    def pieces_to(self, server: Server) -> tuple[bytes, ...]:
        """Return the pieces as that server gets them."""
        authority, origin = server.authority.encode("latin-1"), server.origin.encode("latin-1")
        fit = [piece.replace(b"{authority}", authority).replace(b"{origin}", origin) for piece in self.pieces]
        return (*fit[:-1], fit[-1] + self.unchanged)

    @property
    def template(self) -> bytes:
        """All of it, not made to fit any server."""
        return b"".join(self.pieces) + self.unchanged


def message_of(method: str, target: str, fields: Sequence[str], content: Content | None) -> Message:
    """Return a request. CannotJudge where it would be none: broken ones are sent from a file."""
    if not REQUEST_LINE.fullmatch(f"{method} {target}"):
        raise CannotJudge(f"{method!r} {target!r} make no request; percent-encode the path, or send raw bytes")
    lines = [field_line(field) for field in fields]
    if content and not _has(lines, "content-type"):
        lines.append(f"Content-Type: {content.media_type}")
    if content and not (_has(lines, "content-length") or _has(lines, "transfer-encoding")):
        lines.append(f"Content-Length: {len(content.body)}")
    head = request(method, target, *lines)
    if _has(lines, "host"):
        head = head.replace(HOST, b"", 1)
    return Message((head,), content.body if content else b"", (method,))


def field_line(field: str) -> str:
    """Return a header field as a line of the head."""
    match = FIELD.fullmatch(field)
    if not match:
        raise CannotJudge(
            f"{field!r} is no header field like 'Accept: application/json'; anything else goes as raw bytes"
        )
    return f"{match[1]}: {match[2]}"


def _has(lines: Sequence[str], name: str) -> bool:
    return any(line.lower().startswith(f"{name}:") for line in lines)


def raw_message(data: bytes) -> Message:
    """Return bytes that are sent as they are."""
    return Message((b"",), data, methods_in(data))


def fitting_message(data: bytes) -> Message:
    """Return bytes that are sent as they are, but for each server's own authority and origin in them."""
    at_some_host = data.replace(b"{authority}", b"localhost").replace(b"{origin}", b"http://localhost")
    return Message((data,), methods=methods_in(at_some_host))


def methods_in(data: bytes) -> tuple[str, ...]:
    """Return the methods of the requests in it, as far as raw_router's own core reads any."""
    methods: list[str] = []

    def noted(request: Request) -> Response:
        methods.append(request.method)
        return Response(HTTPStatus.NO_CONTENT)  # which needs no length

    connection = Connection(noted)
    connection.receive(data)
    while connection.waits_for == "write":
        connection.receive(b"")
    return tuple(methods)

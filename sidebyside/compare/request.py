"""What is sent to every server: a request that is built from its parts, or raw bytes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import takewhile

from http_contract.client.connection import After
from http_contract.client.server import Server
from http_contract.errors import CannotJudge
from http_contract.http.request import URLENCODED, Part, multipart, multipart_type, request, split_requests

METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "TRACE", "CONNECT")
TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
REQUEST_LINE = re.compile(rf"{TOKEN} [!-~]+")
FIELD = re.compile(rf"({TOKEN}):[ \t]*([\t -~\x80-\xff]*)")
HOST = b"Host: {authority}\r\n"


@dataclass(frozen=True, slots=True)
class Body:
    """A request's body and its media type."""

    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """The bytes that are sent on one connection: pieces, each in a packet of its own, and a tail after the last piece.

    In the pieces, `{authority}` stands for the server's own host and port, and `{origin}` for its URL. A rule that
    requests any page requests `/`. The tail is sent unchanged.
    """

    pieces: tuple[bytes, ...]
    tail: bytes = b""
    methods: tuple[str, ...] = ()  # of the requests; a response to HEAD has no content
    after: After = "half-close"
    pauses: tuple[float, ...] = ()  # seconds after each piece but the last one; () for pauses that are just long enough

    def pieces_for(self, server: Server) -> tuple[bytes, ...]:
        """Return the pieces with the placeholders replaced for a server."""
        authority, origin = server.authority.encode("latin-1"), server.origin.encode("latin-1")
        fit = [piece.replace(b"{authority}", authority).replace(b"{origin}", origin) for piece in self.pieces]
        return (*fit[:-1], fit[-1] + self.tail)

    def targets_for(self, server: Server) -> tuple[str, ...]:
        """Return the target of each request, as a server receives it."""
        return tuple(each.target for each in split_requests(b"".join(self.pieces_for(server))))

    @property
    def template(self) -> bytes:
        """All bytes, with the placeholders."""
        return b"".join(self.pieces) + self.tail


# -- building a message


def build_message(method: str, target: str, fields: Sequence[str], body: Body | None) -> Message:
    """Return a request. Raises CannotJudge if it is not valid: broken requests are sent as raw bytes."""
    if not REQUEST_LINE.fullmatch(f"{method} {target}"):
        raise CannotJudge(
            f"{method!r} and {target!r} do not make a valid request line; percent-encode the path, or send raw bytes"
        )
    lines = [field_line(field) for field in fields]
    if body and not _has(lines, "content-type"):
        lines.append(f"Content-Type: {body.media_type}")
    if body and not (_has(lines, "content-length") or _has(lines, "transfer-encoding")):
        lines.append(f"Content-Length: {len(body.content)}")
    head = request(method, target, *lines)
    if _has(lines, "host"):
        head = head.replace(HOST, b"", 1)
    return Message((head,), body.content if body else b"", (method,))


def field_line(field: str) -> str:
    """Return a header field as a line of the head. Raises CannotJudge if it is not valid."""
    match = FIELD.fullmatch(field)
    if not match:
        raise CannotJudge(
            f"{field!r} is not a valid header field such as 'Accept: application/json'; send anything else as raw bytes"
        )
    return f"{match[1]}: {match[2]}"


def _has(lines: Sequence[str], name: str) -> bool:
    return any(line.lower().startswith(f"{name}:") for line in lines)


def raw_message(data: bytes) -> Message:
    """Return a message that sends the bytes unchanged."""
    return Message((b"",), data, request_methods(data))


def template_message(data: bytes) -> Message:
    """Return a message that sends the bytes with the placeholders replaced."""
    at_some_host = data.replace(b"{authority}", b"localhost").replace(b"{origin}", b"http://localhost")
    return Message((data,), methods=request_methods(at_some_host))


def urlencoded_body(values: Sequence[bytes]) -> Body:
    """Return the values joined by &, as curl joins the values of several -d options."""
    return Body(URLENCODED, b"&".join(values))


def multipart_body(parts: Sequence[Part]) -> Body:
    """Return the parts as multipart/form-data. The boundary is a hash, so the same parts make the same bytes."""
    boundary = f"form-{sha256(repr(parts).encode()).hexdigest()[:24]}"
    return Body(multipart_type(boundary), multipart(*map(_escaped, parts), boundary=boundary))


def _escaped(part: Part) -> Part:
    """Return a part with its names escaped as browsers escape them."""
    return replace(part, name=_escape(part.name), file=None if part.file is None else _escape(part.file))


def _escape(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


# -- raw bytes


def request_methods(data: bytes) -> tuple[str, ...]:
    """Return the method of each complete HTTP/1 request in the data; each of them gets a response."""
    complete = takewhile(lambda each: each.end is not None and each.version.startswith("HTTP/"), split_requests(data))
    return tuple(each.method for each in complete)

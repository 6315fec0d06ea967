"""Requests: functions that build them and their bodies as bytes, and a lenient parser for the requests that were sent.

In requests to be sent, `{authority}` stands for the server's host and port, `{origin}` for its URL, and `{page}` for
the path of the page that transport rules request.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import parse_qsl, quote

FORM = "/form"
ANY_PAGE = "{page}"  # the first path that responded 200, `/` by default
ACCEPT_JSON = "Accept: application/json"
URLENCODED = "application/x-www-form-urlencoded"
BOUNDARY = "----contract-4c1f0e"
LAST_CHUNK = b"0\r\n"

HEAD_END = b"\r\n\r\n"
REQUEST_LINE = re.compile(rb"(?:\r\n)*([!-~]+) ")  # its beginning, after empty lines
LENGTH = re.compile(r"[0-9]{1,9}")
CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,9})[^\r\n]*\r\n")
TRAILERS = re.compile(rb"(?:[^\r\n]+\r\n)*\r\n")
AUTHORITY = re.compile(r"[\w.\[\]:-]+", re.ASCII)
LEGAL = "!#$%&'()*+,-./:;=?@[]_~"  # in a URL, beside letters and digits


def request(method: str, target: str, *fields: str, body: bytes | None = None) -> bytes:
    """Return a request that leaves the connection open, with a Content-Length if it has a body."""
    sized = () if body is None else (f"Content-Length: {len(body)}",)
    lines = (f"{method} {target} HTTP/1.1", "Host: {authority}", *fields, *sized, "", "")
    return "\r\n".join(lines).encode("latin-1") + (body or b"")


def last(method: str, target: str, *fields: str, body: bytes | None = None) -> bytes:
    """Return the last request of a connection, with `Connection: close`."""
    return request(method, target, *fields, "Connection: close", body=body)


def get(target: str, *fields: str) -> bytes:
    """Return a GET request with these header field lines, the last one of its connection."""
    return last("GET", target, *fields)


def head(target: str, *fields: str) -> bytes:
    """Return a HEAD request, the last one of its connection."""
    return last("HEAD", target, *fields)


def post(target: str, body: bytes, media_type: str, *fields: str) -> bytes:
    """Return a POST request with this body, the last one of its connection."""
    return last("POST", target, f"Content-Type: {media_type}", *fields, body=body)


def title(data: bytes) -> str:
    """Return the first line of a request, for messages."""
    return data.partition(b"\r\n")[0].decode("latin-1")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a multipart body: a field, or a file if it has a file name."""

    name: str
    content: bytes
    file: str | None = None

    def to_bytes(self) -> bytes:
        named = f'Content-Disposition: form-data; name="{self.name}"'
        if self.file is None:
            return f"{named}\r\n\r\n".encode() + self.content
        typed = f'{named}; filename="{self.file}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        return typed.encode() + self.content


def multipart(*parts: Part, boundary: str = BOUNDARY) -> bytes:
    """Return the parts as one body (RFC 2046 §5.1.1)."""
    delimiter = f"--{boundary}".encode()
    return b"".join(delimiter + b"\r\n" + part.to_bytes() + b"\r\n" for part in parts) + delimiter + b"--\r\n"


def multipart_type(boundary: str = BOUNDARY) -> str:
    """Return the Content-Type of a multipart form."""
    return f"multipart/form-data; boundary={boundary}"


def chunk(data: bytes, extension: str = "") -> bytes:
    return f"{len(data):x}{extension}\r\n".encode() + data + b"\r\n"


def chunked(pieces: Iterable[bytes], trailers: bytes = b"") -> bytes:
    """Return a whole chunked body."""
    return b"".join(map(chunk, pieces)) + LAST_CHUNK + trailers + b"\r\n"


def parted(request: bytes, *cuts: int) -> tuple[bytes, ...]:
    """Return the head and the body of a request as separate packets, the body cut at these offsets."""
    head, end, body = request.partition(b"\r\n\r\n")
    edges = (0, *cuts, len(body))
    return head + end, *(body[start:stop] for start, stop in pairwise(edges))


def submit(body: bytes, *fields: str, media_type: str = URLENCODED) -> bytes:
    """Return the last request of a connection, which posts a body to the form and accepts JSON."""
    return last("POST", FORM, f"Content-Type: {media_type}", ACCEPT_JSON, *fields, body=body)


def submit_parts(*parts: Part) -> bytes:
    return submit(multipart(*parts), media_type=multipart_type())


def submit_chunks(*chunks: bytes, media_type: str = URLENCODED, coding: str = "chunked") -> bytes:
    """Return the same with a chunked body. The chunks must include the last one."""
    framing = (f"Content-Type: {media_type}", f"Transfer-Encoding: {coding}")
    return last("POST", FORM, *framing, ACCEPT_JSON) + b"".join(chunks)


@dataclass(frozen=True, slots=True)
class ParsedRequest:
    """A request as it was sent; a part that is missing is empty."""

    method: str
    target: str
    version: str
    fields: Sequence[tuple[str, str]]
    head_size: int  # octets, -1 if the head has no end
    body: bytes  # as it was sent, with its chunk sizes
    end: int | None  # the offset of the next request, None if the request is incomplete

    def get(self, name: str) -> str:
        return next((value for other, value in self.fields if other.lower() == name.lower()), "")

    def url(self, scheme: str) -> str:
        """Return the whole URL, with illegal characters percent-encoded."""
        target = quote(self.target.encode("latin-1"), LEGAL)
        if target.startswith(("http://", "https://")):
            return target
        host = self.get("Host")
        origin = f"{scheme}://{host if AUTHORITY.fullmatch(host) else 'localhost'}"
        return f"{origin}{target}" if target.startswith("/") else f"{origin}/{target}"

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(self.target.partition("?")[2], keep_blank_values=True)


def split_requests(data: bytes) -> Iterator[ParsedRequest]:
    """Yield each request in the data, up to one that is incomplete, or to bytes that are not a request."""
    at: int | None = 0
    while at is not None and (line := REQUEST_LINE.match(data, at)):
        yield (parsed := read_request(data, line.start(1)))
        at = parsed.end


def method_of(pieces: Sequence[bytes]) -> str:
    """Return the method of the first request in the pieces, which decides whether the response has content."""
    line = REQUEST_LINE.match(b"".join(pieces))
    return line[1].decode("ascii") if line else ""


def read_request(data: bytes, start: int = 0) -> ParsedRequest:
    """Return the request that begins at an offset, however malformed it is."""
    found = data.find(HEAD_END, start)
    head_end, body_start = (found, found + len(HEAD_END)) if found >= 0 else (len(data), len(data))
    line, *lines = data[start:head_end].decode("latin-1").split("\r\n")
    method, _, target = line.partition(" ")
    target, _, version = target.rpartition(" ") if " " in target else (target, "", "")
    fields = tuple(_field(line) for line in lines)
    end = _end_of_body(data, body_start, fields) if found >= 0 else None
    head_size = body_start - start if found >= 0 else -1
    return ParsedRequest(method, target, version, fields, head_size, data[body_start:end], end)


def _field(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name, value.strip()


def _end_of_body(data: bytes, start: int, fields: Iterable[tuple[str, str]]) -> int | None:
    """Return the offset after the body, None if the data ends before it. A malformed length means no body."""
    framing = [(name.lower(), value.lower()) for name, value in fields]
    if ("transfer-encoding", "chunked") in framing:
        return _end_of_chunks(data, start)
    lengths = (value for name, value in framing if name == "content-length" and LENGTH.fullmatch(value))
    end = start + int(next(lengths, 0))
    return end if end <= len(data) else None


def _end_of_chunks(data: bytes, start: int) -> int | None:
    """Return the offset after the trailers. After a malformed chunk, the next bytes that look like the end count."""
    at = start
    while size := CHUNK_SIZE.match(data, at):
        at = size.end() + int(size[1], 16) + 2
        if int(size[1], 16) == 0:
            trailers = TRAILERS.match(data, size.end())
            return trailers.end() if trailers else None
    last = data.find(b"\r\n" + LAST_CHUNK + b"\r\n", start - 2)
    return last + len(LAST_CHUNK) + 4 if last >= 0 else None

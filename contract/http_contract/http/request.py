"""Requests as bytes. When they are sent, `{authority}` becomes the server's host and port, `{origin}` its URL."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import parse_qsl, quote


def request(method: str, target: str, *fields: str, body: bytes | None = None) -> bytes:
    """A request that keeps the connection; a body brings its Content-Length."""
    sized = () if body is None else (f"Content-Length: {len(body)}",)
    lines = (f"{method} {target} HTTP/1.1", "Host: {authority}", *fields, *sized, "", "")
    return "\r\n".join(lines).encode("latin-1") + (body or b"")


def title(data: bytes) -> str:
    """Return the first line of a request, to call it by."""
    return data.partition(b"\r\n")[0].decode("latin-1")


def last(method: str, target: str, *fields: str, body: bytes | None = None) -> bytes:
    """A request that is the only or the last one of its connection, and says so."""
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


# -- forms


FORM = "/form"
JSON_WANTED = "Accept: application/json"
URLENCODED = "application/x-www-form-urlencoded"
BOUNDARY = "----contract-4c1f0e"
LAST_CHUNK = b"0\r\n"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart body: a field, or a file if it has a file name."""

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


def submit(body: bytes, *fields: str, media_type: str = URLENCODED) -> bytes:
    """Return the last request of a connection, that posts a body to the form and wants JSON back."""
    return last("POST", FORM, f"Content-Type: {media_type}", JSON_WANTED, *fields, body=body)


def submit_parts(*parts: Part) -> bytes:
    return submit(multipart(*parts), media_type=multipart_type())


def submit_chunks(*chunks: bytes, media_type: str = URLENCODED, coding: str = "chunked") -> bytes:
    """Return the same, its body in chunks as they are given, the last one included."""
    framing = (f"Content-Type: {media_type}", f"Transfer-Encoding: {coding}")
    return last("POST", FORM, *framing, JSON_WANTED) + b"".join(chunks)


def chunk(data: bytes, extension: str = "") -> bytes:
    return f"{len(data):x}{extension}\r\n".encode() + data + b"\r\n"


def chunked(pieces: Iterable[bytes], trailers: bytes = b"") -> bytes:
    """Return a whole chunked body."""
    return b"".join(map(chunk, pieces)) + LAST_CHUNK + trailers + b"\r\n"


def parted(request: bytes, *cuts: int) -> tuple[bytes, ...]:
    """Return head and body as packets of their own, the body cut further, at offsets in it."""
    head, end, body = request.partition(b"\r\n\r\n")
    edges = (0, *cuts, len(body))
    return head + end, *(body[start:stop] for start, stop in pairwise(edges))


# -- reports.requested


END = b"\r\n\r\n"  # of a head
AUTHORITY = re.compile(r"[\w.\[\]:-]+", re.ASCII)
LEGAL = "!#$%&'()*+,-./:;=?@[]_~"  # in a URL, beside letters and digits
FRAMING = frozenset({"content-length", "transfer-encoding"})  # without which a request has no content


@dataclass(frozen=True, slots=True)
class Requested:
    """A request in parts; a part that is not there is empty."""

    method: str
    target: str
    version: str
    fields: Sequence[tuple[str, str]]
    head_size: int  # octets, -1 where the head has no end
    body: bytes

    def get(self, name: str) -> str:
        return next((value for other, value in self.fields if other.lower() == name.lower()), "")

    def url(self, scheme: str) -> str:
        """Return the whole URL, with what can't stand in one encoded."""
        target = quote(self.target.encode("latin-1"), LEGAL)
        if target.startswith(("http://", "https://")):
            return target
        host = self.get("Host")
        origin = f"{scheme}://{host if AUTHORITY.fullmatch(host) else 'localhost'}"
        return f"{origin}{target}" if target.startswith("/") else f"{origin}/{target}"

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(self.target.partition("?")[2], keep_blank_values=True)


def requested(sent: bytes) -> Requested:
    """Return the first request in what was sent; its body runs to the end."""
    head, end, rest = sent.partition(END)
    line, *lines = head.decode("latin-1").split("\r\n")
    method, _, target = line.partition(" ")
    target, _, version = target.rpartition(" ") if " " in target else (target, "", "")
    fields = tuple(_field(line) for line in lines)
    framed = any(name.lower() in FRAMING for name, _ in fields)
    return Requested(method, target, version, fields, len(head + end) if end else -1, rest if framed else b"")


def _field(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name, value.strip()

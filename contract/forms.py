"""Forms as bytes: urlencoded and multipart bodies, whole or in chunks, as POST requests to /form."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from contract.requests import last

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

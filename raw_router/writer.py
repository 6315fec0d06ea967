"""The writer: turns a Response into bytes, by the grammar of RFC 9112."""

import re
import time
from email.utils import formatdate
from functools import lru_cache

from raw_router.messages import REASON_PHRASES, ConstantResponse, Fields, Response
from raw_router.parser import FIELD_LINE

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

LAST_CHUNK = b"0\r\n\r\n"

FORBID_CONTENT = frozenset({204, 304})  # RFC 9110 §6.4.1
LENGTHS: dict[int, list[int]] = {204: [], 205: [0]}  # the values of Content-Length (RFC 9110 §8.6, §15.3.6)
STATUS_LINE = re.compile(r"HTTP/1\.1 [2-9][0-9]{2} [\t -~\x80-\xff]*")  # RFC 9112 §4, of a final response


def generate_message(response: Response, connection: str, method: str = "GET") -> bytes:
    """Return the response to a request with this method: head and body in one piece, for one write.

    The body is bytes, unless the response has no content. Raises ValueError if the response is not well-formed.
    """
    seconds = int(time.time())
    if isinstance(response, ConstantResponse):
        key = connection, method, seconds
        kept, message = response.kept  # read once, because threads share it
        if kept != key:
            message = make_message(response, connection, method, seconds)
            response.kept = key, message
        return message
    return make_message(response, connection, method, seconds)


def make_message(response: Response, connection: str, method: str, seconds: int) -> bytes:
    """Return the message of generate_message in a second since the epoch."""
    head, length = generate_headers(response.status, response.headers, connection, seconds, response.reason)
    if method == "HEAD" or response.status in FORBID_CONTENT:
        return head
    body = response.body
    if not isinstance(body, bytes) or length != len(body):
        raise ValueError("Content-Length is not the length of the body")
    return head + body


def has_content(method: str, status: int) -> bool:
    """Whether a response has content (RFC 9110 §6.4.1)."""
    return method != "HEAD" and status not in FORBID_CONTENT


class PieceFramer:
    """Frames a body in pieces: by its length, else by chunks, or by closing in HTTP/1.0 (RFC 9112 §6)."""

    __slots__ = ("_chunked", "closes", "head", "missing", "sent")

    def __init__(self, response: Response, connection: str, version: str) -> None:
        """Generate the head. Raises ValueError if it is not well-formed."""
        seconds = int(time.time())
        status, headers, _, reason, _ = response
        head, self.missing = generate_headers(status, headers, connection, seconds, reason)
        self._chunked = self.missing is None and version == "HTTP/1.1"
        self.closes = self.missing is None and not self._chunked
        self.sent = 0  # octets of the body
        if self._chunked:
            fields = (*headers, ("Transfer-Encoding", "chunked"))
            head, _ = generate_headers(status, fields, connection, seconds, reason)
        elif self.closes:
            head, _ = generate_headers(status, headers, "close", seconds, reason)
        self.head = head

    def frame(self, piece: bytes) -> bytes:
        """Return a piece as it is sent; it is cut where the body is longer than its Content-Length."""
        if self.missing is not None:
            piece = piece[: self.missing]
            self.missing -= len(piece)
        self.sent += len(piece)
        return b"%x\r\n%b\r\n" % (len(piece), piece) if self._chunked and piece else piece

    def end(self) -> bytes:
        """Return what ends the body. Raises ValueError if the body is shorter than its Content-Length."""
        if self.missing:
            raise ValueError(f"the body is {self.missing} octets shorter than its Content-Length")
        return LAST_CHUNK if self._chunked else b""


@lru_cache(maxsize=512)
def generate_headers(
    status: int, headers: Fields, connection: str, seconds: int, reason: str | None = None
) -> tuple[bytes, int | None]:
    """Return status line, header fields and the empty line; and the value of Content-Length, None without one.

    connection is the option of the Connection field, "" for no field: HTTP/1.1 persists by default (RFC 9112 §9.3).
    seconds since the epoch become the Date (RFC 9110 §5.6.7), unless the headers have one. reason is a phrase other
    than the registered one. The result is cached, because responses often have the same head within a second. Raises
    ValueError if the head is not well-formed.
    """
    status_line = f"HTTP/1.1 {int(status)} {REASON_PHRASES.get(status, '') if reason is None else reason}"
    lines = [f"{name}: {value}" for name, value in headers]
    if not any(name.lower() == "date" for name, _ in headers):
        lines.append(f"Date: {formatdate(seconds, usegmt=True)}")
    if connection:
        lines.append(f"Connection: {connection}")
    if not STATUS_LINE.fullmatch(status_line) or not all(map(FIELD_LINE.fullmatch, lines)):
        raise ValueError(f"not a valid head of a response: {[status_line, *lines]}")
    lengths = [int(value) for name, value in headers if name.lower() == "content-length"]
    if lengths != LENGTHS.get(status, lengths):
        raise ValueError(f"Content-Length is {lengths} in a {int(status)}")
    head = "".join(f"{line}\r\n" for line in (status_line, *lines, "")).encode("latin-1")
    return head, lengths[0] if len(lengths) == 1 else None

"""Response to bytes, by the grammar of RFC 9112."""

import re
import time
from email.utils import formatdate
from functools import lru_cache

from raw_router.messages import REASON_PHRASES, Fields, Response
from raw_router.parser import FIELD_LINE

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

FORBID_CONTENT = frozenset({204, 304})  # RFC 9110 §6.4.1
LENGTHS: dict[int, list[int]] = {204: [], 205: [0]}  # what Content-Length must say (RFC 9110 §8.6, §15.3.6)
STATUS_LINE = re.compile(r"HTTP/1\.1 [2-5][0-9]{2} [ -~]*")  # RFC 9112 §4, of a final answer


def generate_message(response: Response, connection: str, method: str = "GET") -> bytes:
    """Return the whole answer to a request of that method; head and body in one piece, to leave in one write.

    Raises ValueError where that would not be one answer.
    """
    head, length = generate_headers(response.status, response.headers, connection, int(time.time()))
    if method == "HEAD" or response.status in FORBID_CONTENT:
        return head
    if length != len(response.body):
        raise ValueError("Content-Length is not the length of the body")
    return head + response.body


@lru_cache(maxsize=512)
def generate_headers(status: int, headers: Fields, connection: str, seconds: int) -> tuple[bytes, int | None]:
    """Return status line, header fields and the empty line; and what Content-Length says, None where it says nothing.

    connection is the option that the Connection field tells, none where HTTP/1.1 persists, as it does by itself (RFC
    9112 §9.3); seconds since the epoch become the Date (RFC 9110 §5.6.7). Memoised, because both change seldom. Raises
    ValueError where they are not well formed.
    """
    date = ("Date", formatdate(seconds, usegmt=True))
    fields = (*headers, date, ("Connection", connection)) if connection else (*headers, date)
    status_line = f"HTTP/1.1 {int(status)} {REASON_PHRASES.get(status, '')}"
    lines = [f"{name}: {value}" for name, value in fields]
    if not STATUS_LINE.fullmatch(status_line) or not all(map(FIELD_LINE.fullmatch, lines)):
        raise ValueError(f"no head of an answer: {[status_line, *lines]}")
    lengths = [int(value) for name, value in headers if name.lower() == "content-length"]
    if lengths != LENGTHS.get(status, lengths):
        raise ValueError(f"Content-Length is {lengths} in a {int(status)}")
    head = "".join(f"{line}\r\n" for line in (status_line, *lines, "")).encode("latin-1")
    return head, lengths[0] if len(lengths) == 1 else None

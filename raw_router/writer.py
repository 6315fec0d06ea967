"""Response to bytes, by the grammar of RFC 9112."""

import time
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus

from raw_router.messages import Fields, Response

REASON_PHRASES = {status.value: status.phrase for status in HTTPStatus}

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

FORBID_CONTENT = frozenset({204, 304})  # RFC 9110 §6.4.1


def generate_message(response: Response, connection: str, method: str = "GET") -> bytes:
    """Return the whole answer to a request of that method; head and body in one piece, to leave in one write."""
    head = generate_headers(response.status, response.headers, connection, int(time.time()))
    return head if method == "HEAD" or response.status in FORBID_CONTENT else head + response.body


@lru_cache(maxsize=512)
def generate_headers(status: int, headers: Fields, connection: str, seconds: int) -> bytes:
    """Return status line, header fields and the empty line.

    connection is the option that the Connection field tells, none where HTTP/1.1 persists, as it does by itself (RFC
    9112 §9.3); seconds since the epoch become the Date (RFC 9110 §5.6.7). Memoised, because both change seldom.
    """
    fields = [*headers, ("Date", formatdate(seconds, usegmt=True))]
    if connection:
        fields.append(("Connection", connection))
    lines = [
        f"HTTP/1.1 {int(status)} {REASON_PHRASES.get(status, '')}",
        *(f"{name}: {value}" for name, value in fields),
    ]
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1")

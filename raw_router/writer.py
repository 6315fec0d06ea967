"""Response to bytes, by the grammar of RFC 9112."""

import time
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus

from raw_router.messages import Fields, Response

REASON_PHRASES = {status.value: status.phrase for status in HTTPStatus}

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

# What the Connection field says (RFC 9112 §9.3): nothing where HTTP/1.1 persists, as it does by itself.
PERSIST = b""
PERSIST_1_0 = b"Connection: keep-alive\r\n"
CLOSE = b"Connection: close\r\n"


def generate_message(response: Response, persistence: bytes, method: str = "GET") -> bytes:
    """Return the whole answer to a request of that method; head and body in one piece, to leave in one write."""
    head = generate_headers(response, persistence)
    return head if method == "HEAD" or forbids_content(response.status) else head + response.body


def generate_headers(response: Response, persistence: bytes) -> bytes:
    """Return status line, header fields and the empty line; persistence is one of the three lines above."""
    lines = generate_field_lines(response.status, response.headers)
    return b"%sDate: %s\r\n%s\r\n" % (lines, generate_date(int(time.time())), persistence)


@lru_cache(maxsize=512)
def generate_field_lines(status: int, headers: Fields) -> bytes:
    """Return status line and field lines."""
    lines = [
        f"HTTP/1.1 {status} {REASON_PHRASES.get(status, '')}",
        *(f"{name}: {value}" for name, value in headers),
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1")


@lru_cache(maxsize=2)
def generate_date(seconds: int) -> bytes:
    """Return an IMF-fixdate (RFC 9110 §5.6.7), memoised because it changes once a second."""
    return formatdate(seconds, usegmt=True).encode()


def forbids_content(status: int) -> bool:
    """Tell whether an answer with that status has no content by definition (RFC 9110 §6.4.1)."""
    return status < 200 or status in (204, 304)

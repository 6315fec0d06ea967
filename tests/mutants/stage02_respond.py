"""Broken servers for stage 2, Respond."""

import re
import socket
from contextlib import suppress
from email.utils import formatdate
from functools import partial
from time import time

from http_contract.rules.common import PAGE_PATHS
from raw_router.application import generate_response
from raw_router.messages import Request, Response
from raw_router.responder import Responder
from tests.mutants.serving import (
    Mutant,
    Wrapped,
    answering,
    connecting,
    replacing,
    saying,
    serially,
    with_field,
    without_field,
)

PAGES = ("/", "/test")
MAX_PACKETS = 5
WRONG_LENGTHS = "every response has a wrong length, and some rules need a whole one"
DATE = rb"(?m)^Date: .*\r\n"


def unavailable(request: Request, response: Response) -> Response:
    return response._replace(status=503) if request.path in PAGE_PATHS else response


def without_lines(data: bytes) -> bytes:
    """Send the content alone, as HTTP/0.9 did."""
    return data.partition(b"\r\n\r\n")[2]


def bare_lf(data: bytes) -> bytes:
    head, empty, body = data.partition(b"\r\n\r\n")
    return head.replace(b"\r\n", b"\n") + empty.replace(b"\r\n", b"\n") + body


def dated(date: str) -> bytes:
    return f"Date: {date}\r\n".encode()


def old_form(data: bytes) -> bytes:
    """Return the date in the obsolete format of RFC 850."""
    written = formatdate(time(), usegmt=True)
    return re.sub(DATE, dated(f"{written[:7]}-{written[8:11]}-{written[14:]}"), data)


def fast_clock(data: bytes) -> bytes:
    return re.sub(DATE, dated(formatdate(time() + 3600, usegmt=True)), data)


def wrong_length(by: int, said: bytes) -> bytes:
    """Send a wrong Content-Length."""
    return re.sub(rb"(?<=Content-Length: )\d+", lambda match: b"%d" % (int(match[0]) + by), said)


def typed(media_type: str, request: Request, response: Response) -> Response:
    return with_field(response, "Content-Type", media_type) if is_page(request, response) else response


def untyped(request: Request, response: Response) -> Response:
    return without_field(response, "Content-Type") if is_page(request, response) else response


def is_page(request: Request, response: Response) -> bool:
    return request.path in PAGES and response.content.startswith(b"<")


class Impatient(Wrapped):
    """A connection that rejects a head in too many packets."""

    packets = 1

    def __init__(self, client: str) -> None:
        super().__init__(client)
        self.came = 0

    def receive(self, data: bytes) -> bytes:
        answer = super().receive(data)
        self.came = self.came + 1 if self.waits_for == "head" else 0
        return self.refuse("400 Bad Request") if self.came >= self.packets else answer


class LessImpatient(Impatient):
    packets = MAX_PACKETS


class ShortHead(Wrapped):
    """A connection with a small buffer for the head."""

    def receive(self, data: bytes) -> bytes:
        fields = data.partition(b"\r\n")[2].partition(b"\r\n\r\n")[0]
        return self.refuse("400 Bad Request") if len(fields) > 4096 else super().receive(data)


def reads_once(client: socket.socket) -> None:
    """Read once, at most 1,024 bytes, and respond. Closing then resets the connection if bytes are unread."""
    with suppress(OSError):
        answer_once(client, client.recv(1024))


def answer_once(client: socket.socket, data: bytes) -> None:
    connection = Responder(generate_response)
    answer = connection.receive(data)
    client.sendall(answer or connection.receive(b"\r\n\r\n"))


MUTANTS = (
    Mutant(id="no-page", breaks=("respond-page",), serve=answering(unavailable), until=2),
    Mutant(
        id="no-status-line",
        breaks=("respond-status-line",),
        serve=saying(without_lines),
        inevitably="without a status line, no status is right",
        until=4,
    ),
    Mutant(
        id="no-reason",
        breaks=("respond-status-line",),
        serve=saying(replacing(rb"\A(HTTP/1.1 \d+) [^\r]*", rb"\1")),
    ),
    Mutant(id="bare-lf", breaks=("respond-crlf",), serve=saying(bare_lf)),
    Mutant(
        id="no-empty-line",
        breaks=("respond-empty-line",),
        serve=saying(replacing(rb"\r\n\r\n(?=<)", b"\r\n")),
    ),
    Mutant(
        id="line-without-colon",
        breaks=("respond-fields",),
        serve=saying(replacing(rb"(?m)^Date: ", b"A header line\r\nDate: ")),
    ),
    Mutant(
        id="space-before-colon",
        breaks=("respond-fields",),
        serve=saying(replacing(rb"(?m)^Referrer-Policy:", b"Referrer-Policy :")),
    ),
    Mutant(
        id="length-too-small",
        breaks=("respond-length",),
        serve=saying(partial(wrong_length, -5)),
        inevitably=WRONG_LENGTHS,
    ),
    Mutant(
        id="length-too-great",
        breaks=("respond-length",),
        serve=saying(partial(wrong_length, 5)),
        inevitably=WRONG_LENGTHS,
    ),
    Mutant(
        id="no-length",
        breaks=("respond-length-given",),
        serve=saying(
            replacing(rb"(?s)\AHTTP(?=(?:[^\r]+\r\n)*Connection: close\r)(.*?)Content-Length: \d+\r\n", rb"HTTP\1")
        ),
    ),
    Mutant(id="no-content-type", breaks=("respond-content-type",), serve=answering(untyped)),
    Mutant(
        id="plain-text",
        breaks=("respond-content-type",),
        serve=answering(partial(typed, "text/plain; charset=utf-8")),
    ),
    Mutant(id="no-charset", breaks=("respond-charset",), serve=answering(partial(typed, "text/html"))),
    Mutant(id="no-date", breaks=("respond-date",), serve=saying(replacing(DATE, b""))),
    Mutant(id="old-date-form", breaks=("respond-date-form",), serve=saying(old_form)),
    Mutant(id="wrong-date", breaks=("respond-date-now",), serve=saying(fast_clock)),
    Mutant(id="one-packet", breaks=("respond-three-packets",), serve=connecting(Impatient)),
    Mutant(id="few-packets", breaks=("respond-byte-by-byte",), serve=connecting(LessImpatient)),
    Mutant(id="short-head", breaks=("respond-long-head",), serve=connecting(ShortHead)),
    Mutant(
        id="one-recv",
        breaks=("respond-long-head",),
        serve=serially(reads_once),
        inevitably="unread bytes make every closing a reset",
        until=4,
    ),
)

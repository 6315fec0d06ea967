"""Broken servers for stage 7, Persistence."""

import re
import socket
import time
from collections.abc import Callable
from contextlib import suppress

from raw_router.application import generate_response
from raw_router.drivers import TIMEOUTS
from raw_router.drivers.blocking import linger
from raw_router.responder import Responder
from tests.mutants.serving import Mutant, Serve, Wrapped, connecting, hearing, plain, replacing, saying, serially

LONE = rb"(?: HTTP/1.1\r\nHost: [^\r]*\r\n\r\n)"  # the rest of a head that says nothing of the connection
BAD_LENGTH = b"Content-Length: abc\r\n"
SIZED = re.compile(rb"POST (\S+) (?s:.*?)Content-Length: (\d+)(?s:.*?)\r\n\r\n")
ENOUGH = 500  # answers
MOMENT = 0.02  # seconds


class ClosesAfter(Wrapped):
    """A connection that closes after a response that begins with these bytes, or after a number of responses."""

    def __init__(self, pattern: bytes, answers: int) -> None:
        super().__init__("")
        self.pattern = pattern
        self.answers = answers

    def receive(self, data: bytes) -> bytes:
        answer = super().receive(data)
        self.closed = self.served >= self.answers and bool(re.match(self.pattern, answer))
        return answer


def closing_after(pattern: bytes, answers: int = 1) -> Serve:
    return connecting(lambda client: ClosesAfter(pattern, answers))


class Tires(Wrapped):
    """A connection that closes after a number of responses."""

    def receive(self, data: bytes) -> bytes:
        answer = super().receive(data)
        return self.refuse("503 Service Unavailable") if self.served > ENOUGH else answer


class Unframed(Wrapped):
    """A connection that sends 400 for a wrong length, and continues with the bytes after it."""

    def receive(self, data: bytes) -> bytes:
        if BAD_LENGTH not in data:
            return super().receive(data)
        return plain("400 Bad Request") + super().receive(data.partition(b"\r\n\r\n")[2])


class ContentAfterAll(Wrapped):
    """Send content after a 204, but only on a connection that stays open."""

    def receive(self, data: bytes) -> bytes:
        answer = super().receive(data)
        is_kept = re.match(b"GET /status/204" + LONE, data)
        return answer.replace(b"\r\n\r\n", b"\r\n\r\nNo.", 1) if is_kept else answer


def body_left(*paths: bytes) -> Callable[[bytes], bytes]:
    """Leave the body in the buffer, where the next request is read."""

    def twice(data: bytes) -> bytes:
        match = SIZED.match(data)
        if not match or match[1] not in paths or (match[1] == b"/form" and b"text/plain" not in match[0]):
            return data
        end = match.end() + int(match[2])
        return data[:end] + data[match.end() :]

    return twice


def reverse(answers: bytes) -> bytes:
    return b"".join(reversed(re.split(rb"(?=HTTP/1\.1 \d)", answers)))


def abrupt(client: socket.socket) -> None:
    """Close at once after a framing error, with unread bytes."""
    with suppress(OSError):
        data = client.recv(1024)
        if BAD_LENGTH in data:
            client.sendall(plain("400 Bad Request"))
        else:
            carry(client, data)


def hasty(client: socket.socket) -> None:
    """Close the connection of a client that has closed its sending side."""
    with suppress(OSError):
        data = client.recv(65536)
        if not re.fullmatch(b"GET /" + LONE, data) or stays(client):
            carry(client, data)


def stays(client: socket.socket) -> bool:
    """Return whether the client sends more bytes within a moment."""
    time.sleep(MOMENT)
    try:
        return bool(client.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except BlockingIOError:
        return True


def carry(client: socket.socket, data: bytes) -> None:
    """Continue like a correct server."""
    connection = Responder(generate_response)
    client.sendall(connection.receive(data) if data else connection.end_of_input())
    while connection.waits_for != "closed":
        data = client.recv(65536)
        client.sendall(connection.receive(data) if data else connection.end_of_input())
    linger(client, TIMEOUTS.closed)


MUTANTS = (
    Mutant(id="closes-always", breaks=("persistence-two",), serve=closing_after(b"")),
    Mutant(id="closes-after-500", breaks=("persistence-thousand",), serve=closing_after(b"", ENOUGH)),
    Mutant(id="tires", breaks=("persistence-thousand",), serve=connecting(Tires)),
    Mutant(
        id="close-passed-over", breaks=("persistence-close",), serve=hearing(replacing(rb"Connection: close\r\n", b""))
    ),
    Mutant(
        id="close-not-announced",
        breaks=("persistence-close-echoed",),
        serve=saying(replacing(rb"Connection: close\r\n", b"")),
    ),
    Mutant(
        id="close-in-small-letters",
        breaks=("persistence-close-case",),
        serve=hearing(replacing(rb"Connection: C(lose|LOSE)\r\n", b"")),
    ),
    Mutant(
        id="connection-by-name",
        breaks=("persistence-close-case",),
        serve=hearing(replacing(rb"connection: close\r\n", b"")),
    ),
    Mutant(
        id="close-alone",
        breaks=("persistence-close-list",),
        serve=hearing(replacing(rb"Connection: (.*, ?close|close ?,.*)\r\n", b"")),
    ),
    Mutant(
        id="first-connection-line",
        breaks=("persistence-close-list",),
        serve=hearing(replacing(rb"(Connection: x-one\r\n)Connection: close\r\n", rb"\1")),
    ),
    Mutant(
        id="answers-after-close",
        breaks=("persistence-close-last",),
        serve=hearing(replacing(rb"(?s)Connection: close\r\n(?=.* HTTP/1\.1\r\n)", b"")),
    ),
    Mutant(
        id="old-clients-kept",
        breaks=("persistence-http10",),
        serve=hearing(replacing(rb"\A(GET \S+ HTTP/1)\.0(?!\r\nHost: \S+\r\nConnection)", rb"\1.1")),
    ),
    Mutant(
        id="old-clients-not-kept",
        breaks=("persistence-http10-keep-alive",),
        serve=hearing(replacing(rb"(?i)Connection: keep-alive\r\n", b"")),
    ),
    Mutant(
        id="one-request-a-packet",
        breaks=("persistence-pipelined",),
        serve=hearing(replacing(rb"\A(GET \S+" + LONE + rb")(?s:.+)", rb"\1")),
    ),
    Mutant(id="last-answer-first", breaks=("persistence-pipelined",), serve=saying(reverse)),
    Mutant(
        id="post-ends-a-packet",
        breaks=("persistence-pipelined-post",),
        serve=hearing(replacing(rb"(\r\n\r\nname=Ada)(?=[GP])(?s:.*)", rb"\1")),
    ),
    Mutant(
        id="chunks-end-a-packet",
        breaks=("persistence-pipelined-chunked",),
        serve=hearing(replacing(rb"(\r\n0\r\nX-Trailer: 1\r\n\r\n)(?s:.+)", rb"\1")),
    ),
    Mutant(
        id="trailers-left",
        breaks=("persistence-pipelined-chunked",),
        serve=hearing(replacing(rb"\r\n0\r\n(?=X-)", b"\r\n0\r\n\r\n")),
    ),
    Mutant(id="body-left", breaks=("persistence-unread",), serve=hearing(body_left(b"/", b"/no-such-page"))),
    Mutant(id="form-left", breaks=("persistence-unread-form",), serve=hearing(body_left(b"/form"))),
    *(
        Mutant(
            id=f"closes-after-{status}",
            breaks=(f"persistence-after-{status}",),
            serve=closing_after(b"HTTP/1.1 %d " % status),
        )
        for status in (404, 405, 415)
    ),
    Mutant(
        id="head-shifts",
        breaks=("persistence-head",),
        serve=hearing(replacing(rb"\AHEAD /(?=" + LONE + rb")", b"GET /")),
    ),
    Mutant(id="204-shifts", breaks=("persistence-no-content",), serve=connecting(ContentAfterAll)),
    Mutant(id="goes-on-after-error", breaks=("persistence-error",), serve=connecting(Unframed)),
    Mutant(id="resets-after-error", breaks=("persistence-error-delivered",), serve=serially(abrupt), until=7, tries=20),
    Mutant(id="half-closed-is-gone", breaks=("persistence-half-close",), serve=serially(hasty), until=7, tries=5),
)

"""Failures of servers that fail a rule in a way that only this rule checks."""

import itertools
import socket
from dataclasses import replace

import pytest

from http_contract import BY_ID, run
from http_contract.runner.probes import ROUTES
from tests.contract.scripted import OK, Script, says, scripted
from tests.contract.worded import texts

FILE = b"HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 12:00:00 GMT\r\n%s\r\nContent-Length: 2\r\n\r\nhi"
NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\n%s\r\n\r\n"
LATER = b"Last-Modified: Sat, 21 Nov 2026 12:00:01 GMT"
BAD = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"
OLD_PHRASE = b"HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\n\r\n"
ENDLESS = b"HTTP/1.1 200 OK\r\n" + b"X-More: and more\r\n" * 2**15


def waits(client: socket.socket) -> None:
    """Say nothing, until the client leaves."""
    while client.recv(65536):
        pass


def begins(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1")
    waits(client)


def in_turn(*responses: bytes) -> Script:
    """Send one response to the first client, another one to the next, and so on."""
    which = itertools.cycle(responses)
    return lambda client: says(next(which))(client)


@pytest.mark.parametrize(
    ("id", "script", "failure"),
    [
        ("listen-answers", begins, "no status line came in time"),
        ("listen-survives-silence", begins, "after a connection without a request: no status line"),
        (
            "respond-length",
            says(ENDLESS),
            "the header fields have no end: the judge stopped reading after too many bytes",
        ),
        ("parameters-redirect-location", says(FILE % b"Location: /test"), "Location is '/test', which is not /"),
        ("bodies-expect", says(OK), "the response is 200, not 100"),
        ("persistence-thousand", says(OK.replace(b"200 OK", b"503 No")), "the status of response 1 is not 200"),
        (
            "framing-length-signed",
            says(BAD, OK),
            "the server answered the bytes after the request",
        ),
        ("timeouts-head", waits, "neither responded nor closed the connection within 0.1 seconds"),
        ("timeouts-body-progress", says(TOO_SLOW), "the status is 408, not 200 or 201"),
        (
            "parameters-status-reason",
            says(OLD_PHRASE),
            "the reason phrase is 'Payload Too Large', not 'Content Too Large'",
        ),
        ("timeouts-head-drip", waits, "neither responded nor closed the connection within 0.1 seconds"),
        (
            "caching-etag-stable",
            in_turn(FILE % b'ETag: "1"', FILE % b'ETag: "2"'),
            "the ETag has changed",
        ),
        ("caching-last-modified-past", says(FILE % LATER), "later than Date"),
        (
            "caching-head",
            in_turn(FILE % b'ETag: "1"', FILE % b'ETag: "2"'),
            "the value of ETag differs",
        ),
        (
            "caching-not-modified-fields",
            in_turn(FILE % b'ETag: "1"', NOT_MODIFIED % b"Server: x"),
            "the field ETag is missing, which the response with the file contains",
        ),
    ],
)
def test_what_is_said(id: str, script: Script, failure: str) -> None:
    with scripted(script) as server:
        server.findings.routes.update(dict.fromkeys(ROUTES, True))
        outcome = run(BY_ID[id], replace(server, patience=0.1))
    assert outcome.verdict == "failed"
    assert failure in " ".join(texts(outcome.failures))

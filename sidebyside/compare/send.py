"""Sends a message to servers, and collects everything that each of them replies, and how its connection ends."""

import math
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from itertools import cycle
from typing import Literal, TypeAlias

from http_contract.client.connection import Connection
from http_contract.client.server import DEFAULT_PORTS, Server, server_at, url_from
from http_contract.client.transport import LARGE_LIMIT, NO_OPTIONS, ConnectionFailed
from http_contract.errors import CannotJudge
from http_contract.escaping import escape_controls
from http_contract.http.parser import read_response
from http_contract.http.response import Response
from http_contract.http.transcript import Transcript
from http_contract.reports.messages import connection_text
from sidebyside.compare.request import Message
from sidebyside.launch.board import Output
from sidebyside.tracebacks import Traceback, of_requests, tracebacks

COLOURS = ("cyan", "green", "magenta", "yellow", "blue")
ANNOUNCED_CLOSE = 1.0  # seconds for a server to close a connection as it has announced, on a busy machine
LEAST_LOOK = 0.005  # seconds, in which what has arrived already is read
PRINTING = 0.25  # seconds in which what a server has printed arrives, on a busy machine
UNANNOUNCED_CLOSE = 0.05  # seconds after which a server that has announced nothing is taken to keep the connection open

End: TypeAlias = Literal["kept", "closed", "reset", "timeout", "overflow"]
"""How a connection ended after the last response: the server kept it open until the client closed its side, closed it,
or reset it; or it was given up, because bytes were missing (timeout) or too many came (overflow)."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server to compare, with the name and the colour of its column."""

    name: str
    server: Server
    colour: str = ""
    runs_on: str = ""  # what accepts the connections of its application, for example gunicorn, if it is known
    output: Output | None = None  # what the server prints, if we have started it


@dataclass(frozen=True, slots=True)
class Times:
    """When the steps of an exchange happened, in seconds after the client began to connect; None if one did not."""

    connected: float | None = None
    first_byte: float | None = None
    last_byte: float | None = None  # of the expected responses
    ended: float | None = None  # when the server was seen to have ended the connection


@dataclass(frozen=True, slots=True)
class Reply:
    """Everything that one server sent back after a message."""

    endpoint: Endpoint
    transcript: Transcript
    responses: tuple[Response, ...]
    times: Times
    failure: str = ""  # why there was no connection
    errors: tuple[Traceback, ...] = ()  # that the server has printed about the requests

    @property
    def first_byte(self) -> float | None:
        """Seconds until the first byte; None if no byte came."""
        return self.times.first_byte

    @property
    def end(self) -> End:
        """How the connection ended. The client closes its side last, so what the server does after that is not it."""
        if self.transcript.ended in ("reset", "overflow"):
            return self.transcript.ended
        before = self.transcript.state_before_half_close
        return before if before in ("closed", "timeout") else "kept"


def endpoints_at(urls: Sequence[str], ca: str | None, timeout: float) -> list[Endpoint]:
    """Return the servers at these URLs. Raises CannotJudge for fewer than two, and for an invalid URL."""
    if len(urls) < 2:
        raise CannotJudge("--urls requires two or more URLs to compare")
    return [endpoint_at(url, ca, timeout, colour) for url, colour in zip(urls, cycle(COLOURS), strict=False)]


def endpoint_at(url: str, ca: str | None, timeout: float, colour: str, runs_on: str = "") -> Endpoint:
    """Return the server at a URL. As in browsers, its Host field has no port if that is the scheme's default port."""
    url = url_from(url)
    server = replace(server_at(url, ca if url.lower().startswith("https:") else None), timeout=timeout)
    if server.port == DEFAULT_PORTS[server.address.scheme]:
        server = replace(server, name=server.authority.removesuffix(f":{server.port}"))
    return Endpoint(escape_controls(server.authority), server, colour, runs_on)


# -- a message and its replies


def send_in_turn(message: Message, endpoints: Sequence[Endpoint], limit: float = math.inf) -> list[Reply]:
    """Send a message to one server after the other, because servers on one machine share its processors.

    All responses of one server have `limit` seconds together. How the connections end is seen last: that takes a
    moment, which they share.
    """
    asked = [ask(each, message, limit) for each in endpoints]
    return [each.reply() for each in asked]


def send_at_once(message: Message, endpoints: Sequence[Endpoint], limit: float) -> list[Reply]:
    """Send a message to all servers at once, so that they share the time if all of them wait for more bytes."""
    with ThreadPoolExecutor(len(endpoints)) as pool:
        asked = list(pool.map(partial(ask, message=message, limit=limit), endpoints))
    return [each.reply() for each in asked]


def send(endpoint: Endpoint, message: Message) -> Reply:
    """Send a message on a new connection, and return the reply, or why there is no connection."""
    return ask(endpoint, message, math.inf).reply()


def ask(endpoint: Endpoint, message: Message, limit: float) -> "Asked | Refused":
    """Send a message on a new connection and read the responses to its requests, for at most `limit` seconds.

    The pauses between its packets do not count.
    """
    server, began = endpoint.server, time.monotonic()
    printed = endpoint.output.size if endpoint.output else 0
    try:
        connection = Connection(server.address, "{authority}", server.timeout, NO_OPTIONS, LARGE_LIMIT)
    except ConnectionFailed as lost:
        return Refused(endpoint, connection_text(lost))
    connected = time.monotonic() - began
    connection.origin = b"{origin}"  # the placeholders are already replaced, and a body may contain these words
    connection.send(*message.pieces_for(server), pauses=message.pauses)
    ends = began + sum(message.pauses)
    if not connection.transport.received:
        connection.transport.wait(ends + min(limit, server.timeout))
    first = connection.transport.first_byte_at
    first_byte = None if first is None else first - began
    _read_responses(connection, message, ends + limit)
    last_byte = None if first_byte is None else time.monotonic() - began
    return Asked(endpoint, message, connection, began, Times(connected, first_byte, last_byte), printed)


@dataclass(frozen=True, slots=True)
class Refused:
    """A server that accepted no connection, and why."""

    endpoint: Endpoint
    failure: str

    def reply(self) -> Reply:
        now = time.time()
        silence = Transcript(began=now, finished=now, url=self.endpoint.server.address.url)
        return Reply(self.endpoint, silence, (), Times(), self.failure)


@dataclass(frozen=True, slots=True)
class Asked:
    """A server that has received a message, and the connection, which is open unless the server has ended it."""

    endpoint: Endpoint
    message: Message
    connection: Connection
    began: float  # by the monotonic clock
    times: Times
    printed: int  # octets that the server had printed before

    def reply(self) -> Reply:
        """See how the connection ends, close it, and return everything that came."""
        answered = self.began + (self.times.last_byte or 0)
        wait = ANNOUNCED_CLOSE if any(map(announces_close, self.connection.responses[-1:])) else UNANNOUNCED_CLOSE
        self.connection.transport.drain(max(LEAST_LOOK, answered + wait - time.monotonic()))
        is_over = self.connection.transport.ended in ("closed", "reset")
        times = replace(self.times, ended=time.monotonic() - self.began if is_over else None)
        transcript = self.connection.finish(self.message.after)
        responses = (*transcript.responses, *_further_responses(transcript))
        has_failed = any(response.status >= HTTPStatus.INTERNAL_SERVER_ERROR for response in responses)
        errors = self._errors() if has_failed else ()
        return Reply(self.endpoint, transcript, responses, times, errors=errors)

    def _errors(self) -> tuple[Traceback, ...]:
        """Return the tracebacks of the requests. A server prints them before it responds; they are read soon after."""
        output, targets = self.endpoint.output, self.message.targets_for(self.endpoint.server)
        if output is None:
            return ()
        deadline = time.monotonic() + PRINTING
        while True:
            lines = output.since(self.printed)
            found = of_requests(tracebacks(lines), targets)
            if found or time.monotonic() > deadline or any(is_access_line(line, targets) for line in lines):
                return found
            time.sleep(LEAST_LOOK)


def is_access_line(line: str, targets: Sequence[str]) -> bool:
    """Return whether a line of an access log is about one of the targets. A traceback would come before it."""
    words = line.replace('"', " ").split()
    return any(target in words for target in targets) and any(re.fullmatch("5[0-9]{2}", word) for word in words)


def announces_close(response: Response) -> bool:
    """Return whether the connection is to end after this response (RFC 9112 §9.3)."""
    return must_close(response) or (response.version == "1.0" and "keep-alive" not in _options(response))


def must_close(response: Response) -> bool:
    """Return whether a server has to close the connection after this response (RFC 9112 §9.6)."""
    return "close" in _options(response)


def _options(response: Response) -> list[str]:
    return [item.lower() for item in response.items("Connection")]


def _read_responses(connection: Connection, message: Message, ends: float) -> None:
    """Read a response to each request, until one is missing or incomplete, or the time is up (monotonic clock)."""
    patience = connection.timeout
    with suppress(ConnectionFailed):
        for method in message.methods or ("GET",):
            connection.timeout = max(0.0, min(patience, ends - time.monotonic()))
            if not connection.response(method).complete:
                break
    connection.timeout = patience


def _further_responses(transcript: Transcript) -> Iterator[Response]:
    """Yield the responses that came after the last expected one."""
    at = len(transcript.received) - len(transcript.rest)
    while at < len(transcript.received):
        response = read_response(transcript.received, at, "GET", transcript.ended)
        yield response
        at = response.end

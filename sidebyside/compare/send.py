"""Sends a message to one server and collects everything that the server replies."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle

from http_contract.client.connection import Connection
from http_contract.client.server import DEFAULT_PORTS, Server, server_at, url_from
from http_contract.client.transport import LARGE_LIMIT, NO_OPTIONS, ConnectionFailed
from http_contract.errors import CannotJudge
from http_contract.http.parser import read_response
from http_contract.http.response import Response
from http_contract.http.transcript import Transcript
from http_contract.reports.messages import connection_text
from sidebyside.compare.request import Message

COLOURS = ("cyan", "green", "magenta", "yellow", "blue")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server to compare, with the name and the colour of its column."""

    name: str
    server: Server
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """Everything that one server sent back after a message."""

    endpoint: Endpoint
    transcript: Transcript
    responses: tuple[Response, ...]
    first_byte: float | None  # seconds from sending to the first byte; None if no byte came
    failure: str = ""  # why there was no connection


def endpoints_at(urls: Sequence[str], ca: str | None, timeout: float) -> list[Endpoint]:
    """Return the servers at these URLs. Raises CannotJudge for fewer than two, and for an invalid URL."""
    if len(urls) < 2:
        raise CannotJudge("--urls requires two or more URLs to compare")
    return [endpoint_at(url, ca, timeout, colour) for url, colour in zip(urls, cycle(COLOURS), strict=False)]


def endpoint_at(url: str, ca: str | None, timeout: float, colour: str) -> Endpoint:
    """Return the server at a URL. As in browsers, its Host field has no port if that is the scheme's default port."""
    url = url_from(url)
    server = replace(server_at(url, ca if url.lower().startswith("https:") else None), timeout=timeout)
    if server.port == DEFAULT_PORTS[server.address.scheme]:
        server = replace(server, name=server.authority.removesuffix(f":{server.port}"))
    return Endpoint(server.authority, server, colour)


def send(endpoint: Endpoint, message: Message) -> Reply:
    """Send a message on a new connection and read the responses. Raises ConnectionFailed if there is no connection."""
    server = endpoint.server
    with Connection(server.address, "{authority}", server.timeout, NO_OPTIONS, LARGE_LIMIT) as connection:
        connection.origin = b"{origin}"  # the placeholders are already replaced, and a body may contain these words
        began = time.monotonic()
        connection.send(*message.pieces_for(server))
        if not connection.transport.received:
            connection.transport.wait(began + server.timeout)
        first_byte = time.monotonic() - began if connection.transport.received else None
        _read_responses(connection, message)
        transcript = connection.finish(message.after)
    return Reply(endpoint, transcript, (*transcript.responses, *_further_responses(transcript)), first_byte)


def try_to_send(endpoint: Endpoint, message: Message) -> Reply:
    """Send a message, and return a reply that contains the failure if there is no connection."""
    began = time.time()
    try:
        return send(endpoint, message)
    except ConnectionFailed as lost:
        silence = Transcript(began=began, finished=time.time(), url=endpoint.server.address.url)
        return Reply(endpoint, silence, (), None, connection_text(lost))


def _read_responses(connection: Connection, message: Message) -> None:
    """Read a response to each request, until one is missing or incomplete."""
    for method in message.methods or ("GET",):
        try:
            response = connection.response(method)
        except ConnectionFailed:
            return
        if not response.complete:
            return


def _further_responses(transcript: Transcript) -> Iterator[Response]:
    """Yield the responses that came after the last expected one."""
    at = len(transcript.received) - len(transcript.rest)
    while at < len(transcript.received):
        response = read_response(transcript.received, at, "GET", transcript.ended)
        yield response
        at = response.end

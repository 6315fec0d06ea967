"""A message sent to one server, and all that it answers."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from http_contract.client.connection import Connection
from http_contract.client.server import Server
from http_contract.client.transport import MANY, WIDE, ConnectionFailed
from http_contract.http.parser import read_response
from http_contract.http.response import Response
from http_contract.http.transcript import Transcript
from http_contract.reports.messages import connection_text
from sidebyside.compare.messages import Message


@dataclass(frozen=True, slots=True)
class Place:
    """A server to compare, and what its column is called."""

    name: str
    server: Server
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """What one server said to a message."""

    place: Place
    transcript: Transcript
    responses: tuple[Response, ...]
    first_byte: float | None  # seconds from sending to it; None where none came
    failure: str = ""  # why it was not even asked


def send(place: Place, message: Message) -> Heard:
    """Send it on a new connection and read what comes. ConnectionFailed where there is no connection."""
    server = place.server
    with Connection(server.address, "{authority}", server.timeout, WIDE, MANY) as connection:
        connection.origin = b"{origin}"  # what is sent fits the server already, and a body may hold either word
        began = time.monotonic()
        connection.send(*message.pieces_to(server))
        if not connection.transport.received:
            connection.transport.wait(began + server.timeout)
        first_byte = time.monotonic() - began if connection.transport.received else None
        _read(connection, message)
        conversation = connection.finish(message.after)
    return Heard(place, conversation, (*conversation.responses, *_unasked(conversation)), first_byte)


def reach(place: Place, message: Message) -> Heard:
    """Send it, too; a server that takes no connection is told of like one that says nothing."""
    began = time.time()
    try:
        return send(place, message)
    except ConnectionFailed as lost:
        silence = Transcript(began=began, finished=time.time(), url=place.server.address.url)
        return Heard(place, silence, (), None, connection_text(lost))


def _read(connection: Connection, message: Message) -> None:
    """Read an answer for each request, as long as they come."""
    for method in message.methods or ("GET",):
        try:
            answer = connection.response(method)
        except ConnectionFailed:
            return
        if not answer.complete:
            return


def _unasked(conversation: Transcript) -> Iterator[Response]:
    """Yield what was said after the last answer that was asked for."""
    at = len(conversation.received) - len(conversation.rest)
    while at < len(conversation.received):
        answer = read_response(conversation.received, at, "GET", conversation.ended)
        yield answer
        at = answer.end

"""What is kept of a conversation: all of a short one; of a long one its beginning, and what a complaint is about."""

import pytest

from http_contract import Server
from http_contract.client.connection import Connection
from http_contract.client.transport import LARGE_LIMIT, LIMIT
from http_contract.http.request import get
from http_contract.http.response import Response
from http_contract.http.transcript import CONTEXT, STORED, STORED_RESPONSES, Transcript
from http_contract.rules.model import about
from tests.contract.scripted import OK, says, scripted
from tests.contract.worded import odd

MARK = b"#"
LONG = 60 * STORED


def marked(place: int, size: int) -> Transcript:
    """A conversation of so many octets, one of which is the mark."""
    received = bytearray(size)
    received[place : place + 1] = MARK
    return Transcript(received=bytes(received))


@pytest.mark.parametrize("size", [STORED, LONG], ids=["short", "long"])
@pytest.mark.parametrize(
    "place",
    [0, STORED - 1, STORED, STORED + 1, STORED + CONTEXT, 50 * STORED, LONG - 1, LONG],
)
def test_a_complaint_points_to_the_same_place(place: int, size: int) -> None:
    place = min(place, size)
    failure = about(marked(place, size), odd("it is wrong", place))
    assert failure.transcript
    assert failure.offset is not None
    assert failure.transcript.received[failure.offset :][:1] == marked(place, size).received[place : place + 1]
    assert len(failure.transcript.received) < STORED + 2 * CONTEXT + 100


@pytest.mark.parametrize(
    ("size", "place", "omitted"),
    [
        (STORED, 0, 0),
        (LONG, 0, LONG - STORED),
        (LONG, 50 * STORED, LONG - STORED - 2 * CONTEXT),
    ],
)
def test_what_is_left_out_is_told(size: int, place: int, omitted: int) -> None:
    short, _ = marked(0, size).shortened(place)
    assert short.omitted == omitted
    assert (b"bytes left out" in short.received) is (omitted > 0)


def test_no_place_stays_none() -> None:
    assert about(marked(0, LONG), odd("it is wrong")).offset is None


def test_answers_are_shortened_too() -> None:
    responses = (Response(body=bytes(LONG)), *[Response()] * (2 * STORED_RESPONSES))
    short, _ = Transcript(received=bytes(LONG), responses=responses).shortened()
    assert len(short.responses) == STORED_RESPONSES
    assert len(short.responses[0].body) == STORED


def test_a_closed_connection_keeps_no_more() -> None:
    with scripted(says(OK[:-2] + bytes(LONG))) as server:
        transcript = server.ask(get("/"))
    [kept] = server.transcripts
    assert len(transcript.received) > LONG
    assert kept.omitted > LONG - 2 * STORED
    assert kept.responses


@pytest.mark.parametrize(("limit", "ended"), [(LIMIT, "overflow"), (LARGE_LIMIT, "open")])
def test_so_much_is_taken_and_no_more(limit: int, ended: str) -> None:
    with scripted(says(OK + bytes(LIMIT))) as server, server.connect(limit=limit) as connection:
        assert ends(server, connection) == ended


def ends(server: Server, connection: Connection) -> str:
    connection.send(get("/"))
    connection.response()
    connection.receive_for(server.timeout)
    return connection.transport.ended if connection.transport.ended == "overflow" else "open"

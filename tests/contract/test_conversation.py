"""What is kept of a conversation: all of a short one; of a long one its beginning, and what a complaint is about."""

import pytest

from contract import Server
from contract.answer import Answer
from contract.client import Connection
from contract.conversation import ANSWERS, AROUND, KEPT, Complaint, Conversation, about
from contract.requests import get
from contract.wire import MANY, MOST
from tests.contract.scripted import OK, says, scripted

MARK = b"#"
LONG = 60 * KEPT


def marked(place: int, size: int) -> Conversation:
    """A conversation of so many octets, one of which is the mark."""
    received = bytearray(size)
    received[place : place + 1] = MARK
    return Conversation(received=bytes(received))


@pytest.mark.parametrize("size", [KEPT, LONG], ids=["short", "long"])
@pytest.mark.parametrize("place", [0, KEPT - 1, KEPT, KEPT + 1, KEPT + AROUND, 50 * KEPT, LONG - 1, LONG])
def test_a_complaint_points_to_the_same_place(place: int, size: int) -> None:
    place = min(place, size)
    complaint = about(marked(place, size), Complaint("it is wrong", place))
    assert complaint.heard
    assert complaint.offset is not None
    assert complaint.heard.received[complaint.offset :][:1] == marked(place, size).received[place : place + 1]
    assert len(complaint.heard.received) < KEPT + 2 * AROUND + 100


@pytest.mark.parametrize(
    ("size", "place", "omitted"),
    [(KEPT, 0, 0), (LONG, 0, LONG - KEPT), (LONG, 50 * KEPT, LONG - KEPT - 2 * AROUND)],
)
def test_what_is_left_out_is_told(size: int, place: int, omitted: int) -> None:
    short, _ = marked(0, size).shortened(place)
    assert short.omitted == omitted
    assert (b"bytes left out" in short.received) is (omitted > 0)


def test_no_place_stays_none() -> None:
    assert about(marked(0, LONG), Complaint("it is wrong")).offset is None


def test_answers_are_shortened_too() -> None:
    answers = (Answer(body=bytes(LONG)), *[Answer()] * (2 * ANSWERS))
    short, _ = Conversation(received=bytes(LONG), answers=answers).shortened()
    assert len(short.answers) == ANSWERS
    assert len(short.answers[0].body) == KEPT


def test_a_closed_connection_keeps_no_more() -> None:
    with scripted(says(OK[:-2] + bytes(LONG))) as server:
        heard = server.ask(get("/"))
    [kept] = server.conversations
    assert len(heard.received) > LONG
    assert kept.omitted > LONG - 2 * KEPT
    assert kept.answers


@pytest.mark.parametrize(("most", "ended"), [(MOST, "flood"), (MANY, "open")])
def test_so_much_is_taken_and_no_more(most: int, ended: str) -> None:
    with scripted(says(OK + bytes(MOST))) as server, server.connect(most=most) as connection:
        assert ends(server, connection) == ended


def ends(server: Server, connection: Connection) -> str:
    connection.send(get("/"))
    connection.answer()
    connection.pause(server.timeout)
    return connection.wire.ended if connection.wire.ended == "flood" else "open"

"""Answers compared, row by row: what each difference is called, and what stands in each place."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from http_contract.http.parser import read_response
from sidebyside.compare.comparing import Row, compared, overall, worst
from sidebyside.compare.differing import Verdict
from sidebyside.compare.messages import Message
from sidebyside.compare.sending import Heard
from tests.sidebyside.heard import answer, heard, several

MESSAGE = Message((b"GET / HTTP/1.1\r\n\r\n",))
HTML, JSON, TEXT = (f"Content-Type: {kind}" for kind in ("text/html", "application/json", "text/plain"))
DATE = "Date: Sat, 21 Nov 2026 10:00:0%d GMT"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: %d\r\n\r\n"


def rows(*asked: Heard) -> Sequence[Row]:
    return compared(MESSAGE, asked).responses[0]


def labels(found: Sequence[Row], verdict: Verdict) -> list[str]:
    return [row.label or "body" for row in found if row.finding.verdict == verdict]


@pytest.mark.parametrize(
    ("first", "second", "differing", "excused"),
    [
        (answer("A: 1", body="a"), answer("A: 1", body="a"), [], []),
        (answer(status="200 OK"), answer(status="200 Okay"), ["status"], []),
        (answer(), answer().replace(b"1.1", b"1.0"), ["status"], []),
        (answer("A: 1"), answer("A: 2"), ["A"], []),
        (answer("A: 1"), answer(), ["A"], []),
        (answer("A: 1"), answer("a: 1"), [], []),
        (answer("A: 1", "B: 2"), answer("B: 2", "A: 1"), [], []),
        (answer("A: 1", "A: 2"), answer("A: 2", "A: 1"), ["A", "A"], []),
        (answer("A: 1", "A: 2"), answer("A: 1"), ["A"], []),
        (answer(DATE % 0), answer(DATE % 1), [], ["Date"]),
        (answer(DATE % 0), answer(DATE % 9), ["Date"], []),
        (answer(DATE % 0), answer(), ["Date"], []),
        (answer("Last-" + DATE % 0), answer("Last-" + DATE % 1), ["Last-Date"], []),
        (answer("Connection: close"), answer("Keep-Alive: 5"), [], ["Connection", "Keep-Alive"]),
        (answer("Location: http://127.0.0.1:8001/"), answer("Location: http://127.0.0.1:8002/"), [], ["Location"]),
        (answer(body="a"), answer(body="b"), ["body"], []),
        (answer(body="a"), answer(body="ab"), ["Content-Length", "body"], []),
        (answer(JSON, body="[1]"), answer(JSON, body="[2]"), ["body"], []),
        (answer(JSON, body="[1]"), answer(JSON, body="[ 1"), ["body"] * 3, []),
        (answer(JSON, body="[1,2]"), answer(JSON, body="[1, 2]"), ["Content-Length", "body"], []),
        (answer(HTML, body="<p>a"), answer(HTML, body="<b>a"), ["body"], []),
        (answer(TEXT, body="a\nb"), answer(TEXT, body="a\rb"), ["body"], []),
        (answer(body="127.0.0.1:8001"), answer(body="127.0.0.1:8002"), [], ["body"]),
        (answer(HTML, body="<p>127.0.0.1:8001"), answer(HTML, body="<b>127.0.0.1:8002"), ["body"], []),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + answer(), answer(), [], ["interim"]),
        (CHUNKED % 1, CHUNKED % 2, ["trailers"], []),
        (answer("A: 1"), answer("A: 1").replace(b"A: 1\r\n", b"A: 1\n"), ["breach"], []),
        (b"<h1>hi", b"<h1>hi", [], []),
        (answer(), b"<h1>hi", ["status", "Content-Length", "body", "breach"], []),
    ],
    ids=[
        "the same",
        "phrase",
        "version",
        "value of a field",
        "field that one lacks",
        "letter case of a name",
        "order of fields",
        "order of one field's values",
        "one value less",
        "date",
        "date that is wrong",
        "no date",
        "another time",
        "connection",
        "own authority in a redirect",
        "body",
        "length",
        "JSON",
        "no JSON",
        "white space in JSON",
        "markup",
        "ends of lines",
        "own authority in a body",
        "own authority and markup",
        "interim answer",
        "trailers",
        "bare LF",
        "the same nonsense",
        "nonsense",
    ],
)
def test_two_answers(first: bytes, second: bytes, differing: list[str], excused: list[str]) -> None:
    found = rows(with_interim(heard(first, 0)), with_interim(heard(second, 1)))
    assert (labels(found, "differs"), labels(found, "may")) == (differing, excused)


def with_interim(given: Heard) -> Heard:
    """Return it as the client reads it: an interim answer belongs to the final one."""
    [first] = given.responses
    if not first.is_interim:
        return given
    final = read_response(given.transcript.received, first.end, "GET", "closed")
    return replace(given, responses=(replace(final, interim=(first,)),))


def test_a_length_may_differ_where_the_body_must() -> None:
    asked = [
        heard(answer(body="at 127.0.0.1:8001"), 0),
        heard(answer(body="at long.example:8002"), 1, host="long.example"),
    ]
    found = rows(*asked)
    assert (labels(found, "differs"), labels(found, "may")) == ([], ["Content-Length", "body"])


def test_who_does_not_answer_takes_part_in_the_first_row_alone() -> None:
    found = rows(heard(answer("A: 1"), 0), heard(b"", 1, ended="timeout"), heard(answer("A: 1"), 2))
    assert found[0].cells == ["HTTP/1.1 200 OK", "no answer: the server sent nothing in time", "HTTP/1.1 200 OK"]
    assert labels(found, "differs") == ["status"]
    assert found[1].cells == ["1", None, "1"]


@pytest.mark.parametrize(("ended", "silent"), [("closed", False), ("reset", False), ("timeout", True), ("open", True)])
def test_silence_of_all_is_the_same(ended: str, silent: bool) -> None:
    comparison = compared(MESSAGE, [heard(b"", 0, ended), heard(b"", 1, ended)])
    assert (comparison.verdict, comparison.is_silent) == ("same", silent)


def test_a_field_may_have_any_name() -> None:
    found = rows(*several(answer("body: a", body="b"), answer("body: a", body="b")))
    assert [(row.label, row.is_body) for row in found[1:]] == [
        ("body", False),
        ("Content-Length", False),
        ("body", True),
    ]


def test_a_reset_is_told() -> None:
    found = rows(heard(answer(), 0), heard(answer(), 1, ended="reset"))
    assert labels(found, "differs") == ["end"]
    assert found[-1].cells == [None, "then a reset"]


def test_every_answer_is_compared() -> None:
    first, second = several(answer(), answer())
    comparison = compared(MESSAGE, [replace(first, responses=first.responses * 2), second])
    assert [worst(answer) for answer in comparison.responses] == ["same", "differs"]
    assert comparison.responses[1][0].cells == ["HTTP/1.1 200 OK", "no answer: the server closed the connection"]


def test_a_breach_is_told_once() -> None:
    bare = answer("A: 1", "B: 2").replace(b"A: 1\r\nB: 2\r\n", b"A: 1\nB: 2\n")
    found = rows(*several(bare, bare))
    assert found[-1].cells == ["a line ends with a bare LF (`\\n`) instead of CRLF (`\\r\\n`)"] * 2
    assert labels(found, "differs") == []


def test_binary_is_shown_from_where_it_differs() -> None:
    zeros = "\0" * 100
    found = rows(*several(answer(TEXT, body=zeros + "a"), answer(TEXT, body=zeros + "b")))
    assert ["from byte 88:"] * 2 in [list(row.cells) for row in found]


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [(["same", "may"], "may"), (["may", "differs", "same"], "differs"), (["same"], "same"), ([], "same")],
    ids=str,
)
def test_the_worst_counts(verdicts: list[str], expected: Verdict) -> None:
    made = {
        "same": several(answer(), answer()),
        "may": several(answer(DATE % 0), answer(DATE % 1)),
        "differs": several(answer("A: 1"), answer("A: 2")),
    }
    assert overall([compared(MESSAGE, made[verdict]) for verdict in verdicts]) == expected

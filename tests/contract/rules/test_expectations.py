"""Each expectation holds or complains, with the place, and says in words what it expects."""

import pytest

from http_contract.client.transport import ConnectionFailed
from http_contract.http.parser import read_response
from http_contract.http.response import CloseReason, Response
from http_contract.http.transcript import Transcript
from http_contract.reports.messages import failure_text
from http_contract.rules.expectations import (
    CLIENT_ERRORS,
    All,
    BodyContains,
    BodyLacks,
    Closes,
    Complete,
    Either,
    Framed,
    Has,
    Lacks,
    Lists,
    NoBody,
    NoReset,
    NothingAfter,
    Nth,
    OfAnswer,
    Silent,
    SomeBody,
    Status,
    When,
    Without,
    first,
    quoted,
)
from http_contract.rules.model import Expectation, RuleFailed, expect
from tests.contract.worded import texts

HEAD = b"HTTP/1.1 200 OK\r\nAllow: GET, HEAD\r\n"
SIZED = HEAD + b"Content-Length: 2\r\n\r\nhi"


def transcript_of(data: bytes, *methods: str, ended: CloseReason = "closed") -> Transcript:
    responses: list[Response] = []
    for method in methods or ("GET",):
        start = responses[-1].end if responses else 0
        responses += [read_response(data, start, method, ended)] if len(data) > start else []
    return Transcript(received=data, responses=tuple(responses), ended=ended, state_before_half_close=ended)


@pytest.mark.parametrize(
    ("expectation", "data", "failures"),
    [
        (Status(200, 404), SIZED, []),
        (Status(*CLIENT_ERRORS, 501), SIZED, [("the status is 200, not any 4xx or 501", 0)]),
        (Status(404), b"hello", [("the status is missing, not 404", 0)]),
        (Status(400, 404, 414), b"", [("no response came: the server closed the connection", 0)]),
        (Has("allow"), SIZED, []),
        (Has("Date"), SIZED, [("the field Date is missing", 0)]),
        (Has("Allow", "GET.*"), SIZED, []),
        (Has("Allow", "GET"), SIZED, [("Allow is 'GET, HEAD', not like `GET`", 17)]),
        (Has("Allow", "GET", "just GET"), SIZED, [("Allow is 'GET, HEAD', not just GET", 17)]),
        (Lists("Allow", ("GET",)), SIZED, []),
        (Lists("Allow", ("get", "POST")), SIZED, [("Allow does not list get", 17), ("Allow does not list POST", 17)]),
        (Lacks("Date"), SIZED, []),
        (Lacks("Allow"), SIZED, [("the response contains the field Allow", 17)]),
        (BodyContains(b"h"), SIZED, []),
        (BodyContains(b"x"), SIZED, [("the content does not contain 'x'", 56)]),
        (BodyLacks(b"x"), SIZED, []),
        (BodyLacks(b"h"), SIZED, [("the content contains 'h'", 56)]),
        (SomeBody(), SIZED, []),
        (SomeBody(), HEAD + b"\r\n", [("there is no content", 37)]),
        (NoBody(), HEAD + b"\r\n", []),
        (NoBody(), b"", []),
        (NoBody(), SIZED, [("the response has 2 bytes of content, but must have none", 56)]),
        (NothingAfter(), SIZED, []),
        (NothingAfter(), SIZED + b"x", [("the server sent 1 byte after the end of the response", 58)]),
        (NothingAfter(), SIZED + b"xyz", [("the server sent 3 bytes after the end of the response", 58)]),
        (Without("bare-lf"), SIZED, []),
        (
            Without("no-status-line"),
            b"hello",
            [("the response does not begin with a status line such as `HTTP/1.1 200 OK`", 0)],
        ),
        (Without("bare-lf", "bare-cr"), b"hello", []),
        (Complete(), SIZED, []),
        (
            Complete(),
            SIZED[:-1],
            [("Content-Length is 2, but the body has 1 byte: the server closed the connection", 57)],
        ),
        (Framed(), SIZED, []),
        (Framed(), HEAD + b"\r\nhi", [("the head contains neither Content-Length nor Transfer-Encoding", 0)]),
        (Closes(), SIZED, []),
        (NoReset(), SIZED, []),
        (Silent(), b"", []),
        (Silent(), SIZED, [("the server sent a response", 0)]),
        (All(Status(200), Has("Allow")), SIZED, []),
        (All(Status(404), Has("Date")), SIZED, [("the status is 200, not 404", 0), ("the field Date is missing", 0)]),
        (Either(Status(404), Has("Allow")), SIZED, []),
        (Either(Status(404), Has("Date")), SIZED, [("the status is 200, not 404", 0)]),
        (Either(Status(404), Silent()), b"", []),
        (When(Status(200), Has("Date")), SIZED, [("the field Date is missing", 0)]),
        (When(Status(405), Has("Date")), SIZED, []),
    ],
    ids=str,
)
def test_expectations(expectation: Expectation, data: bytes, failures: list[tuple[str, int]]) -> None:
    found = expectation.failures(transcript_of(data))
    assert [(failure_text(failure), failure.offset) for failure in found] == failures


@pytest.mark.parametrize(
    ("expectation", "ended", "holds"),
    [
        (Closes(), "open", False),
        (Closes(), "timeout", False),
        (Closes(), "reset", True),
        (NoReset(), "reset", False),
        (NoReset(), "open", True),
    ],
)
def test_endings(expectation: Expectation, ended: CloseReason, holds: bool) -> None:
    assert bool(list(expectation.failures(transcript_of(SIZED, ended=ended)))) is not holds


@pytest.mark.parametrize(("index", "method"), [(0, "GET"), (1, "HEAD"), (-1, "HEAD")])
def test_nth(index: int, method: str) -> None:
    both = transcript_of(SIZED + HEAD + b"\r\n", "GET", "HEAD")
    complains = bool(list(Nth(index, SomeBody()).failures(both)))
    assert complains is (method == "HEAD")
    assert list(Nth(5, Status(200)).failures(both))


def test_without_looks_at_interim_answers_too() -> None:
    interim = read_response(b"HTTP/1.1 100 \n\n", 0, "GET", "open")
    answered = Transcript(responses=(Response(status=200, interim=(interim,)),))
    assert [failure.offset for failure in Without("bare-lf").failures(answered)] == [13, 14]


@pytest.mark.parametrize(
    ("expectation", "words"),
    [
        (Status(404), "status 404"),
        (Status(400, 404), "status 400 or 404"),
        (Status(400, 404, 414), "status 400, 404 or 414"),
        (Status(*CLIENT_ERRORS), "status any 4xx"),
        (Has("Date"), "the field Date"),
        (Has("Date", ".*GMT"), "the field Date, like `.*GMT`"),
        (Has("Date", ".*GMT", "in GMT"), "the field Date, in GMT"),
        (Lists("Allow", ("GET", "HEAD")), "Allow lists GET, HEAD"),
        (Lacks("Allow"), "no field Allow"),
        (BodyContains(b"\n"), r"content that contains '\n'"),
        (BodyLacks(b"x"), "content without 'x'"),
        (SomeBody(), "content"),
        (NoBody(), "no content"),
        (NothingAfter(), "nothing after the end of the response"),
        (Without("bare-lf"), "no defect such as bare-lf"),
        (Complete(), "a complete response"),
        (Framed(), "Content-Length or chunks"),
        (Closes(), "the server closes the connection"),
        (NoReset(), "no reset"),
        (Silent(), "no response"),
        (Nth(1, Status(200)), "in response 1: status 200"),
        (All(Status(200), SomeBody()), "status 200, and content"),
        (Either(Status(400), Silent()), "status 400, or no response"),
        (When(Status(405), Has("Allow")), "the field Allow, if status 405"),
    ],
)
def test_words(expectation: Expectation, words: str) -> None:
    assert str(expectation) == words


def test_expect_raises_all_complaints_with_their_conversation() -> None:
    transcript = transcript_of(SIZED)
    expect(transcript, Status(200))
    with pytest.raises(RuleFailed) as raised:
        expect(transcript, Status(404), Has("Date"), Has("Date"))
    assert texts(raised.value.failures) == ["the status is 200, not 404", "the field Date is missing"]
    assert [failure.transcript for failure in raised.value.failures] == [transcript, transcript]


def test_first() -> None:
    assert first(transcript_of(SIZED)).status == 200
    with pytest.raises(ConnectionFailed, match="no-response"):
        first(transcript_of(b""))


def test_an_expectation_of_an_answer_says_which() -> None:
    with pytest.raises(NotImplementedError):
        OfAnswer().failures(transcript_of(SIZED))


def test_shown_shortens() -> None:
    assert (quoted(b"\xff\n"), len(quoted("x" * 1000))) == (r"'ÿ\n'", 63)


def test_a_response_that_may_go_on_is_cut_short() -> None:
    transcript = transcript_of(SIZED[:-1], ended="open")
    assert texts(Complete().failures(transcript)) == ["the response is cut short"]

"""What the page shows of an exchange: the message, forms of it to copy, the time line, and explanations."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from http import HTTPStatus

import pytest
from flask.testing import FlaskClient

from http_contract.client.server import Server
from http_contract.errors import CannotJudge
from raw_router.drivers import threads
from raw_router.messages import Request, Response
from sidebyside.compare.diff import compare_replies
from sidebyside.compare.request import raw_message
from sidebyside.compare.send import Endpoint, Times, send
from sidebyside.page.compare import shown_of
from sidebyside.page.copies import copies
from sidebyside.page.editor import EditorInput, examples_by_stage
from sidebyside.page.exchange import sent_lines, time_lines
from sidebyside.page.explanations import FIELDS, ROWS, STATUSES, Explanation, explanation_of, explanation_of_status
from sidebyside.page.settings import RunningService
from tests.serving import HOST, serving
from tests.sidebyside.replies import replies, response

# -- the message


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        (EditorInput(path="/"), [r"GET / HTTP/1.1\r\n", r"+Host: {authority}\r\n", r"\r\n"]),
        (EditorInput(fields="host: a"), [r"GET / HTTP/1.1\r\n", r"host: a\r\n", r"\r\n"]),
        (
            EditorInput(method="POST", fields="Host: a\nContent-Length: 1", body="a\nb"),
            [
                r"POST / HTTP/1.1\r\n",
                r"Host: a\r\n",
                r"Content-Length: 1\r\n",
                r"+Content-Type: application/x-www-form-urlencoded\r\n",
                r"\r\n",
                r"a\n",
                "b",
            ],
        ),
        (EditorInput(raw=r"A\n\pB"), ["#packet 1 of 2", r"A\n", "#packet 2 of 2", "B"]),
        (EditorInput(raw="a" * 200), ["#... 200 bytes in all"]),
    ],
    ids=["parts", "own host", "body", "packets", "long"],
)
def test_sent_lines(given: EditorInput, lines: list[str]) -> None:
    marks = {"added": "+", "note": "#", "": ""}
    assert [marks[line.kind] + line.text for line in sent_lines(given, given.message, 150)] == lines


# -- forms to copy


@pytest.fixture(scope="module")
def received() -> Iterator[tuple[Server, list[Request]]]:
    """A server, and the requests that it has received."""
    requests: list[Request] = []

    def handler(request: Request) -> Response:
        requests.append(request)
        return Response(HTTPStatus.OK, (("Content-Length", "2"),), b"hi")

    with serving(handler, threads.serve) as port:
        yield Server(HOST, port), requests


SENT = [
    EditorInput(path="/hello/{authority}?a=[1]&b='c'"),
    EditorInput(path="/a/../b", fields="X-Own: a 'quoted' value\nAccept: text/html"),
    EditorInput(method="HEAD", path="/test"),
    EditorInput(method="POST", path="/form", body="a=b&c=\N{SNOWMAN}"),
    EditorInput(path="{origin}/test"),
]


@pytest.mark.parametrize("form", ["curl", "Python"])
@pytest.mark.parametrize("given", SENT, ids=lambda given: f"{given.method} {given.path}")
def test_a_copy_sends_the_same_request(received: tuple[Server, list[Request]], given: EditorInput, form: str) -> None:
    server, requests = received
    if form == "curl" and not shutil.which("curl"):
        pytest.skip("curl is not installed")
    send(Endpoint("", server), given.message)
    text = copies(given, given.message, server)[form]
    command = ["sh", "-c", text] if form == "curl" else [sys.executable, "-c", text]
    subprocess.run(command, check=True, capture_output=True, timeout=30)
    expected, copied = requests[-2:]
    assert (copied.method, copied.target, copied.body) == (expected.method, expected.target, expected.body)
    assert copied.headers == expected.headers


def test_raw_bytes_have_no_curl_command() -> None:
    given = EditorInput(raw=r"GET /\pa\r\n")
    found = copies(given, given.message, Server(HOST, 80))
    assert list(found) == ["Python", "raw bytes"]
    assert found["raw bytes"] == "GET /\\p\na\\r\\n"
    assert "b'GET /',\n        0.1,\n" in found["Python"]


def test_pauses_are_shown_and_copied() -> None:
    given = EditorInput(raw=r"GET /\p(0.5)a\r\n")
    found = copies(given, given.message, Server(HOST, 80))
    assert found["raw bytes"] == "GET /\\p(0.5)\na\\r\\n"
    assert "b'GET /',\n        0.5,\n" in found["Python"]
    lines = [line.text for line in sent_lines(given, given.message, 1000)]
    assert lines == ["packet 1 of 2", "GET /", "packet 2 of 2, after a pause of 0.5 s", r"a\r\n"]


# -- the time line


def test_the_time_line_has_every_step_in_order() -> None:
    with serving(lambda request: Response(HTTPStatus.NO_CONTENT), threads.serve) as port:
        message = raw_message(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        reply = send(Endpoint("a", Server(HOST, port)), message)
    [line] = time_lines(compare_replies(message, [reply]))
    assert [event.name for event in line.events] == ["connected", "first byte", "last byte", "closed within"]
    percents = [event.percent for event in line.events]
    assert percents == sorted(percents)
    assert percents[-1] == 100


def test_a_server_that_is_not_there_has_an_empty_time_line() -> None:
    message = raw_message(b"GET / HTTP/1.1\r\n\r\n")
    reply = send(Endpoint("a", Server(HOST, 1)), message)
    assert reply.times == Times()
    assert time_lines(compare_replies(message, [reply]))[0].events == ()


# -- repeated messages


@pytest.mark.parametrize(("times", "number"), [("", 1), ("1", 1), ("50", 50)])
def test_repetitions(times: str, number: int) -> None:
    assert EditorInput(times=times).repetitions == number


@pytest.mark.parametrize("times", ["0", "51", "-1", "a", "1000"])
def test_an_invalid_number_of_repetitions(times: str) -> None:
    with pytest.raises(CannotJudge, match="is not a valid number of times"):
        assert EditorInput(times=times).repetitions


def test_the_exchange_with_a_difference_is_shown() -> None:
    message = raw_message(b"")
    same = compare_replies(message, replies(response(), response()))
    other = compare_replies(message, replies(response(), response(status="410 Gone")))
    assert shown_of([same, other, same]) is other
    assert shown_of([same, other_same := compare_replies(message, replies(response(), response()))]) is other_same


def test_a_message_is_sent_several_times(client: FlaskClient) -> None:
    html = client.post("/send", json={"path": "/hello/you", "times": "3"}).text
    assert "What was sent, 3 times" in html
    assert "of 3 exchanges" in html


def test_repeating_ends_in_time(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidebyside.page.compare.REPEATING", 0)
    assert "times" not in client.post("/send", json={"path": "/time", "times": "9"}).text.partition("</summary>")[0]


# -- explanations


@pytest.mark.parametrize("known", [FIELDS, STATUSES, ROWS], ids=["fields", "statuses", "rows"])
def test_an_explanation_is_one_line_with_a_section_that_has_a_url(known: Mapping[object, Explanation]) -> None:
    for explanation in known.values():
        assert re.fullmatch(r"[A-Z].{10,95}\.", explanation.text)
        assert not explanation.section or explanation.url.startswith("https://www.rfc-editor.org/rfc/rfc")


def test_names_of_fields_are_in_lower_case() -> None:
    assert [name for name in FIELDS if name != name.lower()] == []


@pytest.mark.parametrize(
    ("line", "status"),
    [("HTTP/1.1 404 Not Found", 404), ("HTTP/1.1 200", 200), ("HTTP/1.1 299 x", 0), (None, 0), ("no", 0)],
)
def test_the_explanation_of_a_status_line(line: str | None, status: int) -> None:
    assert explanation_of_status(line) is STATUSES.get(status)


def test_every_field_and_status_of_the_services_has_an_explanation(services: tuple[RunningService, ...]) -> None:
    given = [EditorInput(**example.given) for _, examples in examples_by_stage() for example in examples]
    port = int(services[0].url.rpartition(":")[2].strip("/"))
    messages = [each.message for each in given if each.message.methods]
    replies = [send(Endpoint("raw", Server(HOST, port)), message) for message in messages]
    responses = [response for reply in replies for response in reply.responses]
    assert {each.status for each in responses} <= STATUSES.keys()
    assert {line.name for each in responses for line in each.fields if not explanation_of(line.name)} == set()

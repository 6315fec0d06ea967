"""The editor's input, and the comparison that the page returns."""

import re
import socket
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import pytest
from flask import Response as Answer
from flask.testing import FlaskClient

from http_contract.client.connection import PAUSE
from http_contract.client.server import Server
from http_contract.errors import CannotJudge
from raw_router.application import generate_response
from raw_router.drivers import threads
from raw_router.messages import Request, Response
from sidebyside.compare.send import Endpoint, send_in_turn
from sidebyside.page.app import create_app
from sidebyside.page.editor import (
    EXAMPLES,
    EditorInput,
    Example,
    examples_by_stage,
    format_packets,
    format_raw,
    parse_input,
    parse_packets,
    parse_raw,
)
from sidebyside.page.settings import RunningService, Settings
from tests.contract.scripted import OK, says, scripted
from tests.page.conftest import Client
from tests.serving import HOST, serving

# -- raw bytes


@pytest.mark.parametrize(
    ("text", "data"),
    [
        (r"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\n"),
        ("a\\r\\n\nb\n\nc\r\n", b"a\r\nbc"),
        (r"\x00\xfF\t\\n", b"\x00\xff\t\\n"),
        ("\N{SNOWMAN}", "\N{SNOWMAN}".encode()),
        ("", b""),
    ],
)
def test_parse_raw(text: str, data: bytes) -> None:
    assert parse_raw(text) == data


def test_raw_text_in_packets() -> None:
    assert parse_packets("a\\p\nb\\\\p\\p") == ((b"a", b"b\\p"), ())
    assert parse_packets(format_packets([b"a\r\n", b"b"])) == ((b"a\r\n", b"b"), ())
    assert parse_packets("") == ((b"",), ())


def test_raw_text_with_pauses() -> None:
    assert parse_packets(r"a\p(0.5)b\pc\p(2)") == ((b"a", b"b", b"c"), (0.5, PAUSE))
    assert parse_packets(r"\p(1)a\p(0.5)\p(0.25)b") == ((b"a", b"b"), (0.75,))
    assert parse_packets(format_packets([b"a\r\n", b"(1)", b""], [1, 0.25])) == ((b"a\r\n", b"(1)"), (1,))
    assert parse_packets("a\\p\n(1)") == ((b"a", b"(1)"), ())


@pytest.mark.parametrize(
    "pause", ["(", "()", "(0)", "(0.0)", "(-1)", "(a)", "(1e9)", "(1", "(4)", "(\u0661)", "(1)b\\p(2.5)"]
)
def test_a_pause_is_not_valid(pause: str) -> None:
    with pytest.raises(CannotJudge, match="pause"):
        parse_packets(f"a\\p{pause}b")


def test_a_response_between_two_packets_is_seen_when_it_comes() -> None:
    with serving(lambda request: Response(HTTPStatus.NO_CONTENT), threads.serve) as port:
        given = EditorInput(raw=r"GET / HTTP/1.1\r\nHost: a\r\n\r\n\p(0.5)GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        [reply] = send_in_turn(given.message, [Endpoint("a", Server(HOST, port))], 0.4)
    assert len(reply.responses) == 2
    assert reply.first_byte is not None
    assert reply.times.last_byte is not None
    assert reply.first_byte < 0.5 < reply.times.last_byte


def test_packets_are_sent_one_after_the_other() -> None:
    message = EditorInput(raw=r"GET / HT\pTP/1.1\r\n\r\n").message
    assert message.pieces == (b"GET / HT", b"TP/1.1\r\n\r\n")
    assert message.methods == ("GET",)


@pytest.mark.parametrize("data", [bytes(range(256)), b"GET / HTTP/1.1\r\n\r\n", b"\\x00\\\\", b"\r\r\n\n"])
def test_format_raw_is_the_reverse_of_parse_raw(data: bytes) -> None:
    assert parse_raw(format_raw(data)) == data


@pytest.mark.parametrize("text", ["\\", "a\\q", "\\x0", "\\xzz", "\\\n"])
def test_an_invalid_escape(text: str) -> None:
    with pytest.raises(CannotJudge, match="is not a valid escape"):
        parse_raw(text)


# -- input


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (EditorInput(path="/time"), b"GET /time HTTP/1.1\r\nHost: {authority}\r\n\r\n"),
        (EditorInput(fields="A: b\n\nHost: c\n"), b"GET / HTTP/1.1\r\nA: b\r\nHost: c\r\n\r\n"),
        (EditorInput(raw=r"GET {origin}/\n", path="/not this"), b"GET {origin}/\n"),
        (
            EditorInput(method="POST", body="\N{SNOWMAN}"),
            b"POST / HTTP/1.1\r\nHost: {authority}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: 3\r\n\r\n\xe2\x98\x83",
        ),
    ],
    ids=["path", "fields", "raw", "body"],
)
def test_message(given: EditorInput, sent: bytes) -> None:
    assert given.message.template == sent


def test_raw_bytes_fit_each_server_and_have_methods() -> None:
    message = EditorInput(raw=r"HEAD {origin}/ HTTP/1.1\r\nHost: {authority}\r\n\r\n").message
    assert message.methods == ("HEAD",)


@pytest.mark.parametrize(
    "data", [None, [], "text", {"path": 1}, {"path": None}, {"unknown": "a"}, {"url": []}, {"raw": "\ud800"}], ids=ascii
)
def test_invalid_input(data: Any) -> None:
    with pytest.raises(CannotJudge):
        parse_input(data)


# -- the comparison


def send(client: FlaskClient, **data: str) -> str:
    response = client.post("/send", json=data)
    assert response.status_code == HTTPStatus.OK
    return response.text


@pytest.mark.parametrize(
    "data",
    [
        {"path": "/time"},
        {"path": "/hello/%3Cb%3E"},
        {"path": "/files/three-ways.png"},
        {"path": "/home", "method": "HEAD"},
        {"path": "/form", "method": "POST", "body": "a=b"},
        {"raw": r"GET / HTTP/1.1\n\n"},
        {"raw": r"\x16\x03\x01"},
        {"raw": r"GET /test HTTP/1.1\r\nHost: {authority}\r\n\r\nGET /time HTTP/1.1\r\nHost: {authority}\r\n\r\n"},
    ],
    ids=lambda data: " ".join(data.values()),
)
def test_our_three_are_identical(client: FlaskClient, data: Mapping[str, str]) -> None:
    html = send(client, **data)
    assert 'class="verdict differs"' not in html
    assert "Identical" in html


@pytest.mark.parametrize(("server", "is_shown"), [("raw_router", True), ("dev", False)])
def test_identical_responses_have_a_hint(services: tuple[RunningService, ...], server: str, is_shown: bool) -> None:
    raw, *others = services
    app = create_app(Settings((raw, *(replace(each, server=server) for each in others)), 8000))
    assert ("sidebyside page --on dev" in send(Client(app, Answer), path="/time")) is is_shown


def test_different_responses_have_no_hint(client: FlaskClient) -> None:
    with serving(lambda _: Response(HTTPStatus.NO_CONTENT), threads.serve) as port:
        assert "--on dev" not in send(client, path="/test", url=f"http://{HOST}:{port}")


@pytest.mark.parametrize(
    ("raw", "is_shown"),
    [("GET / HTTP/1.1\nHost: a\n\n", True), (r"GET / HTTP/1.1\n\n", False), ("GET /\n", False), ("a\\r\\n\nb", False)],
    ids=ascii,
)
def test_line_breaks_without_an_escape(raw: str, is_shown: bool) -> None:
    assert EditorInput(raw=raw).has_unescaped_lines is is_shown


def test_a_message_without_escapes_has_a_hint(client: FlaskClient) -> None:
    assert "The message is a single line" in send(client, raw="\\x16\n\\x03")


def test_two_responses(client: FlaskClient) -> None:
    request = r"GET /test HTTP/1.1\r\nHost: {authority}\r\n\r\n"
    assert "Response 2 of 2" in send(client, raw=request + request)


def test_the_page_escapes_responses(client: FlaskClient) -> None:
    evil = b"<script>alert(1)</script>"

    def careless(request: Request) -> Response:
        length = ("Content-Length", str(len(evil)))
        return Response(HTTPStatus.OK, (("Content-Type", "text/html"), length, ("X-Evil", "<i>")), evil)

    with serving(careless, threads.serve) as port:
        html = send(client, path="/test", url=f"http://{HOST}:{port}")
    assert "<script" not in html
    assert "<i><" not in html
    assert "&lt;i&gt;" in html
    assert "The responses differ" in html


def test_the_verdict_links_to_the_response_that_differs(client: FlaskClient) -> None:
    def second(request: Request) -> Response:
        is_test = request.path == "/test"
        return generate_response(request) if is_test else Response(HTTPStatus.GONE, (("Content-Length", "0"),))

    with serving(second, threads.serve) as port:
        pair = "".join(rf"GET {path} HTTP/1.1\r\nHost: {{authority}}\r\n\r\n" for path in ("/test", "/time"))
        html = send(client, raw=pair, url=f"http://{HOST}:{port}")
    assert '<a href="#response-2">response 2 of 2</a>: status, body' in html
    assert '<h2 id="response-2"' in html


def test_only_what_breaks_the_protocol_is_coloured(client: FlaskClient) -> None:
    """Three correct refusals beside a server that accepts a request without Host are not marked, nor is the server."""
    with scripted(says(OK)) as generous, scripted(says(OK.replace(b"\r\n", b"\n", 1))) as broken:
        urls = [f"http://{HOST}:{each.port}" for each in (generous, broken)]
        pages = [send(client, raw=r"GET / HTTP/1.1\r\n\r\n", url=url) for url in urls]
    assert ["differs" in page for page in pages] == [True, True]
    assert [page.count('class="breaks"') for page in pages] == [0, 1]


def test_a_field_named_body_is_a_field(client: FlaskClient) -> None:
    with serving(
        lambda request: Response(HTTPStatus.OK, (("body", "mine"), ("Content-Length", "0"))), threads.serve
    ) as port:
        html = send(client, path="/test", url=f"http://{HOST}:{port}")
    assert f'data-server="{HOST}:{port}">mine</td>' in html


def accept_and_close(listener: socket.socket) -> None:
    with listener.accept()[0] as client:
        client.recv(65536)


@pytest.mark.parametrize(
    ("does", "expected"),
    [
        (socket.socket.close, "Connection refused"),
        (lambda listener: None, "sent nothing in time"),
        (accept_and_close, "the server closed the connection"),
    ],
    ids=["not running", "hangs", "closes"],
)
def test_a_server_without_a_response(
    client: FlaskClient, does: Callable[[socket.socket], None], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sidebyside.page.settings.TIMEOUT", 0.5)
    with socket.create_server((HOST, 0)) as listener, ThreadPoolExecutor(1) as other:
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        doing = other.submit(does, listener)
        if does is not accept_and_close:
            doing.result()
        assert expected in send(client, path="/test", url=url)


@pytest.mark.parametrize("size", [10, 3 * 1024 * 1024])
def test_a_long_body_is_shortened(client: FlaskClient, size: int) -> None:
    def handler(request: Request) -> Response:
        fields = (("Content-Type", "text/html"), ("Content-Length", str(size)), ("X-Long", "a" * 5000))
        return Response(HTTPStatus.OK, fields, b"b" * size)

    with serving(handler, threads.serve) as port:
        html = send(client, path="/test", url=f"http://{HOST}:{port}")
    assert len(html) < 200_000
    assert "(5000 characters)" in html
    assert ("(3145728 characters)" in html) == (size > 10)
    assert html.count("data-document") == (3 if size > 10 else 4)


def test_only_the_first_lines_are_shown(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidebyside.page.compare.MAX_LINES", 2)
    html = send(client, path="/files/planets.json")
    assert re.search(r">\.\.\. [0-9]+ more lines<", html)


def test_only_the_first_responses_are_shown(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidebyside.page.compare.MAX_RESPONSES", 2)
    html = send(client, raw=r"GET /test HTTP/1.1\r\nHost: {authority}\r\n\r\n" * 3)
    assert "Response 2 of 3" in html
    assert "Response 3 of 3" not in html
    assert "The page compares the further responses, but does not show them." in html


@pytest.mark.parametrize(
    "data", [{"path": "/a b"}, {"fields": "none"}, {"raw": "\\q"}, {"url": "http://192.0.2.1"}, {"other": ""}], ids=str
)
def test_an_error_is_one_line(client: FlaskClient, data: Mapping[str, str]) -> None:
    response = client.post("/send", json=data)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert response.content_type == "text/plain; charset=utf-8"
    assert len(response.text.splitlines()) == 1


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", rb'{"body": "\ud800"}', rb'{"raw": "\\\udfff"}'])
def test_invalid_json(client: FlaskClient, body: bytes) -> None:
    response = client.post("/send", data=body, content_type="application/json")
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_parts_as_raw_bytes(client: FlaskClient) -> None:
    response = client.post("/raw", json={"path": "/time", "fields": "A: b"})
    assert response.text == "GET /time HTTP/1.1\\r\\n\nHost: {authority}\\r\\n\nA: b\\r\\n\n\\r\\n"


# -- examples

ALL_EXAMPLES = [each for _, examples in examples_by_stage() for each in examples]


@pytest.mark.parametrize("example", ALL_EXAMPLES, ids=lambda each: each.title)
def test_an_example_can_be_sent(example: Example) -> None:
    assert parse_input(example.given).message.template


def test_every_stage_has_examples_with_titles_of_their_own() -> None:
    titles = [each.title for each in ALL_EXAMPLES]
    assert all(EXAMPLES.values())
    assert len(titles) == len(set(titles))

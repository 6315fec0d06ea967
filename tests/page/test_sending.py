"""What is asked for, what is sent, and what the answers are shown as."""

import socket
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import pytest
from flask import Response as Answer
from flask.testing import FlaskClient

from http_contract.errors import CannotJudge
from raw_router.drivers import threads
from raw_router.messages import Request, Response
from sidebyside.page.application import create_app
from sidebyside.page.octets import counted, in_digits, in_lines
from sidebyside.page.raw import bytes_of, text_of
from sidebyside.page.requested import Requested, requested_in
from sidebyside.page.settings import Settings, Target
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
def test_bytes_of(text: str, data: bytes) -> None:
    assert bytes_of(text) == data


@pytest.mark.parametrize("data", [bytes(range(256)), b"GET / HTTP/1.1\r\n\r\n", b"\\x00\\\\", b"\r\r\n\n"])
def test_text_of_is_bytes_of_turned_round(data: bytes) -> None:
    assert bytes_of(text_of(data)) == data


@pytest.mark.parametrize("text", ["\\", "a\\q", "\\x0", "\\xzz", "\\\n"])
def test_what_means_no_byte(text: str) -> None:
    with pytest.raises(CannotJudge, match="means no byte"):
        bytes_of(text)


# -- what is asked for


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        (Requested(path="/time"), b"GET /time HTTP/1.1\r\nHost: {authority}\r\n\r\n"),
        (Requested(fields="A: b\n\nHost: c\n"), b"GET / HTTP/1.1\r\nA: b\r\nHost: c\r\n\r\n"),
        (Requested(raw=r"GET {origin}/\n", path="/not this"), b"GET {origin}/\n"),
        (
            Requested(method="POST", body="\N{SNOWMAN}"),
            b"POST / HTTP/1.1\r\nHost: {authority}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: 3\r\n\r\n\xe2\x98\x83",
        ),
    ],
    ids=["path", "fields", "raw", "body"],
)
def test_message(asked: Requested, sent: bytes) -> None:
    assert asked.message.template == sent


def test_raw_bytes_fit_each_server_and_have_methods() -> None:
    message = Requested(raw=r"HEAD {origin}/ HTTP/1.1\r\nHost: {authority}\r\n\r\n").message
    assert message.methods == ("HEAD",)


@pytest.mark.parametrize(
    "data", [None, [], "text", {"path": 1}, {"path": None}, {"unknown": "a"}, {"url": []}, {"raw": "\ud800"}], ids=ascii
)
def test_what_is_no_request(data: Any) -> None:
    with pytest.raises(CannotJudge):
        requested_in(data)


# -- answers


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
    said = send(client, **data)
    assert 'class="verdict differs"' not in said
    assert "Identical" in said


@pytest.mark.parametrize(("server", "is_told"), [("raw_router", True), ("dev", False)])
def test_where_all_is_identical_it_is_told_why(targets: tuple[Target, ...], server: str, is_told: bool) -> None:
    raw, *others = targets
    app = create_app(Settings((raw, *(replace(each, server=server) for each in others)), 8000))
    assert ("sidebyside page --on dev" in send(Client(app, Answer), path="/time")) is is_told


def test_where_they_differ_no_transport_is_told_of(client: FlaskClient) -> None:
    with serving(lambda _: Response(HTTPStatus.NO_CONTENT), threads.serve) as port:
        assert "--on dev" not in send(client, path="/test", url=f"http://{HOST}:{port}")


@pytest.mark.parametrize(
    ("raw", "is_told"),
    [("GET / HTTP/1.1\nHost: a\n\n", True), (r"GET / HTTP/1.1\n\n", False), ("GET /\n", False), ("a\\r\\n\nb", False)],
    ids=ascii,
)
def test_lines_of_the_box_that_end_none_are_told_of(raw: str, is_told: bool) -> None:
    assert Requested(raw=raw).ends_no_line is is_told


def test_that_all_was_one_line_is_told_beside_the_verdict(client: FlaskClient) -> None:
    assert "a line ends where" in send(client, raw="\\x16\n\\x03")


def test_two_answers_are_two(client: FlaskClient) -> None:
    request = r"GET /test HTTP/1.1\r\nHost: {authority}\r\n\r\n"
    assert "Answer 2 of 2" in send(client, raw=request + request)


def test_what_a_server_says_is_escaped(client: FlaskClient) -> None:
    evil = b"<script>alert(1)</script>"

    def careless(request: Request) -> Response:
        length = ("Content-Length", str(len(evil)))
        return Response(HTTPStatus.OK, (("Content-Type", "text/html"), length, ("X-Evil", "<i>")), evil)

    with serving(careless, threads.serve) as port:
        said = send(client, path="/test", url=f"http://{HOST}:{port}")
    assert "<script" not in said
    assert "<i><" not in said
    assert "&lt;i&gt;" in said
    assert "They differ" in said


def test_a_field_named_body_is_a_field(client: FlaskClient) -> None:
    with serving(
        lambda request: Response(HTTPStatus.OK, (("body", "mine"), ("Content-Length", "0"))), threads.serve
    ) as port:
        said = send(client, path="/test", url=f"http://{HOST}:{port}")
    assert f'data-server="{HOST}:{port}">mine</td>' in said


def accept_and_close(listener: socket.socket) -> None:
    with listener.accept()[0] as client:
        client.recv(65536)


@pytest.mark.parametrize(
    ("does", "told"),
    [
        (socket.socket.close, "Connection refused"),
        (lambda listener: None, "sent nothing in time"),
        (accept_and_close, "the server closed the connection"),
    ],
    ids=["gone", "hangs", "breaks off"],
)
def test_a_server_that_does_not_answer(
    client: FlaskClient, does: Callable[[socket.socket], None], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sidebyside.page.targets.TIMEOUT", 0.5)
    with socket.create_server((HOST, 0)) as listener, ThreadPoolExecutor(1) as other:
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        doing = other.submit(does, listener)
        if does is not accept_and_close:
            doing.result()
        assert told in send(client, path="/test", url=url)


@pytest.mark.parametrize("size", [10, 3 * 1024 * 1024])
def test_a_long_body_is_cut(client: FlaskClient, size: int) -> None:
    def handler(request: Request) -> Response:
        fields = (("Content-Type", "text/html"), ("Content-Length", str(size)), ("X-Long", "a" * 5000))
        return Response(HTTPStatus.OK, fields, b"b" * size)

    with serving(handler, threads.serve) as port:
        said = send(client, path="/test", url=f"http://{HOST}:{port}")
    assert len(said) < 200_000
    assert "(5000 characters)" in said
    assert ("(3145728 characters)" in said) == (size > 10)
    assert said.count("data-document") == (3 if size > 10 else 4)


def test_very_many_answers_are_not_all_shown(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidebyside.page.panes.ANSWERS", 2)
    said = send(client, raw=r"GET /test HTTP/1.1\r\nHost: {authority}\r\n\r\n" * 3)
    assert "Answer 2 of 3" in said
    assert "Answer 3 of 3" not in said
    assert "The answers after these are compared, and not shown." in said


@pytest.mark.parametrize(
    "data", [{"path": "/a b"}, {"fields": "none"}, {"raw": "\\q"}, {"url": "http://192.0.2.1"}, {"other": ""}], ids=str
)
def test_what_cannot_be_sent_is_one_line(client: FlaskClient, data: Mapping[str, str]) -> None:
    response = client.post("/send", json=data)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert response.content_type == "text/plain; charset=utf-8"
    assert len(response.text.splitlines()) == 1


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", rb'{"body": "\ud800"}', rb'{"raw": "\\\udfff"}'])
def test_what_is_no_json(client: FlaskClient, body: bytes) -> None:
    response = client.post("/send", data=body, content_type="application/json")
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_parts_as_raw_bytes(client: FlaskClient) -> None:
    response = client.post("/raw", json={"path": "/time", "fields": "A: b"})
    assert response.text == "GET /time HTTP/1.1\\r\\n\nHost: {authority}\\r\\n\nA: b\\r\\n\n\\r\\n"


# -- bytes to look at


@pytest.mark.parametrize(("number", "text"), [(0, "0 bytes"), (1, "1 byte"), (1234, "1,234 bytes")])
def test_counted(number: int, text: str) -> None:
    assert counted(number) == text


def test_in_lines() -> None:
    assert in_lines(b"a\r\n\0b\nc", 6) == "a\\r\\n\n\\x00b\\n\n... 1 byte more"


def test_in_digits() -> None:
    assert in_digits(b"abcdefgh\n\xff", 16).splitlines() == [
        "0000  61 62 63 64 65 66 67 68  abcdefgh",
        "0008  0a ff                    ..",
    ]
    assert in_digits(b"a" * 10, 8).splitlines()[1] == "... 2 bytes more"

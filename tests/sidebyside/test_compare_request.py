"""The bytes of messages, and the requests in raw bytes."""

import re

import pytest

from http_contract.client.server import Server
from http_contract.errors import CannotJudge
from http_contract.http.request import Part
from http_contract.rules.registry import BY_ID
from shared_views.forms import read_form
from sidebyside.compare.cli import MessageOptions
from sidebyside.compare.replay import find_rule, rule_messages
from sidebyside.compare.request import (
    Message,
    build_message,
    multipart_body,
    raw_message,
    request_methods,
    urlencoded_body,
)
from tests.contract.scripted import OK, says, scripted

SERVER = Server("127.0.0.1", 8001)
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def sent(options: MessageOptions) -> bytes:
    [message] = options.messages(SERVER)
    return b"".join(message.pieces_for(SERVER))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (MessageOptions(method="GET", path="/"), b"GET / HTTP/1.1\r\nHost: 127.0.0.1:8001\r\n\r\n"),
        (
            MessageOptions(method="get", path="{origin}/?x", fields=["a:b", "X: {authority}"]),
            b"get http://127.0.0.1:8001/?x HTTP/1.1\r\nHost: 127.0.0.1:8001\r\na: b\r\nX: 127.0.0.1:8001\r\n\r\n",
        ),
        (MessageOptions(method="GET", path="/", fields=["host: b"]), b"GET / HTTP/1.1\r\nhost: b\r\n\r\n"),
        (
            MessageOptions(method="GET", path="/", fields=["X: \xe9"]),
            GET.replace(b"Host: a", b"Host: 127.0.0.1:8001\r\nX: \xe9"),
        ),
        (
            MessageOptions(method="PUT", path="/", data=[b"a={authority}", b"\xff"]),
            b"PUT / HTTP/1.1\r\nHost: 127.0.0.1:8001\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: 15\r\n\r\na={authority}&\xff",
        ),
        (
            MessageOptions(method="PUT", path="/", data=[b""], fields=["content-type: a/b", "Content-Length: 7"]),
            b"PUT / HTTP/1.1\r\nHost: 127.0.0.1:8001\r\ncontent-type: a/b\r\nContent-Length: 7\r\n\r\n",
        ),
        (MessageOptions(raw=b"\0{authority}\n"), b"\0{authority}\n"),
    ],
    ids=["plain", "placeholders", "own Host", "Latin-1", "body", "own type and length", "raw"],
)
def test_bytes(options: MessageOptions, expected: bytes) -> None:
    options.check()
    assert sent(options) == expected


def test_form_readers_can_read_a_multipart_body() -> None:
    body = multipart_body([Part("a", b"1"), Part('q"\n', b"\r\n--form"), Part("f", bytes(range(256)), 'x".png')])
    form = read_form(body.media_type, body.content)
    assert form.fields == (("a", "1"), ('q"\n', "\r\n--form"))
    assert [(file.field, file.name, file.size) for file in form.files] == [("f", 'x".png', 256)]


def test_the_same_parts_make_the_same_bytes() -> None:
    parts = [Part("a", b"1")]
    assert multipart_body(parts) == multipart_body(list(parts))
    assert multipart_body(parts).media_type != multipart_body([Part("a", b"2")]).media_type


def test_values_are_joined() -> None:
    assert urlencoded_body([b"a=1", b"b"]).content == b"a=1&b"


POST = b"POST / HTTP/1.1\r\nHost: a\r\n"


@pytest.mark.parametrize(
    ("data", "methods"),
    [
        (GET, ("GET",)),
        (GET.replace(b"GET", b"HEAD") + GET, ("HEAD", "GET")),
        (b"\r\n\r\n" + GET + b"\r\n" + GET, ("GET", "GET")),
        (b"GET / HTTP/1.0\r\n\r\n", ("GET",)),
        (b"GET / HTTP/1.1\r\n\r\n" + GET, ("GET", "GET")),
        (b"OPTIONS * HTTP/1.1\r\nhost : a\r\n\r\n", ("OPTIONS",)),
        (GET * 1000, ("GET",) * 1000),
        (POST + b"Content-Length: 2\r\n\r\nhi" + GET, ("POST", "GET")),
        (POST + b"Content-Length: 3\r\n\r\nhi", ()),
        (POST + b"Content-Length: +2\r\n\r\nhi", ("POST",)),
        (POST + b"Transfer-Encoding: Chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n" + GET, ("POST", "GET")),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + GET, ("POST", "GET")),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n", ()),
        (GET + b"GET / HTTP/1.1\r\n", ("GET",)),
        (b"GET / HTTP/1.1\n\n", ()),
        (b"GET /\r\n\r\n", ()),
        (b"nonsense\r\n\r\n", ()),
        (b"", ()),
    ],
    ids=[
        "one",
        "two",
        "empty lines",
        "HTTP/1.0",
        "no Host",
        "space before a colon",
        "thousand",
        "body",
        "incomplete body",
        "invalid length",
        "chunks",
        "no chunk",
        "incomplete chunks",
        "incomplete head",
        "bare LF",
        "HTTP/0.9",
        "nonsense",
        "nothing",
    ],
)
def test_request_methods(data: bytes, methods: tuple[str, ...]) -> None:
    assert request_methods(data) == methods
    assert raw_message(data).methods == methods


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (MessageOptions(), "METHOD and PATH are required"),
        (MessageOptions(method="/time"), "METHOD and PATH are required"),
        (MessageOptions(raw=b"", rule=BY_ID["route-test"]), "--raw and --rule cannot"),
        (MessageOptions(raw=b"", method="GET"), "cannot be used with --raw or --rule"),
        (MessageOptions(raw=b"", fields=["a: b"]), "cannot be used with --raw or --rule"),
        (MessageOptions(rule=BY_ID["route-test"], data=[b""]), "cannot be used with --raw or --rule"),
        (MessageOptions(method="GET", path="/", data=[b""], parts=[Part("a", b"")]), "-d and -F cannot"),
    ],
    ids=["nothing", "no path", "raw and rule", "raw and method", "raw and field", "rule and data", "data and form"],
)
def test_contradictions(options: MessageOptions, complaint: str) -> None:
    with pytest.raises(CannotJudge, match=complaint):
        options.check()


@pytest.mark.parametrize(
    ("method", "path", "field"),
    [("GET", "/a b", "a: b"), ("GET", "/é", "a: b"), ("G T", "/", "a: b"), ("GET", "", "a: b")]
    + [("GET", "/", field) for field in ("a", ": b", "a b: c", "a: b\r\nc: d", "a: \N{SNOWMAN}", "a: \0")],
)
def test_an_invalid_request(method: str, path: str, field: str) -> None:
    with pytest.raises(CannotJudge, match="raw bytes"):
        build_message(method, path, [field], None)


# -- rules


def test_each_exchange_of_a_rule_is_one_message() -> None:
    messages = rule_messages(BY_ID["route-percent-broken"], SERVER)
    assert [message.template.split()[1] for message in messages] == [b"/%", b"/%4", b"/%zz", b"/"]
    assert messages[0] == Message(messages[0].pieces, methods=("GET",))


def test_the_requests_of_a_check_become_messages() -> None:
    with scripted(says(b"HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx")) as server:
        messages = rule_messages(BY_ID["route-random-unknown"], server)
    assert len(messages) == 5
    assert all(re.match(rb"GET /\w+ HTTP/1.1\r\nHost: {authority}\r\n", each.template) for each in messages)


def test_the_packets_of_a_rule_stay_separate() -> None:
    with scripted(says(OK)) as server:
        [message, *_] = rule_messages(BY_ID["respond-three-packets"], server)
    assert len(message.pieces) == 3


@pytest.mark.parametrize("id", ["listen-restarts", "nonsense"])
def test_a_rule_without_requests(id: str) -> None:
    with pytest.raises(CannotJudge, match=id):
        rule_messages(find_rule(id), SERVER)

"""What is sent, byte for byte."""

import re

import pytest

from http_contract.client.server import Server
from http_contract.errors import CannotJudge
from http_contract.rules.registry import BY_ID
from shared_views.forms import read_form
from sidebyside.compare.asking import Asked
from sidebyside.compare.forms import Part, data_of, form_of
from sidebyside.compare.messages import Message, message_of, methods_in, raw_message
from sidebyside.compare.replaying import messages_of, rule_named
from tests.contract.scripted import OK, says, scripted

SERVER = Server("127.0.0.1", 8001)
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def sent(asked: Asked) -> bytes:
    [message] = asked.messages(SERVER)
    return b"".join(message.pieces_to(SERVER))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Asked(method="GET", path="/"), b"GET / HTTP/1.1\r\nHost: 127.0.0.1:8001\r\n\r\n"),
        (
            Asked(method="get", path="{origin}/?x", fields=["a:b", "X: {authority}"]),
            b"get http://127.0.0.1:8001/?x HTTP/1.1\r\nHost: 127.0.0.1:8001\r\na: b\r\nX: 127.0.0.1:8001\r\n\r\n",
        ),
        (Asked(method="GET", path="/", fields=["host: b"]), b"GET / HTTP/1.1\r\nhost: b\r\n\r\n"),
        (
            Asked(method="GET", path="/", fields=["X: \xe9"]),
            GET.replace(b"Host: a", b"Host: 127.0.0.1:8001\r\nX: \xe9"),
        ),
        (
            Asked(method="PUT", path="/", data=[b"a={authority}", b"\xff"]),
            b"PUT / HTTP/1.1\r\nHost: 127.0.0.1:8001\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: 15\r\n\r\na={authority}&\xff",
        ),
        (
            Asked(method="PUT", path="/", data=[b""], fields=["content-type: a/b", "Content-Length: 7"]),
            b"PUT / HTTP/1.1\r\nHost: 127.0.0.1:8001\r\ncontent-type: a/b\r\nContent-Length: 7\r\n\r\n",
        ),
        (Asked(raw=b"\0{authority}\n"), b"\0{authority}\n"),
    ],
    ids=["plain", "placeholders", "own Host", "Latin-1", "body", "own type and length", "raw"],
)
def test_bytes(asked: Asked, expected: bytes) -> None:
    asked.check()
    assert sent(asked) == expected


def test_a_form_is_what_readers_of_forms_read() -> None:
    content = form_of([Part("a", b"1"), Part('q"\n', b"\r\n--form"), Part("f", bytes(range(256)), 'x".png')])
    form = read_form(content.media_type, content.body)
    assert form.fields == (("a", "1"), ('q"\n', "\r\n--form"))
    assert [(file.field, file.name, file.size) for file in form.files] == [("f", 'x".png', 256)]


def test_the_same_parts_make_the_same_bytes() -> None:
    parts = [Part("a", b"1")]
    assert form_of(parts) == form_of(list(parts))
    assert form_of(parts).media_type != form_of([Part("a", b"2")]).media_type


def test_values_are_joined() -> None:
    assert data_of([b"a=1", b"b"]).body == b"a=1&b"


@pytest.mark.parametrize(
    ("data", "methods"),
    [
        (GET, ("GET",)),
        (GET.replace(b"GET", b"HEAD") + GET, ("HEAD", "GET")),
        (b"GET / HTTP/1.0\r\n\r\n", ("GET",)),
        (GET * 1000, ("GET",) * 1000),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi" + GET, ("POST", "GET")),
        (b"nonsense\r\n\r\n", ()),
        (b"", ()),
    ],
    ids=["one", "two", "HTTP/1.0", "thousand", "body", "nonsense", "nothing"],
)
def test_methods_in(data: bytes, methods: tuple[str, ...], caplog: pytest.LogCaptureFixture) -> None:
    assert methods_in(data) == methods
    assert caplog.text == ""
    assert raw_message(data).methods == methods


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        (Asked(), "METHOD and PATH are wanted"),
        (Asked(method="/time"), "METHOD and PATH are wanted"),
        (Asked(raw=b"", rule=BY_ID["route-test"]), "--raw and --rule both"),
        (Asked(raw=b"", method="GET"), "for a request"),
        (Asked(raw=b"", fields=["a: b"]), "for a request"),
        (Asked(rule=BY_ID["route-test"], data=[b""]), "for a request"),
        (Asked(method="GET", path="/", data=[b""], parts=[Part("a", b"")]), "-d and -F both"),
    ],
    ids=["nothing", "no path", "raw and rule", "raw and method", "raw and field", "rule and data", "data and form"],
)
def test_contradictions(asked: Asked, complaint: str) -> None:
    with pytest.raises(CannotJudge, match=complaint):
        asked.check()


@pytest.mark.parametrize(
    ("method", "path", "field"),
    [("GET", "/a b", "a: b"), ("GET", "/é", "a: b"), ("G T", "/", "a: b"), ("GET", "", "a: b")]
    + [("GET", "/", field) for field in ("a", ": b", "a b: c", "a: b\r\nc: d", "a: \N{SNOWMAN}", "a: \0")],
)
def test_what_is_no_request(method: str, path: str, field: str) -> None:
    with pytest.raises(CannotJudge, match="raw bytes"):
        message_of(method, path, [field], None)


# -- rules


def test_a_rule_sends_its_exchanges_each_once() -> None:
    messages = messages_of(BY_ID["route-percent-broken"], SERVER)
    assert [message.template.split()[1] for message in messages] == [b"/%", b"/%4", b"/%zz", b"/"]
    assert messages[0] == Message(messages[0].pieces, methods=("GET",))


def test_a_rule_with_a_check_sends_what_the_check_sends() -> None:
    with scripted(says(b"HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx")) as server:
        messages = messages_of(BY_ID["route-random-unknown"], server)
    assert len(messages) == 5
    assert all(re.match(rb"GET /\w+ HTTP/1.1\r\nHost: {authority}\r\n", each.template) for each in messages)


def test_packets_of_a_rule_stay_packets() -> None:
    with scripted(says(OK)) as server:
        [message, *_] = messages_of(BY_ID["respond-three-packets"], server)
    assert len(message.pieces) == 3


@pytest.mark.parametrize("id", ["listen-restarts", "nonsense"])
def test_a_rule_with_nothing_to_send(id: str) -> None:
    with pytest.raises(CannotJudge, match=id):
        messages_of(rule_named(id), SERVER)

"""Why the three answer so, and the way through raw_router: true to the routers and to the source as it is."""

from http import HTTPStatus

import pytest
from django.test import Client

from flask_app import app
from raw_router.application import generate_response
from raw_router.connection import Connection
from raw_router.urls import URLS
from sidebyside.page.examples import EXAMPLES, Example, stages
from sidebyside.page.kept import ROOT
from sidebyside.page.reading import read
from sidebyside.page.requested import requested_in
from sidebyside.page.source import Excerpt
from sidebyside.page.way import way
from sidebyside.page.why import WHY, why

HOST = b"Host: localhost\r\n\r\n"
CONCRETE = {
    "/hello/<name>": "/hello/you",
    "/status/<int:code>": "/status/200",
    "/files/<path:name>": "/files/hello.txt",
}


def get(path: str, method: str = "GET") -> bytes:
    return f"{method} {path} HTTP/1.1\r\n".encode() + HOST


def stands(excerpt: Excerpt) -> bool:
    """Tell whether an excerpt is in its file, where it says."""
    lines = (ROOT / excerpt.file).read_text().splitlines()[excerpt.line - 1 :]
    return all(line.strip() == shown.strip() for line, shown in zip(lines, excerpt.text.splitlines(), strict=False))


def marked(excerpt: Excerpt) -> list[str]:
    return [excerpt.text.splitlines()[number - excerpt.line].strip() for number in excerpt.marked]


# -- why


@pytest.mark.parametrize("path", URLS)
@pytest.mark.parametrize("name", WHY)
def test_a_route_that_matches(name: str, path: str) -> None:
    reason = why(get(CONCRETE.get(path, path)), name, "raw_router")
    assert reason.said.startswith("The route ")
    assert all(map(stands, reason.excerpts))
    [line] = marked(reason.excerpts[0])
    start = {"raw": f'"{path}": ', "flask": f'@app.get("{path}"', "django": "path("}[name]
    assert line.startswith(start)


@pytest.mark.parametrize(
    ("data", "said", "lines"),
    [
        (get("/nope"), "No route has this path", ["views.not_found", "@app.errorhandler(NotFound)", "handler404"]),
        (get("//test"), "No route has this path", ["views.not_found", 'startswith("//")', "handler404"]),
        (get("/time", "PUT"), "none of its views takes PUT", ['"/time"', '@app.get("/time")', 'path("time"']),
        (get("/form", "OPTIONS"), "OPTIONS is answered", ['"/form"', '@app.get("/form")', 'path("form"']),
        (get("/form", "POST"), 'The route "', ['"/form"', '@app.post("/form")', 'path("form"']),
        (get("/test", "HEAD"), 'The route "', ['"/test"', '@app.get("/test")', 'path("test"']),
        (b"GET / HTTP/1.1\r\nHost: elsewhere\r\n\r\n", "The host", ["unknown_host", "unknown_host", "raise"]),
    ],
    ids=["404", "slashes", "405", "options", "post", "head", "host"],
)
def test_other_reasons(data: bytes, said: str, lines: list[str]) -> None:
    reasons = [why(data, name, "raw_router") for name in WHY]
    assert all(said in reason.said for reason in reasons)
    assert all(stands(excerpt) for reason in reasons for excerpt in reason.excerpts)
    found = [" ".join(marked(reason.excerpts[0])) for reason in reasons]
    assert all(line in text for line, text in zip(lines, found, strict=True)), found


@pytest.mark.parametrize(("method", "catches"), [("GET", True), ("HEAD", True), ("DELETE", False), ("OPTIONS", False)])
@pytest.mark.parametrize("name", WHY)
def test_who_catches_is_shown_where_a_view_raises(name: str, method: str, catches: bool) -> None:
    handler = {"raw": "generate_response", "flask": "server_error", "django": "server_error"}[name]
    assert (handler in [each.name for each in why(get("/error", method), name, "raw_router").excerpts]) is catches


def test_a_refusal_is_shown_where_it_was_raised() -> None:
    reason = why(b"GET / HTTP/1.1\r\n\r\n", "django", "raw_router")
    assert "400" in reason.said
    assert marked(reason.excerpts[0])[0].startswith("raise BadRequest(")


@pytest.mark.parametrize(
    ("data", "server", "said"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "gunicorn", "It runs on gunicorn, which reads this in its own way"),
        (get("*", "OPTIONS"), "dev", "It runs on dev server, which reads this in its own way"),
        (b"GET / HT", "raw_router", "not complete"),
        (get("*", "OPTIONS"), "raw_router", "the connection answers"),
    ],
    ids=["another server", "asterisk on another server", "unfinished", "asterisk"],
)
def test_where_no_router_is_asked(data: bytes, server: str, said: str) -> None:
    assert said in why(data, "flask", server).said


@pytest.mark.parametrize("path", ["/time", "/form", "/nope", "/status/teapot", "/files/a//b", "/hello/a/b"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "DELETE"])
def test_reasons_agree_with_what_the_frameworks_answer(path: str, method: str) -> None:
    statuses = {
        "flask": app.test_client().open(f"http://localhost{path}", method=method).status_code,
        "django": Client(headers={"Host": "localhost"}).generic(method, path).status_code,
        "raw": int(Connection(generate_response).receive(get(path, method))[9:12]),
    }
    for name, status in statuses.items():
        said = why(get(path, method), name, "raw_router").said
        assert status == HTTPStatus.NOT_FOUND or "No route" not in said
        assert (status == HTTPStatus.METHOD_NOT_ALLOWED) == ("none of its views" in said)


# -- the way


def titles(data: bytes) -> list[str]:
    return [step.title for step in way(data)]


@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        (get("/time"), []),
        (get("/nope"), ["turns"]),
        (get("/time", "PUT"), ["turns"]),
        (get("/time", "OPTIONS"), ["turns"]),
        (get("*", "OPTIONS"), ["turns"]),
        (get("/error"), ["turns"]),
        (b"GET / HTTP/1.1\r\nHost: elsewhere\r\n\r\n", ["turns"]),
        (b"GET / HTTP/1.1\r\n\r\n", ["refused"]),
        (b"GET / HT", ["waits"]),
        (b"POST /form HTTP/1.1\r\nContent-Length: 5\r\n" + HOST + b"a=", ["waits"]),
        (b"POST /form HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + HOST + b"x\r\n", ["refused"]),
        (b"POST /test HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + HOST + b"1\r\na\r\n0\r\n\r\n", ["turns"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value.partition(b"\r\n")[0].decode(),
)
def test_where_a_request_turns(data: bytes, kinds: list[str]) -> None:
    steps = list(way(data))
    assert [step.kind for step in steps if step.kind != "goes on"] == kinds
    assert all(stands(step.excerpt) for step in steps)
    assert steps[0].title == "The socket is readable"
    assert steps[-1].title == "Bytes leave"


@pytest.mark.parametrize("path", [CONCRETE.get(path, path) for path in URLS])
def test_the_way_leads_to_what_the_connection_answers(path: str) -> None:
    """The head that the steps come to is the one that the connection sends."""
    *_, head, sent = way(get(path))
    assert sent.octets.splitlines()[0] == head.octets.splitlines()[0]
    answer = Connection(generate_response).receive(get(path))
    assert head.octets.splitlines()[0].encode() == answer.splitlines()[0] + b"\\r\\n"


def test_what_fails_on_the_way_is_not_logged_again(caplog: pytest.LogCaptureFixture) -> None:
    list(way(get("/error")))
    assert caplog.text == ""
    Connection(generate_response).receive(get("/error"))
    assert "GET /error failed" in caplog.text


def test_titles_tell_the_way() -> None:
    assert titles(get("/hello/you")) == [
        "The socket is readable",
        "It enters the core",
        "A head is complete",
        "It finds its view",
        "The view is asked",
        "The page takes a form",
        "It becomes bytes",
        "Bytes leave",
    ]


def test_reading_stops_where_bytes_are_wanted() -> None:
    how = read(b"POST / HTTP/1.1\r\nContent-Length: 2\r\n" + HOST + b"a")
    assert (how.head is not None, how.request, how.refusal) == (True, None, None)


# -- examples


@pytest.mark.parametrize("example", [each for _, those in stages() for each in those], ids=lambda each: each.title)
def test_an_example_can_be_sent(example: Example) -> None:
    assert requested_in(example.given).message.template


def test_every_stage_has_an_example_and_no_two_have_a_title() -> None:
    titles = [each.title for _, those in stages() for each in those]
    assert all(EXAMPLES.values())
    assert len(titles) == len(set(titles))

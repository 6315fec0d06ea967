"""The reasons for the responses agree with the routers, with the frameworks, and with the source."""

from http import HTTPStatus

import pytest
from django.test import Client

from flask_app import app
from raw_router.application import generate_response
from raw_router.responder import Responder
from raw_router.urls import URLS
from sidebyside.page.reasons import REASONS, reason_for
from sidebyside.page.source import Excerpt
from tests.page.sources import CONCRETE, get, is_source


def marked(excerpt: Excerpt) -> list[str]:
    return [excerpt.text.splitlines()[number - excerpt.line].strip() for number in excerpt.marked]


@pytest.mark.parametrize("path", URLS)
@pytest.mark.parametrize("name", REASONS)
def test_a_route_that_matches(name: str, path: str) -> None:
    reason = reason_for(get(CONCRETE.get(path, path)), name, "raw_router")
    assert reason.text.startswith("The route ")
    assert all(map(is_source, reason.excerpts))
    [line] = marked(reason.excerpts[0])
    start = {"raw": f'"{path}": ', "flask": f'@app.get("{path}"', "django": "path("}[name]
    assert line.startswith(start)


@pytest.mark.parametrize(
    ("data", "text", "lines"),
    [
        (get("/nope"), "No route has this path", ["views.not_found", "@app.errorhandler(NotFound)", "handler404"]),
        (get("//test"), "No route has this path", ["views.not_found", 'startswith("//")', "handler404"]),
        (get("/time", "PUT"), "none of its views accepts PUT", ['"/time"', '@app.get("/time")', 'path("time"']),
        (get("/form", "OPTIONS"), "OPTIONS has a response", ['"/form"', '@app.get("/form")', 'path("form"']),
        (get("/form", "POST"), 'The route "', ['"/form"', '@app.post("/form")', 'path("form"']),
        (get("/test", "HEAD"), 'The route "', ['"/test"', '@app.get("/test")', 'path("test"']),
        (b"GET / HTTP/1.1\r\nHost: elsewhere\r\n\r\n", "The host", ["unknown_host", "unknown_host", "raise"]),
        (get("/%ff"), "not UTF-8", ["bad_path", "bad_path", "raise BadPath"]),
    ],
    ids=["404", "slashes", "405", "options", "post", "head", "host", "path"],
)
def test_other_reasons(data: bytes, text: str, lines: list[str]) -> None:
    reasons = [reason_for(data, name, "raw_router") for name in REASONS]
    assert all(text in reason.text for reason in reasons)
    assert all(is_source(excerpt) for reason in reasons for excerpt in reason.excerpts)
    found = [" ".join(marked(reason.excerpts[0])) for reason in reasons]
    assert all(line in text for line, text in zip(lines, found, strict=True)), found


@pytest.mark.parametrize(("method", "catches"), [("GET", True), ("HEAD", True), ("DELETE", False), ("OPTIONS", False)])
@pytest.mark.parametrize("name", REASONS)
def test_the_reason_for_a_failing_view_includes_the_error_handler(name: str, method: str, catches: bool) -> None:
    handler = {"raw": "generate_response", "flask": "server_error", "django": "server_error"}[name]
    assert (
        handler in [each.name for each in reason_for(get("/error", method), name, "raw_router").excerpts]
    ) is catches


def test_the_reason_for_a_refusal_is_the_line_that_raised_it() -> None:
    reason = reason_for(b"GET / HTTP/1.1\r\n\r\n", "django", "raw_router")
    assert "400" in reason.text
    assert marked(reason.excerpts[0])[0].startswith("raise BadRequest(")


@pytest.mark.parametrize(
    ("data", "server", "text"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "gunicorn", "The service runs on gunicorn, which reads these bytes"),
        (get("*", "OPTIONS"), "dev", "The service runs on dev server, which reads these bytes"),
        (b"GET / HT", "raw_router", "is not complete"),
        (get("*", "OPTIONS"), "raw_router", "The connection responds"),
    ],
    ids=["another server", "asterisk on another server", "unfinished", "asterisk"],
)
def test_no_router_is_asked(data: bytes, server: str, text: str) -> None:
    assert text in reason_for(data, "flask", server).text


@pytest.mark.parametrize("path", ["/time", "/form", "/nope", "/status/teapot", "/files/a//b", "/hello/a/b"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "DELETE"])
def test_reasons_agree_with_the_responses(path: str, method: str) -> None:
    statuses = {
        "flask": app.test_client().open(f"http://localhost{path}", method=method).status_code,
        "django": Client(headers={"Host": "localhost"}).generic(method, path).status_code,
        "raw": int(Responder(generate_response).receive(get(path, method))[9:12]),
    }
    for name, status in statuses.items():
        text = reason_for(get(path, method), name, "raw_router").text
        assert status == HTTPStatus.NOT_FOUND or "No route" not in text
        assert (status == HTTPStatus.METHOD_NOT_ALLOWED) == ("none of its views" in text)

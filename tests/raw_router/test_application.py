"""The URLS router's handler, from a request to the page that its view shows."""

import logging
from http import HTTPStatus

import pytest

from raw_router.application import generate_response
from raw_router.messages import ConstantResponse, Request, Response, plain_text
from raw_router.responder import Responder
from raw_router.writer import generate_message


def ask(method: str, path: str, **rest: str) -> int:
    return generate_response(Request(method, path, "HTTP/1.1", {}, path, **rest)).status  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/test", 200),
        ("GET", "/time", 200),
        ("GET", "/hello/you", 200),
        ("GET", "/status/503", 503),
        ("GET", "/home", 301),
        ("GET", "/inspect", 200),
        ("GET", "/form", 200),
        ("POST", "/form", 200),
        ("GET", "/files/hello.txt", 200),
        ("GET", "/style.css", 200),
        ("GET", "/nope", 404),
        ("PUT", "/form", 405),
        ("OPTIONS", "/form", 204),
        ("OPTIONS", "/nope", 404),
        ("GET", "/test\n", 400),
        ("OPTIONS", "/\udcff", 400),
        ("PROPFIND", "/test", 405),
    ],
)
def test_statuses(method: str, path: str, status: int) -> None:
    assert ask(method, path) == status


def test_the_host_is_judged_before_the_path() -> None:
    assert ask("GET", "/nope", host="elsewhere") == 400


def test_a_form_of_another_type_is_told_so() -> None:
    request = Request("POST", "/form", "HTTP/1.1", {"content-type": "text/plain"}, "/form", body=b"x")
    assert generate_response(request).status == 415


def test_a_view_that_raises_is_logged_and_answered_with_a_page(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        response = generate_response(Request("GET", "/error", "HTTP/1.1", {}, "/error"))
    assert response.status == 500
    assert b"raises on purpose" not in response.body
    assert "raises on purpose" in caplog.text


def test_fields_are_found_by_any_case() -> None:
    request = Request("GET", "/", "HTTP/1.1", {"accept": "a/b"}, "/")
    assert request.field("ACCEPT") == "a/b"
    assert request.field("Cookie") is None


def test_a_constant_page_is_made_once_for_each_accept() -> None:
    html, again = (generate_response(Request("GET", "/test", "HTTP/1.1", {}, "/test")) for _ in range(2))
    json = generate_response(Request("GET", "/test", "HTTP/1.1", {"accept": "application/json"}, "/test"))
    assert html is again
    assert html.body != json.body


@pytest.mark.parametrize(
    "other", [("close", "GET", 0), ("", "HEAD", 0), ("", "GET", 1)], ids=["connection", "method", "second"]
)
def test_a_constant_response_has_one_message_in_a_second(
    monkeypatch: pytest.MonkeyPatch, other: tuple[str, str, int]
) -> None:
    plain = Response(200, (("Content-Length", "1"),), b"a")
    constant = ConstantResponse(*plain)
    now = 0.5
    monkeypatch.setattr("time.time", lambda: now)
    first = generate_message(constant, "")
    assert first == generate_message(plain, "")
    assert generate_message(constant, "") is first
    option, method, second = other
    now += second
    assert generate_message(constant, option, method) == generate_message(plain, option, method) != first


def test_head_and_body_are_one_piece() -> None:
    answer = generate_message(plain_text(HTTPStatus.BAD_REQUEST, "why"), "close")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.splitlines()[0] == b"HTTP/1.1 400 Bad Request"
    assert b"Connection: close" in head
    assert body == b"400 Bad Request: why\n"


@pytest.mark.parametrize("path", ["/status/204", "/status/304"])
def test_a_status_without_content_has_none_on_the_wire(path: str) -> None:
    answer = Responder(generate_response).receive(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert answer.endswith(b"\r\n\r\n")
    assert b"Content-Length" not in answer

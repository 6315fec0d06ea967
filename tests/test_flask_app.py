"""Flask's own side: its application factory, its url_map, its test client, its command."""

import runpy
import sys
from typing import Any

import pytest
from flask import Flask, url_for

import flask_app.__main__
from flask_app import create_app


@pytest.fixture
def app() -> Flask:
    return create_app()


def test_the_factory_makes_an_application_each_time(app: Flask) -> None:
    assert app is not create_app()


@pytest.mark.parametrize(
    ("endpoint", "values", "path"),
    [
        ("index", {}, "/"),
        ("time_page", {}, "/time"),
        ("time_html", {}, "/time.html"),
        ("hello", {"name": "a b"}, "/hello/a%20b"),
        ("status", {"code": 404}, "/status/404"),
        ("public_file", {"name": "notes/nested.txt"}, "/files/notes/nested.txt"),
    ],
)
def test_reverse_routing(app: Flask, endpoint: str, values: dict[str, Any], path: str) -> None:
    with app.test_request_context():
        assert url_for(endpoint, **values) == path


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/test", 200),
        ("/time", 200),
        ("/hello/world", 200),
        ("/status/204", 204),
        ("/status/418", 418),
        ("/status/0000000418", 404),
        ("/home", 301),
        ("/inspect?a=1", 200),
        ("/form", 200),
        ("/files/notes/nested.txt", 200),
        ("/files//hello.txt", 404),
        ("/style.css", 200),
        ("/nope", 404),
        ("/error", 500),
    ],
)
def test_client(app: Flask, path: str, status: int) -> None:
    assert app.test_client().get(path).status_code == status


def test_a_body_over_the_limit_is_refused_by_flask_itself(app: Flask) -> None:
    assert app.test_client().post("/form", data={"a": "x" * 1024 * 1024}).status_code == 413


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"a=1", "application/x-www-form-urlencoded", 200),
        (b"a=1", "text/plain", 415),
        (b"a=1", "multipart/form-data; boundary=b", 400),
    ],
)
def test_a_posted_form(app: Flask, body: bytes, media_type: str, status: int) -> None:
    assert app.test_client().post("/form", data=body, content_type=media_type).status_code == status


@pytest.mark.parametrize(
    ("method", "status", "allowed"),
    [("OPTIONS", 204, "GET, HEAD, OPTIONS, POST"), ("PUT", 405, "GET, HEAD, OPTIONS, POST")],
)
def test_methods_of_a_path(app: Flask, method: str, status: int, allowed: str) -> None:
    answer = app.test_client().open("/form", method=method)
    assert (answer.status_code, answer.headers["Allow"]) == (status, allowed)


def test_a_file_that_was_not_modified(app: Flask) -> None:
    client = app.test_client()
    file = client.get("/files/hello.txt")
    answer = client.get("/files/hello.txt", headers={"If-None-Match": file.headers["ETag"]})
    assert (answer.status_code, answer.headers["Last-Modified"]) == (304, file.headers["Last-Modified"])
    assert "Content-Type" not in answer.headers


def test_leading_slashes_are_part_of_the_path(app: Flask) -> None:
    answer = app.test_client().get("/", environ_overrides={"PATH_INFO": "//test"})
    assert (answer.status_code, b"//test" in answer.data) == (404, True)


def test_an_unknown_host_is_refused_before_the_path(app: Flask) -> None:
    answer = app.test_client().get("/nope", headers={"Host": "elsewhere"})
    assert (answer.status_code, b"this host" in answer.data) == (400, True)


def test_a_path_that_is_not_utf_8_is_refused(app: Flask) -> None:
    answer = app.test_client().get("/", environ_overrides={"PATH_INFO": "/\xe9"})
    assert (answer.status_code, b"not UTF-8" in answer.data) == (400, True)


def test_a_request_for_websocket_finds_its_page(app: Flask) -> None:
    headers = {"Upgrade": "websocket", "Connection": "upgrade"}
    assert app.test_client().get("/test", headers=headers).status_code == 200


@pytest.mark.parametrize(("arguments", "status"), [(["--help"], 0), (["--port", "x"], 2)], ids=["help", "bad port"])
def test_command_line(arguments: list[str], status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["flask_app", *arguments])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(flask_app.__main__.__file__, run_name="__main__")
    assert ended.value.code == status

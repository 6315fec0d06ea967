"""Flask's own side: its application factory, its url_map, its test client."""

from typing import Any

import pytest
from flask import Flask, url_for

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


@pytest.mark.parametrize(("path", "status"), [("/test", 200), ("/home", 301), ("/nope", 404), ("/error", 500)])
def test_client(app: Flask, path: str, status: int) -> None:
    assert app.test_client().get(path).status_code == status


def test_a_body_over_the_limit_is_refused_by_flask_itself(app: Flask) -> None:
    assert app.test_client().post("/form", data={"a": "x" * 1024 * 1024}).status_code == 413

"""Django's own side: urlconf, reverse, settings, its test client, its commands."""

import logging
import runpy
import sys

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import NoReverseMatch, resolve, reverse

from django_project import manage, views
from django_project.wsgi import application
from raw_router.messages import Request
from raw_router.wsgi import handler_for


@pytest.mark.parametrize(
    ("name", "parameters", "path"),
    [
        ("index", {}, "/"),
        ("time_page", {}, "/time"),
        ("time_html", {}, "/time.html"),
        ("hello", {"name": "a b"}, "/hello/a%20b"),
        ("status", {"code": 404}, "/status/404"),
        ("public_file", {"name": "notes/nested.txt"}, "/files/notes/nested.txt"),
    ],
)
def test_reverse_routing(name: str, parameters: dict[str, object], path: str) -> None:
    assert reverse(name, kwargs=parameters) == path


def test_a_code_of_ten_digits_has_no_path() -> None:
    with pytest.raises(NoReverseMatch):
        reverse("status", kwargs={"code": 10**9})


def test_two_routes_have_one_view() -> None:
    found = [resolve(path).func.view_class for path in ("/time", "/time.html")]  # type: ignore[attr-defined]
    assert found == [views.Time, views.Time]


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
    ],
)
def test_client(client: Client, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_an_exception_becomes_the_error_page(client: Client) -> None:
    client.raise_request_exception = False
    answer = client.get("/error")
    assert (answer.status_code, b"raises on purpose" in answer.content) == (500, False)


@pytest.mark.parametrize(("host", "status"), [("localhost.", 200), ("[::1]:80", 200), ("elsewhere", 400)])
def test_allowed_hosts(client: Client, host: str, status: int) -> None:
    assert client.get("/test", headers={"host": host}).status_code == status


def test_allowed_hosts_are_a_setting(client: Client, settings: LazySettings) -> None:
    settings.ALLOWED_HOSTS = ["elsewhere"]
    assert client.get("/test", headers={"host": "elsewhere"}).status_code == 200


def test_a_path_with_a_control_character_is_refused(client: Client) -> None:
    answer = client.get("/%01")
    assert (answer.status_code, b"control character" in answer.content) == (400, True)


def test_a_body_over_the_limit_is_refused_by_django_itself(client: Client) -> None:
    assert client.post("/form", {"a": "x" * 1024 * 1024}).status_code == 413


def test_django_finds_nothing_wrong() -> None:
    from django.core.management import call_command

    call_command("check", fail_level="WARNING")


def test_an_error_is_not_left_to_the_root_logger_too() -> None:
    assert not logging.getLogger("django").propagate


def test_the_projects_time_zone_is_the_machines(settings: LazySettings) -> None:
    assert settings.TIME_ZONE is None


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"a=1", "application/x-www-form-urlencoded", 200),
        (b"a=1", "text/plain", 415),
        (b"a=1", "multipart/form-data; boundary=b", 400),
    ],
)
def test_a_posted_form(client: Client, body: bytes, media_type: str, status: int) -> None:
    assert client.generic("POST", "/form", body, media_type).status_code == status


@pytest.mark.parametrize(
    ("method", "status", "allowed"),
    [("OPTIONS", 204, "GET, HEAD, OPTIONS, POST"), ("PUT", 405, "GET, HEAD, OPTIONS, POST")],
)
def test_methods_of_a_path(client: Client, method: str, status: int, allowed: str) -> None:
    answer = client.generic(method, "/form")
    assert (answer.status_code, answer.headers["Allow"]) == (status, allowed)


def test_a_response_to_head_has_no_body(client: Client) -> None:
    answer = client.head("/test")
    assert (answer.content, answer.headers["Content-Length"]) == (b"", client.get("/test").headers["Content-Length"])


@pytest.mark.parametrize("media_type", ["text/plain; a*=nope''x", "text/plain"], ids=["unknown charset", "valid"])
def test_any_content_type_reaches_the_application(media_type: str) -> None:
    request = Request("GET", "/test", "HTTP/1.1", {"content-type": media_type}, "/test", host="localhost")
    assert handler_for(application)(request).status == 200


def test_the_commands_of_the_project(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "argv", ["manage.py", "check"])
    runpy.run_path(manage.__file__, run_name="__main__")
    assert "no issues" in capsys.readouterr().out

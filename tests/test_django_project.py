"""Django's own side: urlconf, reverse, settings, its test client."""

import logging

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import NoReverseMatch, resolve, reverse

from django_project import views


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


@pytest.mark.parametrize(("path", "status"), [("/test", 200), ("/home", 301), ("/nope", 404)])
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


def test_a_body_over_the_limit_is_refused_by_django_itself(client: Client) -> None:
    assert client.post("/form", {"a": "x" * 1024 * 1024}).status_code == 413


def test_django_finds_nothing_wrong() -> None:
    from django.core.management import call_command

    call_command("check", fail_level="WARNING")


def test_an_error_is_not_left_to_the_root_logger_too() -> None:
    assert not logging.getLogger("django").propagate


def test_the_projects_time_zone_is_the_machines(settings: LazySettings) -> None:
    assert settings.TIME_ZONE is None

"""What each page says."""

from datetime import datetime, timedelta, timezone
from http import HTTPStatus

import pytest

from shared_views import clock, views
from shared_views.forms import MAX_SHOWN, Form, FormError, Upload, read_form, shortened
from shared_views.pages import REASON_PHRASES, Page, represent

NOW = datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=timezone(timedelta(hours=2)))


def test_index_links_by_the_routers_own_reverse_routing() -> None:
    page = views.index(lambda name, /, **parameters: f"<{name}{parameters}>")
    assert page.data["links"][0] == {"title": "Test page", "path": "<test{}>", "shows": "a static route"}
    assert len(page.data["links"]) == len(views.LINKS)


def test_time_is_told_as_the_contract_has_it() -> None:
    page = views.time_page(NOW)
    assert page.data == {"time": "04:05:06 03.02.2026", "datetime": "2026-02-03T04:05:06+02:00"}
    assert page.headers == (("Cache-Control", "no-store"),)


def test_the_clock_tells_local_time() -> None:
    assert abs(clock.now() - datetime.now().astimezone()) < timedelta(seconds=5)


SERVED = {200, 201, 202, 204, 205, 304} | {status.value for status in HTTPStatus if status >= 400}
SERVED -= {401, 405, 407, 426}


def test_status() -> None:
    pages = {code: views.status(code, "/status/x") for code in (*range(600), 999_999_999)}
    assert {code for code, page in pages.items() if page.status == code} == SERVED
    assert {page.status for code, page in pages.items() if code not in SERVED} == {404}
    assert all(page.data["title"] == REASON_PHRASES[page.status] for page in pages.values())


def test_inspect_tells_fields_as_cgi_does() -> None:
    headers = [("x-b", "1"), ("X_A", "dropped"), ("X-B", "2"), ("ACCEPT", "é"), ("content-type", "")]
    page = views.inspect("::1", "GET", "/inspect", "a=1&a=%C3%A9&b", headers, "HTTP/1.1")
    assert page.data["headers"] == [{"name": "Accept", "value": "é"}, {"name": "X-B", "value": "1,2"}]
    assert page.data["query"] == [
        {"name": "a", "value": "1"},
        {"name": "a", "value": "é"},
        {"name": "b", "value": ""},
    ]


def test_form_shows_what_was_posted() -> None:
    page = views.posted(read_form("application/x-www-form-urlencoded", b"a=1"))
    assert page.data == {"fields": [{"name": "a", "value": "1"}], "files": []}
    assert page.headers == (("Cache-Control", "no-store"),)
    assert views.form().headers == ()


@pytest.mark.parametrize(
    ("media_type", "coding", "field"),
    [("text/plain", None, "Accept"), ("text/plain", "gzip", "Accept-Encoding")],
)
def test_a_refused_form_lists_what_is_accepted(media_type: str, coding: str | None, field: str) -> None:
    with pytest.raises(FormError) as refused:
        read_form(media_type, b"a=1", coding)
    assert dict(views.bad_form(refused.value).headers).keys() == {field}


def test_a_malformed_form_lists_nothing() -> None:
    assert views.bad_form(FormError(HTTPStatus(400), "")).headers == ()


@pytest.mark.parametrize("unit", ["a", "\x01", "\ufffd", "<", "'", "\u4e16"])
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_the_response_to_a_form_is_in_proportion(accept: str, unit: str) -> None:
    posted = Form(((unit * 2**20, unit * 2**20), ("b", "short")), (Upload(unit * 2**20, unit, 1, ""),))
    given = represent(views.posted(posted), accept)
    assert len(given.body) < 512 * 1024
    assert b"short" in given.body


def test_a_text_that_fits_is_shown_whole() -> None:
    posted = Form((("a", "x" * (MAX_SHOWN - 1)),))
    assert shortened(posted) == posted
    assert shortened(Form((("a", "x" * MAX_SHOWN),))) == Form((("a", "x" * (MAX_SHOWN // 2) + "…"),))


def test_error_raises() -> None:
    with pytest.raises(RuntimeError):
        views.error()


def test_not_found_names_the_path() -> None:
    assert "/<b>" in views.not_found("/<b>").data["detail"]


def test_a_missing_file_is_not_found() -> None:
    page = views.public_file("missing", "/files/missing")
    assert isinstance(page, Page)
    assert page.status == 404


@pytest.mark.parametrize(
    ("page", "status"),
    [
        (views.hello("you"), 200),
        (views.test(), 200),
        (views.home("/"), 301),
        (views.unknown_host(), 400),
        (views.failed(413), 413),
        (views.method_not_allowed("POST", {"HEAD", "GET"}), 405),
        (views.server_error(), 500),
    ],
)
def test_statuses_of_pages(page: Page, status: int) -> None:
    assert page.status == status

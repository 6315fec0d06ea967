"""Negotiation, and the forms that a page takes."""

import json
from http import HTTPStatus

import pytest

from shared_views.answers import answer, options
from shared_views.pages import JSON, PROBLEM, Page, preferred_form, problem, represent

PAGE = Page("Hello", "hello.html", {"name": "<b>"})
PROBLEM_PAGE = problem(HTTPStatus.NOT_FOUND, "There is no page at <x>.")

PREFERENCES = {
    "absent": (None, "html"),
    "empty": ("", "html"),
    "json": ("application/json", "json"),
    "letter case": ("Application/JSON", "json"),
    "html": ("text/html", "html"),
    "anything": ("*/*", "html"),
    "a tie": ("application/json, text/html", "html"),
    "by weight": ("text/html;q=0.4, application/json;q=0.5", "json"),
    "weight of three digits": ("text/html;q=0.123, application/json;q=0.124", "json"),
    "weight of one with zeros": ("application/json;q=1.000, text/html;q=0.999", "json"),
    "upper-case Q": ("text/html;Q=0.1, application/json", "json"),
    "the specific range wins": ("text/*;q=0.1, text/html;q=0.9, application/json;q=0.5", "html"),
    "a type's range": ("text/*;q=0.1, application/*", "json"),
    "all but html": ("text/html;q=0, */*", "json"),
    "html refused": ("text/html;q=0", None),
    "all refused": ("*/*;q=0", None),
    "neither": ("image/png", None),
    "invalid elements alone": (";;,, text, /, a/b/c", "html"),
    "invalid element among valid ones": ("nonsense, application/json", "json"),
    "invalid weight": ("text/html;q=2, application/json;q=0.1", "json"),
    "weight with four digits": ("text/html;q=0.1234, application/json;q=0.1", "json"),
    "unknown parameter": ("application/json;v=1;q=0.9, text/html;q=0.8", "json"),
    "comma in quotes": ('image/png;a="x,text/html", application/json', "json"),
    "escaped quote in quotes": ('image/png;a="\\",", application/json', "json"),
    "open quotes take the rest": ('image/png;a="x, application/json', "html"),
    "hostile semicolons": ("a/b" + "; " * 15_000 + "@, application/json", "json"),
    "hostile quotation marks": ('"\\' * 15_000, "html"),
    "hostile escapes": ('"' + "\\" * 30_001, "html"),
    "hostile commas": ("," * 30_000, "html"),
    "problem details are no JSON page": ("application/problem+json", None),
}


@pytest.mark.parametrize(("accept", "form"), PREFERENCES.values(), ids=PREFERENCES)
def test_preferred_form(accept: str | None, form: str | None) -> None:
    assert preferred_form(accept, (JSON,)) == form


@pytest.mark.parametrize("accept", [JSON, PROBLEM])
def test_json_and_problem_details_admit_an_error_as_json(accept: str) -> None:
    assert preferred_form(accept, (JSON, PROBLEM)) == "json"


def fields(given: object) -> dict[str, str]:
    return dict(given.headers)  # type: ignore[attr-defined]


def test_html_is_escaped_and_guarded() -> None:
    given = represent(PAGE, None)
    assert b"&lt;b&gt;" in given.body
    assert b"<b>" not in given.body
    assert fields(given)["Content-Type"] == "text/html; charset=utf-8"
    assert fields(given)["Content-Length"] == str(len(given.body))
    assert fields(given)["Content-Security-Policy"].startswith("default-src 'none'")
    assert fields(given)["Vary"] == "Accept"


def test_json_is_the_data_of_the_page() -> None:
    given = represent(PAGE, JSON)
    assert json.loads(given.body) == PAGE.data
    assert fields(given)["Content-Type"] == JSON
    assert "Content-Security-Policy" not in fields(given)


def test_errors_as_json_are_problem_details() -> None:
    given = represent(PROBLEM_PAGE, JSON)
    assert fields(given)["Content-Type"] == PROBLEM
    assert json.loads(given.body)["title"] == "Not Found"


@pytest.mark.parametrize(
    ("page", "accept", "status", "media_type"),
    [
        pytest.param(PAGE, "image/png", 406, "text/html; charset=utf-8", id="success"),
        pytest.param(PAGE, PROBLEM, 406, PROBLEM, id="success, problem details accepted"),
        pytest.param(PROBLEM_PAGE, "image/png", 404, "text/html; charset=utf-8", id="error"),
        pytest.param(
            Page("x", "moved.html", {"location": "/"}, HTTPStatus(301)), "image/png", 301, "text/html; charset=utf-8"
        ),
    ],
)
def test_nothing_acceptable(page: Page, accept: str, status: int, media_type: str) -> None:
    given = represent(page, accept)
    assert (given.status, fields(given)["Content-Type"]) == (status, media_type)


def test_406_lists_what_exists() -> None:
    assert b"text/html" in represent(PAGE, "image/png").body
    assert b"application/json" in represent(PAGE, "image/png").body


@pytest.mark.parametrize(("code", "length"), [(204, None), (205, "0"), (304, None)])
def test_answers_without_content(code: int, length: str | None) -> None:
    given = answer(Page("x", "status.html", {}, HTTPStatus(code)), {"Accept": "image/png"}.get)
    assert (given.status, given.body, fields(given).get("Content-Length")) == (code, b"", length)
    assert fields(given).keys().isdisjoint({"Content-Type", "Vary"})


def test_options_tells_sorted_methods_and_nothing_else() -> None:
    given = options({"POST", "GET", "HEAD"})
    assert (given.status, fields(given)["Allow"], given.body) == (204, "GET, HEAD, POST", b"")

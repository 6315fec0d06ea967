"""Guests on the page: the code of each idea, the rules that guests fail, and the reasons for their responses."""

from pathlib import Path

import pytest

from guests import GUESTS, Guest
from sidebyside.launch.guests import find_guests
from sidebyside.page.app import create_app
from sidebyside.page.guest_code import MARKS, NO_CODE, broken_rules, code_of, guest_named
from sidebyside.page.reasons import reason_for
from sidebyside.page.reasons.guests import has_path
from sidebyside.page.rosetta import IDEAS
from sidebyside.page.settings import RunningService, Settings
from sidebyside.page.source import ROOT, Excerpt
from sidebyside.route_tables.load import Route, table_of_raw
from tests.page.sources import get, is_source

NAMES = [idea.name for idea in IDEAS]
# What a framework may do by itself, so that the module has no code for it.
BY_ITSELF = {"404", "405", "500", "file", "conditional request"}
CONCRETE = {"/hello/<>": "/hello/you", "/status/<>": "/status/418", "/files/<>": "/files/a/b"}


def mark_of(excerpt: Excerpt) -> list[str]:
    return [excerpt.text.splitlines()[number - excerpt.line].strip() for number in excerpt.marked]


# -- Rosetta


@pytest.mark.parametrize("guest", GUESTS, ids=lambda guest: guest.name)
def test_the_ideas_are_found_in_the_source(guest: Guest) -> None:
    found = {idea: code_of(idea, guest, ROOT) for idea in NAMES}
    without = {idea for idea, code in found.items() if not code}
    assert without <= BY_ITSELF
    assert len(without) <= 3
    assert all(map(is_source, (excerpt for code in found.values() for excerpt in code)))


@pytest.mark.parametrize(
    ("name", "idea", "starts"),
    [
        ("bottle", "parameter", ['@app.get("/hello/<name>"']),
        ("starlette", "typed parameter", ['Route("/status/{code:int}"', "async def status("]),
        ("tornado", "route", ['url(r"/test", TestHandler', "class TestHandler("]),
        ("tornado", "404", ["class NotFoundHandler("]),
        ("aiohttp", "500", ["@web.middleware"]),
        ("twisted", "parameter", ['root.putChild(b"hello"', "class Hello(", "class Greeting("]),
        ("webpy", "form", ["class PostForm:"]),
        ("cherrypy", "file", ['"/files": {']),
        ("django_plain", "reverse URL", ['path("home", home', "@require_safe"]),
    ],
)
def test_the_code_of_an_idea(name: str, idea: str, starts: list[str]) -> None:
    [guest] = find_guests(name)
    texts = [excerpt.text for excerpt in code_of(idea, guest, ROOT)]
    assert len(texts) == len(starts)
    assert all(text.startswith(start) for text, start in zip(texts, starts, strict=True)), texts


def test_a_module_that_is_not_installed_has_no_code(tmp_path: Path) -> None:
    assert [code_of(idea, GUESTS[0], tmp_path) for idea in NAMES] == [[]] * len(NAMES)


def test_marks_are_about_ideas_that_exist() -> None:
    assert set(MARKS) == set(NAMES) - {"starting", "test client"}


def test_rules_that_a_guest_fails_are_named_with_the_reason() -> None:
    [flask] = find_guests("flask_plain")
    [broken] = [each for each in broken_rules("typed parameter", flask) if each.rule == "parameters-status-digits"]
    assert "IntegerConverter" in broken.reason
    assert broken_rules("starting", flask) == []
    assert guest_named("zope") is None


def test_the_page_shows_a_column_for_each_guest() -> None:
    names = ("raw", "flask", "django", "cherrypy", "flask_plain")
    services = tuple(RunningService(name, "cyan", "http://127.0.0.1:8001/") for name in names)
    page = create_app(Settings(services, 8000)).test_client().get("/", headers={"Host": "localhost:8000"}).text
    assert page.count('aria-label="A route: cherrypy"') == 1
    assert "Fails <b>parameters-status-digits</b>: " in page
    assert NO_CODE in page.replace("&#39;", "'")
    assert "The same idea, five times" in page


# -- Why


@pytest.mark.parametrize("route", table_of_raw(), ids=lambda route: route.shape)
def test_the_reason_is_the_route_in_the_table_of_the_framework(route: Route) -> None:
    reason = reason_for(get(CONCRETE.get(route.shape, route.path)), "aiohttp", "own")
    assert reason.text.startswith('In its table of routes, "')
    assert all(map(is_source, reason.excerpts))
    if route.name not in ("public_file",):
        assert [f'"{route.path.partition("<")[0]}' in line for line in mark_of(reason.excerpts[0])] == [True]


@pytest.mark.parametrize(
    ("method", "path", "text", "first"),
    [
        ("GET", "/nope", "No route has this path.", "@web.middleware"),
        ("DELETE", "/test", '"/test" has this path, but only for GET, HEAD.', '@routes.get("/test"'),
        ("POST", "/form", '"/form" has this path, for GET, HEAD, POST.', '@routes.get("/form"'),
    ],
)
def test_other_reasons(method: str, path: str, text: str, first: str) -> None:
    reason = reason_for(get(path, method), "aiohttp", "own")
    assert reason.text.endswith(text)
    assert reason.excerpts[0].text.startswith(first)


def test_a_failing_view_is_shown_with_the_page_for_errors() -> None:
    reason = reason_for(get("/error"), "aiohttp", "own")
    assert reason.excerpts[-1].text.startswith("@web.middleware")


def test_a_line_of_a_list_comes_before_the_function() -> None:
    line, function = reason_for(get("/test"), "starlette", "raw_router").excerpts
    assert mark_of(line) == ['Route("/test", test),']
    assert function.text.startswith("async def test(")


def test_a_framework_without_a_table_is_explained_by_the_name_of_the_route() -> None:
    reason = reason_for(get("/hello/you"), "cherrypy", "raw_router")
    assert reason.text.startswith("It has no table of routes")
    assert "def hello(self, name)" in reason.excerpts[0].text
    assert NO_CODE in reason_for(get("/nope"), "cherrypy", "raw_router").text


def test_a_guest_that_is_unknown_or_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reason_for(get("/"), "zope", "raw_router").text == "zope is not in the table of guests."
    monkeypatch.setattr("sidebyside.launch.requirements.package_version", lambda name: None)
    assert reason_for(get("/"), "tornado", "own").text.startswith("tornado is not installed. Install it: ")


def test_paths_are_matched_by_the_regular_expressions_of_their_parameters() -> None:
    route = Route("/a/{b}.{c}", "/a/<b [0-9]{2}>.<c (x|y)+>", (), "", ())
    assert [has_path(route, path) for path in ("/a/12.xyx", "/a/123.x", "/a/12x")] == [True, False, False]

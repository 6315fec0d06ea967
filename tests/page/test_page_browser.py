"""The tab Request in a real browser: the editor, sending, and the responses."""

import os
import re
from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from raw_router.drivers import threads
from raw_router.messages import Request, Response
from tests.contract.scripted import OK, says, scripted
from tests.page.browser import violations, violations_by_scheme
from tests.page.conftest import Visit, at_each_size, in_a_wide_window, skip_without_chromium
from tests.page.request_tab import choose, panes, send, send_to
from tests.serving import HOST, serving

HOSTILE = b"<h1>Mine</h1><img src=x onerror='parent.hacked=1'><form action=/><button autofocus>Go</button></form>"


@pytest.fixture(scope="module")
def mine() -> Iterator[str]:
    """The URL of a server of the reader's own, which sends another response."""

    def handler(request: Request) -> Response:
        headers = (("Content-Type", "text/html"), ("Content-Length", str(len(HOSTILE))))
        return Response(HTTPStatus.OK, headers, HOSTILE)

    with serving(handler, threads.serve) as port:
        yield f"http://{HOST}:{port}"


# -- a request and its responses


@at_each_size
def test_the_page_starts_with_a_comparison(visit: Visit) -> None:
    page = visit()
    expect(page.locator("#verdict")).to_contain_text("Identical")
    assert [text.split()[0] for text in panes(page, "Body of")] == ["raw", "flask", "django"]


@in_a_wide_window
def test_a_request_by_keyboard_alone(visit: Visit) -> None:
    page = visit()
    page.get_by_label("Method", exact=True).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("/hello/you")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Accept: application/json")
    send(page)
    assert page.locator("tr.status td").first.inner_text() == "HTTP/1.1 200 OK"
    assert '"name": "you"' in panes(page, "Body of")[0]


def test_raw_bytes_can_be_edited(visit: Visit) -> None:
    page = visit()
    expect(page.locator("#verdict")).to_be_visible()
    page.get_by_text("Raw bytes", exact=True).first.click()
    box = page.locator("#editor [name=raw]")
    expect(box).to_have_value("GET /time HTTP/1.1\\r\\n\nHost: {authority}\\r\\n\n\\r\\n")
    box.fill("GET / HTTP/1.1\\n\\n")
    send(page)
    assert page.locator("tr.status td").first.inner_text() == "HTTP/1.1 400 Bad Request"


def test_invalid_parts_stay_visible(visit: Visit) -> None:
    page = visit("#method=GET&path=/a b", "422")
    expect(page.locator("#status.refused")).to_contain_text("do not make a valid request line")
    page.locator("#status").evaluate("line => line.textContent = ''")
    page.get_by_text("Raw bytes", exact=True).first.click()
    expect(page.locator("#status.refused")).to_contain_text("do not make a valid request line")
    expect(page.locator("#editor [name=path]")).to_be_visible()
    expect(page.get_by_label("Parts", exact=True)).to_be_checked()


def test_a_broken_example_is_refused(visit: Visit) -> None:
    page = visit("#method=GET&path=/test")
    expect(page.locator("#verdict")).to_be_visible()
    choose(page, "No Host")
    assert page.locator("tr.status td").first.inner_text() == "HTTP/1.1 400 Bad Request"
    assert page.locator(".trace .refused").count() == 1
    assert "No router was asked" in panes(page, "Reason")[0]


@in_a_wide_window
def test_a_difference_is_marked(visit: Visit, mine: str) -> None:
    page = visit("#method=GET&path=/test")
    expect(page.locator("#verdict")).to_be_visible()
    send_to(page, mine)
    expect(page.locator("#verdict")).to_contain_text("The responses differ in ")
    row = page.locator("tr.differs", has_text="Content-Length")
    assert page.locator("td.breaks").count() == 0
    assert row.locator(".mark").inner_text() == "differs"
    assert violations(page) == []


def test_the_verdict_leads_to_the_response_that_differs(visit: Visit) -> None:
    """The address still contains the request afterwards."""
    pair = "GET /test HTTP/1.1\\r\\nHost: {authority}\\r\\n\\r\\n" * 2
    with scripted(says(OK + OK)) as server:
        page = visit(f"#raw={quote(pair)}&url={quote(f'http://{HOST}:{server.port}')}")
        send(page)
        page.locator("#verdict a", has_text="response 2 of 2").click()
    expect(page.locator("#response-2")).to_be_focused()
    assert "raw=GET" in page.url


def test_a_server_without_a_connection(visit: Visit) -> None:
    page = visit()
    send_to(page, "http://127.0.0.1:1")
    assert "Connection refused" in page.locator("tr.status td").last.inner_text()
    choose(page, "The index")
    assert page.locator("tr.status td").count() == 4


def test_no_other_machine_is_asked(visit: Visit) -> None:
    page = visit("", "422")
    expect(page.locator("#verdict")).to_be_visible()
    page.get_by_text("Further servers", exact=True).click()
    page.locator("#editor [name=url]").fill("http://192.0.2.1")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#status.refused")).to_contain_text("only asks servers on this machine")


# -- bodies


def test_a_body_is_rendered_without_scripts(visit: Visit, mine: str) -> None:
    page = visit("#method=GET&path=/test", "404", "inline event handler", "sandboxed")
    expect(page.locator("#verdict")).to_be_visible()
    send_to(page, mine)
    page.get_by_text("Rendered", exact=True).click()
    frames = page.locator("iframe")
    assert [frames.nth(at).get_attribute("sandbox") for at in range(frames.count())] == [""] * 4
    expect(page.frame_locator("iframe").first.locator("h1")).to_have_text("Test page")
    expect(page.frame_locator("iframe").last.locator("h1")).to_have_text("Mine")
    assert page.evaluate("window.hacked") is None


def test_a_picture_is_shown(visit: Visit) -> None:
    page = visit("#method=GET&path=/files/three-ways.png")
    page.get_by_text("Rendered", exact=True).click()
    picture = page.get_by_alt_text("The picture in the response of raw")
    expect(picture).to_be_visible()
    assert picture.evaluate("picture => picture.naturalWidth") > 0


def test_a_body_as_bytes(visit: Visit) -> None:
    page = visit("#method=GET&path=/files/hello.txt")
    page.locator("#request").get_by_text("Bytes", exact=True).click()
    assert re.search(r"^0000  (?:[0-9a-f]{2} ){8} ", panes(page, "Body of raw")[0], re.MULTILINE)
    choose(page, "A file")
    expect(page.get_by_role("radio", name="Bytes", exact=True)).to_be_checked()


# -- reasons


PLACES = {
    "The time": ["raw_router/urls.py", "flask_app/__init__.py", "django_project/urls.py"],
    "An unknown path": ["raw_router/application.py", "flask_app/__init__.py", "django_project/urls.py"],
    "The methods of a page": ["def respond", "def make_default_options_response", "def options"],
}


@in_a_wide_window
def test_reasons(visit: Visit) -> None:
    page = visit()
    expect(page.locator("#verdict")).to_be_visible()
    for example, places in PLACES.items():
        choose(page, example)
        assert all(place in text for place, text in zip(places, panes(page, "Reason"), strict=True))
        assert page.locator(".pane .code .marked").count() >= 2


STATION = ".way:not([hidden]) [aria-pressed=true]"


def test_trace(visit: Visit) -> None:
    page = visit("#method=GET&path=/hello/you")
    steps = page.locator(".way[data-way=raw] .trace li")
    expect(steps).to_have_count(8)
    assert "Request(" in steps.nth(2).inner_text()
    assert "parameters={'name': 'you'}" in steps.nth(3).inner_text()
    steps.nth(3).get_by_text("Source").click()
    expect(steps.nth(3).get_by_text("def match(")).to_be_visible()


def test_the_way_of_the_request_moves_from_station_to_station(visit: Visit) -> None:
    page = visit("#method=GET&path=/hello/you")
    cargo, station = page.locator(".way:not([hidden]) .cargo"), page.locator(STATION)
    expect(cargo).to_have_text("bytes")
    page.get_by_label("Flask", exact=True).check(force=True)
    expect(station).to_have_text("The server calls the application")
    page.get_by_role("button", name="app.url_map is asked").click()
    expect(cargo).to_have_text("/hello/<name>")
    page.get_by_role("button", name="Next station").click()
    expect(station).to_have_text("The path becomes arguments")
    expect(page.locator(".way:not([hidden]) .trace .current")).to_contain_text("{'name': 'you'}")
    page.get_by_role("button", name="Follow the request").click()
    expect(station).to_have_text("The application responds")
    choose(page, "The time")
    expect(page.get_by_label("Flask", exact=True)).to_be_checked()


def test_the_way_jumps_where_motion_is_not_wanted(visit: Visit) -> None:
    page = visit("#method=GET&path=/test")
    cargo = page.locator(".way:not([hidden]) .cargo")
    assert cargo.evaluate("each => getComputedStyle(each).transitionDuration") == "0.6s"
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("button", name="Next station").click()
    assert cargo.evaluate("each => getComputedStyle(each).transitionDuration") == "0s"


# -- the page itself


def test_the_theme_is_remembered(visit: Visit) -> None:
    page = visit()
    page.get_by_text("Dark", exact=True).click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    page.get_by_text("Auto", exact=True).click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark


def test_reduced_motion(visit: Visit) -> None:
    page = visit()
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.locator("#share").evaluate("button => getComputedStyle(button).transitionDuration") == "0s"


def test_the_page_reports_that_its_server_no_longer_runs(visit: Visit) -> None:
    page = visit("", "ERR_FAILED")
    expect(page.locator("#verdict")).to_be_visible()
    page.route("**/send", lambda route: route.abort(), times=1)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#status.refused")).to_contain_text("Start it again: make run, or sidebyside page")
    assert page.locator("#verdict").count() == 0


@in_a_wide_window
def test_axe_finds_nothing(visit: Visit) -> None:
    page = visit("#method=GET&path=/error")
    expect(page.locator("#verdict")).to_be_visible()
    assert violations_by_scheme(page) == {}


@pytest.mark.parametrize(
    ("environment", "outcome"),
    [({"CI": "true"}, pytest.fail.Exception), ({}, pytest.skip.Exception)],
    ids=["automatic", "by-hand"],
)
def test_without_chromium(
    environment: dict[str, str], outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", environment)
    with pytest.raises(outcome, match="Chromium is not installed"):
        skip_without_chromium()

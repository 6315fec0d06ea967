"""The comparison in a real browser: explanations, only differences, copies, packets, and several responses."""

from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from raw_router.drivers import threads
from raw_router.messages import Request, Response
from tests.page.browser import violations, violations_by_scheme
from tests.page.conftest import Visit, in_a_wide_window
from tests.page.request_tab import clear, send, send_to
from tests.serving import HOST, serving

TEST = "#method=GET&path=%2Ftest"
RAW = r"GET /test HTTP/1.1\r\nHost: {authority}\r\n\r\n"


@pytest.fixture(scope="module")
def mine() -> Iterator[str]:
    """The URL of a server of the reader's own, whose page has another last line."""
    lines = b"<!DOCTYPE html>\n" + b"<p>same\n" * 200 + b"<p>mine\n"

    def handler(request: Request) -> Response:
        headers = (("Content-Type", "text/html"), ("Content-Length", str(len(lines))))
        return Response(HTTPStatus.OK, headers, lines)

    with serving(handler, threads.serve) as port:
        yield f"http://{HOST}:{port}"


def explanation(page: Page) -> str:
    expect(page.locator(".explanation")).to_be_visible()
    return page.locator(".explanation").inner_text()


def test_fields_and_statuses_have_explanations_on_hover_focus_and_touch(visit: Visit) -> None:
    page = visit(TEST)
    page.get_by_role("button", name="Content-Length").hover()
    assert "this many bytes" in explanation(page)
    page.keyboard.press("Escape")
    expect(page.locator(".explanation")).to_have_count(0)
    page.locator("tr.status button.term").nth(1).focus()
    assert "The request succeeded." in explanation(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="RFC 9110 §15.3.1")).to_be_focused()
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Vary").dispatch_event("click")
    assert "depends on these fields" in explanation(page)


def test_an_explanation_stays_in_the_window(visit: Visit) -> None:
    page = visit(TEST)
    last = page.locator("tr.status button.term").last
    last.hover()
    assert explanation(page)
    box, size = page.locator(".explanation").bounding_box(), page.viewport_size
    assert box
    assert size
    assert box["x"] + box["width"] <= size["width"]


@in_a_wide_window
def test_only_differences(visit: Visit, mine: str) -> None:
    page = visit(TEST)
    expect(page.locator("#verdict")).to_be_visible()
    send_to(page, mine)
    page.get_by_label("Only differences").check()
    expect(page.locator(".rows tbody tr.same").first).to_be_hidden()
    expect(page.locator(".rows tbody tr.differs").first).to_be_visible()
    send(page)
    expect(page.get_by_label("Only differences")).to_be_checked()
    page.get_by_label("Only differences").uncheck()
    expect(page.locator(".rows tbody tr.same").first).to_be_visible()


def test_the_first_difference_of_a_body(visit: Visit, mine: str) -> None:
    page = visit(TEST)
    expect(page.locator("#verdict")).to_be_visible()
    send_to(page, mine)
    page.locator("#request").get_by_text("Bytes", exact=True).click()
    page.get_by_role("button", name="First difference").click()
    expect(page.locator(".view .line.differs").first).to_be_in_viewport()


def test_the_message_is_copied(visit: Visit) -> None:
    page = visit(TEST)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(page.locator(".sent .added")).to_contain_text("Host: {authority}")
    page.get_by_role("button", name="curl").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith("curl -i ")
    expect(page.get_by_role("button", name="curl")).to_be_visible()


def test_packets_and_repetitions(visit: Visit) -> None:
    page = visit(f"#raw={quote(RAW.replace('/test', '/te' + chr(92) + 'pst'))}&times=2")
    send(page)
    expect(page.locator(".sent .note").first).to_have_text("packet 1 of 2")
    expect(page.locator(".sent summary")).to_have_text("What was sent, 2 times")
    expect(page.locator("tr.status td").first).to_have_text("HTTP/1.1 200 OK")
    page.get_by_text("The bytes that were received").click()
    expect(page.locator(".received pre").first).to_contain_text(r"HTTP/1.1 200 OK\r\n")


def several_responses(page: Page) -> None:
    """Send two requests at once, and show the explanation of a word."""
    clear(page)
    send(page)
    page.locator("button.term").first.focus()


def test_several_responses_have_names_of_their_own(visit: Visit, mine: str) -> None:
    several_responses(page := visit(f"#raw={quote(RAW * 2)}&url={quote(mine)}"))
    assert violations(page, "landmark-unique", "scrollable-region-focusable", "duplicate-id-aria", "label") == []


@pytest.mark.full
@in_a_wide_window
def test_axe_finds_nothing_with_several_responses(visit: Visit, mine: str) -> None:
    several_responses(page := visit(f"#raw={quote(RAW * 2)}&url={quote(mine)}"))
    page.locator("#comparison details").evaluate_all("all => all.forEach(each => (each.open = true))")
    assert violations_by_scheme(page) == {}

"""The judge in a real browser."""

import re
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from playwright.sync_api import Page, expect

from raw_router.drivers import threads
from raw_router.messages import plain_text
from tests.page.browser import violations_by_scheme
from tests.page.conftest import Visit, at_each_size
from tests.serving import HOST, serving

RFC = re.compile("^https://www.rfc-editor.org/rfc/rfc9110#section-")


@pytest.fixture(scope="module")
def mine() -> Iterator[str]:
    """The URL of a server of the reader's own, which sends the same response to every request."""
    with serving(lambda request: plain_text(HTTPStatus.OK, "hi"), threads.serve) as port:
        yield f"http://{HOST}:{port}"


def expect_status(page: Page, text: str) -> None:
    expect(page.locator("#judge-status")).to_contain_text(text)


def choose(page: Page, stage: str) -> None:
    page.get_by_label("Rules", exact=True).select_option(label=stage)


def judge_mine(page: Page, url: str) -> None:
    """Start the judge by keyboard."""
    choose(page, "3 Route")
    page.get_by_label("URL on this machine", exact=True).fill(url)
    page.keyboard.press("Enter")


def test_the_three_are_judged(visit: Visit) -> None:
    page = visit("#contract")
    choose(page, "3 Route")
    page.get_by_role("button", name="Judge", exact=True).click()
    expect_status(page, "All rules passed: raw 10 of 10, flask 10 of 10, django 10 of 10 points")
    assert page.locator(".points tbody td").all_inner_texts() == ["10/10"] * 3
    assert page.locator(".points tbody th").all_inner_texts() == ["3 Route"]
    assert page.locator(".failure").count() == 0


@at_each_size
def test_a_failure_opens(visit: Visit, mine: str) -> None:
    page = visit("#contract")
    judge_mine(page, mine)
    expect_status(page, "3 rules failed, ")
    expect(page.get_by_role("radio", name="a server of yours")).to_be_checked()
    failure = page.locator(".failure", has_text="route-unknown")
    expect(failure.locator("pre").first).not_to_be_visible()
    failure.locator("summary").press("Enter")
    expect(failure).to_contain_text("But the status is 200, not 404")
    sent, received = failure.locator("pre").all_inner_texts()
    assert sent.startswith("GET /")
    assert received.splitlines()[:2] == [r"HTTP/1.1 200 OK\r\n", "^"]
    expect(failure.locator("[data-kind=reproduce] code")).to_contain_text("curl")
    expect(failure.locator("[data-kind=section] a")).to_have_attribute("href", RFC)
    assert "skipped because route-unknown failed" in page.locator("#judge-failures").inner_text()


@at_each_size
def test_axe_finds_nothing(visit: Visit, mine: str) -> None:
    page = visit("#contract")
    judge_mine(page, mine)
    expect_status(page, "rules failed")
    for summary in page.locator(".failure summary").all():
        summary.click()
    assert violations_by_scheme(page) == {}


def test_a_run_is_stopped(visit: Visit) -> None:
    page = visit("#contract")
    page.get_by_role("button", name="Judge", exact=True).click()
    expect_status(page, "Judging raw")
    page.get_by_role("button", name="Stop").click()
    expect_status(page, "Stopped.")
    expect(page.get_by_role("button", name="Judge", exact=True)).to_be_enabled()


def test_there_is_nothing_to_stop_before_a_run_has_begun(visit: Visit, mine: str) -> None:
    page = visit("#contract")
    page.evaluate("() => { fetch = () => new Promise(() => {}) }")
    judge_mine(page, mine)
    expect_status(page, "Starting")
    expect(page.get_by_role("button", name="Stop")).to_be_disabled()


def test_a_run_ends_when_its_reader_leaves(visit: Visit, mine: str) -> None:
    """The next run starts after the rules that are being judged."""
    page = visit("#contract")
    page.get_by_role("button", name="Judge", exact=True).click()
    expect_status(page, "Judging raw")
    page = visit("#contract")
    judge_mine(page, mine)
    expect_status(page, "rules failed")


def test_an_invalid_url_is_reported(visit: Visit) -> None:
    page = visit("#contract", "422")
    page.get_by_text("a server of yours", exact=True).click()
    judge_mine(page, "example")
    expect_status(page, "is not a valid URL of a server")

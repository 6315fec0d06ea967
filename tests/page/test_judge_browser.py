"""The judge in a real browser."""

import re
import sys
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from raw_router.drivers import threads
from raw_router.messages import plain_text
from sidebyside.page.settings import RunningService
from sidebyside.page.targets import Command
from tests.page.browser import Window, violations_by_scheme
from tests.page.conftest import Visit, in_a_wide_window
from tests.page.page_server import page_for
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


@pytest.fixture
def judged(visit: Visit, mine: str, fragments: list[str]) -> Page:
    """The page with the results of one run, which all tests share."""
    page = visit(fragments[0] if fragments else "#contract")
    if not fragments:
        judge_mine(page, mine)
    expect_status(page, "3 rules failed, ")
    fragments[:] = [page.evaluate("location.hash")]
    return page


@pytest.fixture(scope="module")
def fragments() -> list[str]:
    """The fragment of the page's address that leads to the run, once there is one."""
    return []


def failures(page: Page) -> Locator:
    return page.locator(".failure")


def open_failure(page: Page, rule: str) -> Locator:
    """Open the failure of a rule by keyboard, and the cause above it."""
    failure = failures(page).filter(has_text=rule).first
    cause = page.locator(".cause", has=failure)
    if cause.get_attribute("open") is None:
        cause.locator("summary").first.press("Enter")
    if failure.get_attribute("open") is None:
        failure.locator("summary").press("Enter")
    return failure


def test_the_three_are_judged(visit: Visit) -> None:
    page = visit("#contract")
    choose(page, "3 Route")
    page.get_by_role("button", name="Judge", exact=True).click()
    expect_status(page, "All rules passed: raw 10 of 10, flask 10 of 10, django 10 of 10 points")
    assert page.locator(".points tbody td").all_inner_texts() == ["10/10"] * 3
    assert page.locator(".points tbody th").all_inner_texts() == ["3 Route"]
    assert failures(page).count() == 0
    page.get_by_role("link", name="3 Route").click()
    expect(page.locator("#stage-3 td").last).to_be_visible()
    assert page.locator("#stage-3 td").all_inner_texts() == ["✓ passed"] * 3 * page.locator("#stage-3 tbody tr").count()


HELLO = """
import http.server, sys
print("started", flush=True)
http.server.test(port=int(sys.argv[1]), bind="127.0.0.1")
"""


def test_a_command_is_judged_with_its_output_beside_it(
    window: Window, services: Sequence[RunningService], tmp_path: Path
) -> None:
    (tmp_path / "hello.py").write_text(HELLO)
    with page_for(services, command=Command(f"{sys.executable} hello.py {{port}}", tmp_path)) as url:
        page = window.visit(f"{url}#contract")
        expect(page.get_by_role("radio", name="your command")).to_be_checked()
        choose(page, "1 Listen")
        page.get_by_role("button", name="Judge", exact=True).click()
        printed = page.get_by_role("region", name="What your command has printed").locator("pre")
        expect(printed).to_contain_text("started\n")
        expect_status(page, "your command 10 of 10 points")
        beside, results = printed.bounding_box(), page.locator(".points").bounding_box()
        assert beside
        assert results
        assert beside["x"] >= results["x"] + results["width"]
        assert violations_by_scheme(page) == {}
        page.set_viewport_size({"width": 390, "height": 844})
        below = printed.bounding_box()
        assert below
        assert below["x"] + below["width"] <= 390
        page.reload()
        expect_status(page, "your command 10 of 10 points")
        expect(printed).to_contain_text("started\n")
        window.check(url, [])


@in_a_wide_window
def test_failures_are_grouped_by_cause(judged: Page) -> None:
    page = judged
    expect(page.get_by_role("radio", name="a server of yours")).to_be_checked()
    first = page.locator(".cause").first
    expect(first.locator("summary").first).to_have_text(re.compile(r"^Start here sends no 404 .* rules? failed"))
    expect(first.locator(".failure").first).to_contain_text("Hint")
    failure = open_failure(page, "route-unknown")
    expect(failure).to_contain_text("But the status is 200, not 404")
    sent, received = failure.locator("pre").all_inner_texts()
    assert sent.startswith("GET /")
    assert received.splitlines()[:2] == [r"HTTP/1.1 200 OK\r\n", "^"]
    expect(failure.locator("[data-kind=reproduce] code")).to_contain_text("curl")
    expect(failure.locator("[data-kind=section] a")).to_have_attribute("href", RFC)


def test_a_stage_lists_rules_that_failed_and_those_that_were_skipped(judged: Page) -> None:
    page = judged
    page.get_by_role("link", name="3 Route").click()
    skipped = page.locator("#stage-3 td.skipped").first
    expect(skipped).to_have_text(re.compile("skipped because .* failed"))
    page.locator("#stage-3 tr", has_text="route-unknown").get_by_role("link", name="failed").first.click()
    expect(failures(page).filter(has_text="route-unknown").first.locator("pre").first).to_be_in_viewport()


def test_a_failure_opens_in_the_tab_request(judged: Page) -> None:
    page = judged
    open_failure(page, "route-unknown").get_by_role("link", name="Open in Request").click()
    expect(page.locator("#status")).to_contain_text("Check it, then send it.")
    expect(page.locator("#editor [name=raw]")).to_have_value(re.compile(r"^GET /.*\nHost: {authority}", re.DOTALL))
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("tr.status td").last).to_have_text("HTTP/1.1 200 OK")
    expect(page.locator("tr.status td").first).to_have_text("HTTP/1.1 404 Not Found")
    page.go_back()
    expect(failures(page).first).to_be_visible()


def test_a_reload_restores_a_run_and_the_choice_of_rules(visit: Visit, mine: str) -> None:
    page = visit("#contract")
    choose(page, "up to 2 Respond")
    page.get_by_label("URL on this machine", exact=True).fill(mine)
    page.keyboard.press("Enter")
    expect_status(page, " points, in ")
    before = page.locator("#judge-status").inner_text()
    page.reload()
    expect_status(page, before)
    assert page.locator(".points tbody th").all_inner_texts() == ["1 Listen", "2 Respond"]
    expect(page.get_by_label("URL on this machine", exact=True)).to_have_value(mine)
    expect(page.get_by_label("Rules", exact=True)).to_have_value("1-2")


def test_a_run_that_is_forgotten_can_be_repeated(visit: Visit, mine: str) -> None:
    page = visit(f"#contract&run=none&stages=3&server={mine}", "404")
    expect_status(page, "no longer has the results")
    page.get_by_role("button", name="Judge", exact=True).click()
    expect_status(page, "rules failed")


@in_a_wide_window
def test_axe_finds_nothing(judged: Page) -> None:
    page = judged
    page.locator("#judge-failures details").evaluate_all("all => all.forEach(each => (each.open = true))")
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


def test_nothing_is_lost_when_the_reader_leaves_the_tab_or_reloads(visit: Visit) -> None:
    page = visit("#contract")
    page.get_by_role("button", name="Judge", exact=True).click()
    expect_status(page, "Judging raw")
    page.get_by_role("tab", name="Rosetta").click()
    page.get_by_role("tab", name="Contract").click()
    expect_status(page, "Judging raw")
    page.reload()
    expect_status(page, "Judging raw")
    page.get_by_role("button", name="Stop").click()
    expect_status(page, "Stopped.")


def test_an_invalid_url_is_reported(visit: Visit) -> None:
    page = visit("#contract", "422")
    page.get_by_text("a server of yours", exact=True).click()
    judge_mine(page, "example")
    expect_status(page, "is not a valid URL of a server")

"""A first-time user finds out from the page alone why two servers respond differently, and shares what was found."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from http_contract.errors import CannotJudge
from http_contract.sandbox.ports import is_taken
from sidebyside.launch.services import server_specs
from sidebyside.page.own_servers import OwnServers
from sidebyside.page.settings import RunningService
from tests.page.browser import SIZES, open_window
from tests.page.page_server import page_for

COLUMNS = ["raw", "flask", "django", "flask, own server", "django, own server"]


@pytest.fixture(scope="module")
def page_url(services: tuple[RunningService, ...]) -> Iterator[str]:
    """The URL of a page that can start the frameworks' own servers."""
    with closing(OwnServers(lambda: "")) as own_servers, page_for(services, own_servers) as url:
        yield url


def check_difference(page: Page) -> None:
    """Assert that the page shows which servers differ, in what, and what causes it."""
    expect(page.locator("#verdict")).to_contain_text("flask's development server, django's development server")
    assert page.locator(".rows thead th").all_inner_texts() == COLUMNS
    expect(page.locator("tr.status td")).to_have_text(["HTTP/1.1 405 Method Not Allowed"] * 5)
    page.get_by_label("Only differences").check()
    rows = page.locator(".rows tbody tr:visible th").all_inner_texts()
    assert [row.split()[0] for row in rows] == ["Connection", "Server", "end"]


def test_why_flasks_own_server_and_djangos_respond_differently(browser: Browser, page_url: str) -> None:
    page = open_window(browser, SIZES[0]).page
    page.goto(page_url)
    page.get_by_role("button", name="ask their own servers, too").click()
    expect(page.locator("#verdict")).to_contain_text("The responses differ")
    page.get_by_label("Path", exact=True).fill("/hello/you")
    page.get_by_label("Method", exact=True).fill("POST")
    page.get_by_role("button", name="Send", exact=True).click()
    check_difference(page)
    page.locator("tr.differs .term", has_text="Connection").hover()
    expect(page.locator(".explanation")).to_contain_text("close ends it after the response")
    expect(page.locator("section.pane[aria-label^='Reason']").first).to_contain_text("none of its views accepts POST")
    elsewhere = open_window(browser, SIZES[0]).page
    elsewhere.goto(page.url)
    expect(elsewhere.locator("#status")).to_contain_text("Check it, then send it.")
    elsewhere.get_by_role("button", name="Send", exact=True).click()
    check_difference(elsewhere)


# -- starting the servers


@pytest.mark.full
def test_the_servers_are_started_again_when_a_source_changes() -> None:
    versions = iter(["1", "1", "2"])
    with closing(OwnServers(lambda: next(versions))) as own_servers:
        first, second, third = own_servers(), own_servers(), own_servers()
    assert first == second != third
    assert not any(is_taken(int(each.url.rpartition(":")[2].strip("/"))) for each in (*first, *third))


def test_servers_that_do_not_start_are_reported_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    specs = [replace(spec, command=("http.server", "--no-such-option")) for spec in server_specs("dev", 8000)]
    monkeypatch.setattr("sidebyside.page.own_servers.server_specs", lambda *_: specs)
    with closing(OwnServers(lambda: "")) as own_servers, pytest.raises(CannotJudge, match=r"^\w+ ended") as error:
        own_servers()
    assert len(str(error.value).splitlines()) == 1

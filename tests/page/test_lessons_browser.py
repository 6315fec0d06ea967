"""The tab Lessons in a real browser."""

import re

from playwright.sync_api import expect

from tests.page.browser import violations_by_scheme
from tests.page.conftest import Visit, in_a_wide_window


@in_a_wide_window
def test_a_rung_is_read_started_and_ended(visit: Visit) -> None:
    page = visit("#rung-05")
    rung = page.locator("#rung-05")
    expect(rung.locator(".code")).to_contain_text("data.split")
    rung.get_by_role("button", name="Start 05").click()
    expect(rung.locator(".rung-output")).to_contain_text("18_line_client.py")
    expect(page.locator("#lesson-status")).to_contain_text("Running: 05 on port")
    rung.get_by_role("button", name="Send the example").click()
    expect(rung.locator(".rung-output")).to_contain_text("5 characters, backwards: olleh")
    rung.get_by_role("button", name="End 05").click()
    expect(rung.locator(".rung-output")).to_contain_text("It has ended.")
    expect(page.locator("#lesson-status")).to_be_empty()


def test_a_rung_is_judged_in_the_contract(visit: Visit) -> None:
    page = visit("#rung-33")
    page.locator("#judge-stages").select_option("1", force=True)
    page.get_by_role("button", name="Judge 33").click()
    expect(page.get_by_role("tab", name="Contract")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#judge-status")).to_contain_text(re.compile("10 of 10"))


@in_a_wide_window
def test_axe_finds_nothing(visit: Visit) -> None:
    page = visit("#rung-23")
    expect(page.locator("#rung-23 .code")).to_be_visible()
    assert violations_by_scheme(page) == {}

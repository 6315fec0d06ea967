"""The chat page of the lessons, in two windows of a real browser."""

from playwright.sync_api import expect

from tests.lessons.conftest import PATIENCE, Start
from tests.page.conftest import skip_without_chromium
from tests.page.page_server import CHROMIUM, chromium


def test_a_message_appears_in_both_windows_as_text(start: Start) -> None:
    if CHROMIUM is None:
        skip_without_chromium()
    url = f"http://127.0.0.1:{start('20_chat_page').port}/"
    with chromium() as browser:
        first, second = browser.new_page(), browser.new_page()
        for page in (first, second):
            with page.expect_response("**/events"):  # its head comes once the server has noted the listener
                page.goto(url)
        first.get_by_label("Say:").fill("<b>hello</b>")
        first.get_by_role("button", name="Send").click()
        for page in (first, second):
            expect(page.locator("#lines li")).to_have_text(["<b>hello</b>"], timeout=PATIENCE * 1000)

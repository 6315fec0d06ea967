"""What a reader does in the tab Request, and what it then shows."""

from playwright.sync_api import Page, expect


def send(page: Page) -> None:
    """Send the request by keyboard, and wait for the comparison."""
    clear(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#verdict")).to_be_visible()


def send_to(page: Page, url: str) -> None:
    """Send the request to a server of the reader's own, too."""
    page.get_by_text("Further servers", exact=True).click()
    page.locator("#editor [name=url]").fill(url)
    send(page)


def clear(page: Page) -> None:
    """Remove the comparison once it is complete, so that the next one is new."""
    expect(page.locator("#status.waiting")).to_have_count(0)
    page.evaluate("document.getElementById('comparison').replaceChildren()")


def choose(page: Page, example: str) -> None:
    clear(page)
    page.select_option("#example", label=example)
    expect(page.locator("#verdict")).to_be_visible()


def panes(page: Page, name: str) -> list[str]:
    return page.locator(f"section.pane[aria-label^='{name}']").all_inner_texts()


def type_path(page: Page, text: str) -> None:
    """Type a path, and leave the field."""
    page.get_by_label("Path", exact=True).fill(text)
    page.get_by_label("Path", exact=True).press("Tab")


def expect_status(page: Page, status: str) -> None:
    expect(page.locator("tr.status td").first).to_have_text(f"HTTP/1.1 {status}")

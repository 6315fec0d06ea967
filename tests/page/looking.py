"""Looking at the page in a browser: how wide it is, and that nothing is amiss meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Literal

from playwright.sync_api import Browser, Page, expect

AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
# What servers have answered stands in frames, and is theirs.
RUN_AXE = "axe.run(document, {iframes: false}).then(found => found.violations)"
PATIENCE = 20_000  # milliseconds for anything, on a busy machine
expect.set_options(timeout=PATIENCE)
WITHIN = "document.documentElement.scrollWidth <= innerWidth"
WIDTHS = (1280, 390)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@dataclass(slots=True)
class Window:
    """One window of a browser, in which one page after the other is opened; what it complains of, what it asks for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def visit(self, url: str) -> Page:
        """Open a page anew: that only the fragment differs is no reason to keep what was there."""
        self.page.goto("about:blank")
        self.page.emulate_media(color_scheme="light", reduced_motion="no-preference")
        self.complaints.clear()
        self.asked.clear()
        self.page.goto(url)
        return self.page

    def check(self, home: str, expected: Sequence[str]) -> None:
        """The console holds what is expected, if anything; all that the page asks for is its own server's."""
        assert [text for text in self.complaints if not any(part in text for part in expected)] == []
        assert [url for url in self.asked if not url.startswith((home, "data:", "about:"))] == []


def open_window(browser: Browser, width: int) -> Window:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme="light")
    context.set_default_timeout(PATIENCE)
    window = Window(context.new_page())
    window.page.on("console", lambda message: window.complaints.append(message.text))
    window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
    window.page.on("request", lambda request: window.asked.append(request.url))
    return window


def violations(page: Page) -> Sequence[str]:
    """Return what axe finds wrong, and where."""
    page.evaluate(AXE)
    found: list[Any] = page.evaluate(RUN_AXE)
    return [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found]


def fits(page: Page) -> bool:
    """Tell whether nothing sticks out to the right."""
    return bool(page.evaluate(WITHIN))


def violations_by_scheme(page: Page) -> Mapping[str, Sequence[str]]:
    """Return what axe finds wrong by day and by night; nothing where all is well."""
    found = {}
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found[scheme] = violations(page)
    return {scheme: wrong for scheme, wrong in found.items() if wrong}

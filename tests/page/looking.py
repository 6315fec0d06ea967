"""Looking at the page in a browser: how wide it is, and that nothing is amiss meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from playwright.sync_api import Browser, Page, expect

AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
# What servers have answered stands in frames, and is theirs.
RUN_AXE = "options => axe.run(document, options).then(found => found.violations)"
PATIENCE = 20_000  # milliseconds for anything, on a busy machine
expect.set_options(timeout=PATIENCE)
WITHIN = "document.documentElement.scrollWidth <= innerWidth"
WIDTHS = (1280, 390)
HEIGHT = 900


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
        """The page fits each width; its console holds what is expected, if anything; it asks its own server alone."""
        size = self.page.viewport_size
        assert [width for width in WIDTHS if not fits(self.page, width)] == []
        self.page.set_viewport_size(size or {"width": WIDTHS[0], "height": HEIGHT})
        assert [text for text in self.complaints if not any(part in text for part in expected)] == []
        assert [url for url in self.asked if not url.startswith((home, "data:", "about:"))] == []


def open_window(browser: Browser, width: int) -> Window:
    context = browser.new_context(viewport={"width": width, "height": HEIGHT}, color_scheme="light")
    context.set_default_timeout(PATIENCE)
    window = Window(context.new_page())
    window.page.on("console", lambda message: window.complaints.append(message.text))
    window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
    window.page.on("request", lambda request: window.asked.append(request.url))
    return window


def violations(page: Page, *rules: str) -> Sequence[str]:
    """Return what axe finds wrong, and where: by all rules, or by those named. Colours do not change meanwhile."""
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(f"if (!window.axe) {{ {AXE} }}")
    found: list[Any] = page.evaluate(RUN_AXE, {"iframes": False, **({"runOnly": rules} if rules else {})})
    return [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found]


def violations_by_scheme(page: Page) -> Mapping[str, Sequence[str]]:
    """Return what axe finds wrong by day, and which colours are by night; nothing where all is well."""
    page.emulate_media(color_scheme="light")
    found = {"light": violations(page)}
    page.emulate_media(color_scheme="dark")
    found["dark"] = violations(page, "color-contrast")
    return {scheme: wrong for scheme, wrong in found.items() if wrong}


def fits(page: Page, width: int) -> bool:
    """Tell whether nothing sticks out to the right of a window that wide."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    return bool(page.evaluate(WITHIN))

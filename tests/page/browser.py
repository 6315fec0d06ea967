"""The page in a browser window: its width, its console, its requests, and its accessibility."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, TypeAlias

from playwright.sync_api import Browser, Page, expect

AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
# Frames contain pages of the compared servers.
RUN_AXE = "([within, options]) => axe.run(within, options).then(found => found.violations)"
TIMEOUT = 20_000  # milliseconds for any step, on a busy machine
expect.set_options(timeout=TIMEOUT)
FITS = "document.documentElement.scrollWidth <= innerWidth"
Size: TypeAlias = tuple[int, int]
SIZES: Sequence[Size] = ((1280, 800), (390, 844), (1920, 1080))


@dataclass(slots=True)
class Window:
    """A browser window, the messages of its console, and the URLs that it has requested."""

    page: Page
    messages: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)

    def visit(self, url: str) -> Page:
        """Load a page, even if only the fragment of its address changes."""
        self.page.goto("about:blank")
        self.page.emulate_media(color_scheme="light", reduced_motion="no-preference")
        self.messages.clear()
        self.requested.clear()
        self.page.goto(url)
        return self.page

    def check(self, home: str, expected: Sequence[str]) -> None:
        """Assert that the page fits two windows, prints only expected messages, and requests only its own server."""
        size = self.page.viewport_size
        assert [each for each in SIZES[:2] if not fits(self.page, each)] == []
        if size:
            self.page.set_viewport_size(size)
        assert [text for text in self.messages if not any(part in text for part in expected)] == []
        assert [url for url in self.requested if not url.startswith((home, "data:", "about:"))] == []


def open_window(browser: Browser, size: Size) -> Window:
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme="light")
    context.set_default_timeout(TIMEOUT)
    window = Window(context.new_page())
    window.page.on("console", lambda message: window.messages.append(message.text))
    window.page.on("pageerror", lambda error: window.messages.append(str(error)))
    window.page.on("request", lambda request: window.requested.append(request.url))
    return window


def violations(page: Page, *rules: str, within: str = "html") -> Sequence[str]:
    """Return the violations of all rules of axe, or of the named ones, in a part of the page; colours do not move."""
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(f"if (!window.axe) {{ {AXE} }}")
    found: list[Any] = page.evaluate(RUN_AXE, [within, {"iframes": False, **({"runOnly": rules} if rules else {})}])
    return [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found]


def violations_by_scheme(page: Page) -> Mapping[str, Sequence[str]]:
    """Return the violations in the light theme, and those of colours in the dark one, if there are any."""
    page.emulate_media(color_scheme="light")
    found = {"light": violations(page)}
    page.emulate_media(color_scheme="dark")
    found["dark"] = violations(page, "color-contrast")
    return {scheme: wrong for scheme, wrong in found.items() if wrong}


def fits(page: Page, size: Size) -> bool:
    """Return whether the page fits a window of this size."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    return bool(page.evaluate(FITS))

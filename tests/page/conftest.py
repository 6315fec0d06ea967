"""The page as it runs, about three implementations in threads of the test's process; and a browser to look at it."""

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn, TypeAlias

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

from sidebyside.page.application import create_app
from sidebyside.page.safety import TOKEN_FIELD
from sidebyside.page.settings import Settings, Target
from tests.page.looking import WIDTHS, Window, open_window
from tests.page.running import CHROMIUM, chromium, page_about, three
from tests.serving import HOST

Visit: TypeAlias = Callable[..., Page]

at_each_width = pytest.mark.parametrize("window", WIDTHS, ids="{} pixels".format, indirect=True)

MISSING = "Chromium is not installed (Debian: apt-get install chromium)"


@pytest.fixture(scope="session")
def targets() -> Iterator[tuple[Target, ...]]:
    with three() as running:
        yield running


@pytest.fixture(scope="session")
def settings(targets: tuple[Target, ...]) -> Settings:
    return Settings(targets, 8000)


@pytest.fixture(scope="session")
def app(settings: Settings) -> Flask:
    return create_app(settings)


class Client(FlaskClient):
    """A client that does what the page's own script does, unless a test says otherwise."""

    def open(self, *args: Any, headers: Mapping[str, str] | None = None, **options: Any) -> Any:
        settings = self.application.config["PAGE"]
        own = {"Host": f"{HOST}:{settings.port}", TOKEN_FIELD: settings.token}
        return super().open(*args, buffered=True, headers={**own, **(headers or {})}, **options)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return Client(app, Response)


@pytest.fixture(scope="session")
def page_url(targets: tuple[Target, ...]) -> Iterator[str]:
    with page_about(targets) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        missing()
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def window(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Window]:
    """A wide window, or one of each width where a test is marked to be at_each_width."""
    window = open_window(browser, getattr(request, "param", WIDTHS[0]))
    yield window
    window.page.context.close()


@pytest.fixture
def visit(window: Window, page_url: str) -> Iterator[Visit]:
    """What opens the page, with a fragment of its address, and tells what its console may complain of."""
    expected: list[str] = []

    def visit(fragment: str = "", *complaints: str) -> Page:
        expected.extend(complaints)
        return window.visit(page_url + fragment)

    yield visit
    window.check(page_url, expected)


def missing() -> NoReturn:
    """Skip what needs a browser; where nothing may be skipped, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(MISSING)
    pytest.skip(MISSING)

"""Fixtures: the page for three services that run in threads of the test's process, and a browser that opens it."""

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn, TypeAlias

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

from sidebyside.page.app import TOKEN_FIELD, create_app
from sidebyside.page.settings import RunningService, Settings
from tests.page.browser import SIZES, Size, Window, open_window
from tests.page.page_server import CHROMIUM, chromium, page_for, three_services
from tests.serving import HOST

Visit: TypeAlias = Callable[..., Page]


def in_windows(*sizes: Size) -> pytest.MarkDecorator:
    """Return a mark that runs a test in windows of these sizes, and in `make test-all` in those of all sizes."""
    others = [pytest.param(size, marks=pytest.mark.full) for size in SIZES if size not in sizes]
    return pytest.mark.parametrize("window", [*sizes, *others], ids="{0[0]}x{0[1]}".format, indirect=True)


at_each_size = in_windows(*SIZES[:2])
in_a_wide_window = in_windows(SIZES[0])

MISSING = "Chromium is not installed (Debian: apt-get install chromium)"


@pytest.fixture(scope="session")
def services() -> Iterator[tuple[RunningService, ...]]:
    with three_services() as services:
        yield services


@pytest.fixture(scope="session")
def settings(services: tuple[RunningService, ...]) -> Settings:
    return Settings(services, 8000)


@pytest.fixture(scope="session")
def app(settings: Settings) -> Flask:
    return create_app(settings)


class Client(FlaskClient):
    """A client that sends the fields of the page's own script, unless a test replaces them."""

    def open(self, *args: Any, headers: Mapping[str, str] | None = None, **options: Any) -> Any:
        settings = self.application.config["PAGE"]
        own = {"Host": f"{HOST}:{settings.port}", TOKEN_FIELD: settings.token}
        return super().open(*args, buffered=True, headers={**own, **(headers or {})}, **options)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return Client(app, Response)


@pytest.fixture(scope="session")
def page_url(services: tuple[RunningService, ...]) -> Iterator[str]:
    with page_for(services) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        skip_without_chromium()
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def window(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Window]:
    """A wide window, or a window of each size in tests that are marked at_each_size."""
    window = open_window(browser, getattr(request, "param", SIZES[0]))
    yield window
    window.page.context.close()


@pytest.fixture
def visit(window: Window, page_url: str) -> Iterator[Visit]:
    """A function that opens the page with a fragment of its address, and accepts these messages of its console."""
    expected: list[str] = []

    def visit(fragment: str = "", *messages: str) -> Page:
        expected.extend(messages)
        return window.visit(page_url + fragment)

    yield visit
    window.check(page_url, expected)


def skip_without_chromium() -> NoReturn:
    """Skip a test that needs a browser, or fail it where no test may be skipped."""
    if os.environ.get("CI") == "true":
        pytest.fail(MISSING)
    pytest.skip(MISSING)

"""The page as it runs, about three implementations in threads of the test's process; and a browser to look at it."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any, NoReturn, TypeAlias

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, sync_playwright

from raw_router.connection import Connection
from raw_router.drivers import threads
from raw_router.messages import Handler
from raw_router.wsgi import handler_for
from sidebyside.page.application import create_app
from sidebyside.page.safety import TOKEN_FIELD
from sidebyside.page.settings import Settings, Target
from sidebyside.services import SERVICES
from tests.page.looking import WIDTHS, Window, open_window
from tests.serving import HANDLERS, HOST, driving, serving

Visit: TypeAlias = Callable[..., Page]

CHROMIUM = shutil.which("chromium")
OPTIONS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)
MISSING = "Chromium is not installed (Debian: apt-get install chromium)"


@pytest.fixture(scope="session")
def targets() -> Iterator[tuple[Target, ...]]:
    """The three, on free ports."""
    with ExitStack() as running:
        ports = {name: running.enter_context(serving(handler, threads.serve)) for name, handler in HANDLERS.items()}
        yield tuple(Target(each.name, each.colour, f"http://{HOST}:{ports[each.name]}/") for each in SERVICES)


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
    """The page on raw_router, as sidebyside page runs it; its port is known before it is made."""
    handlers: list[Handler] = []
    with driving(lambda client: Connection(handlers[0], client), threads.serve) as port:
        handlers.append(handler_for(create_app(Settings(targets, port))))
        yield f"http://{HOST}:{port}/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        missing()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS.split())
        yield browser
        browser.close()


@pytest.fixture(scope="module", params=WIDTHS, ids="{} pixels".format)
def window(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Window]:
    """A window of each width in turn."""
    window = open_window(browser, request.param)
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

"""Runs the page on raw_router for three services in threads of this process, and Debian's Chromium."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from playwright.sync_api import Browser, sync_playwright

from raw_router.drivers import threads
from raw_router.messages import Handler
from raw_router.responder import Responder
from raw_router.wsgi import handler_for
from sidebyside.launch.services import SERVICES
from sidebyside.page.app import create_app
from sidebyside.page.settings import OwnServices, RunningService, Settings
from sidebyside.page.targets import Command
from tests.serving import HANDLERS, HOST, driving, serving

CHROMIUM = shutil.which("chromium")
OPTIONS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)


@contextmanager
def three_services() -> Iterator[tuple[RunningService, ...]]:
    """Run the three services on free ports."""
    with ExitStack() as stack:
        ports = {name: stack.enter_context(serving(handler, threads.serve)) for name, handler in HANDLERS.items()}
        yield tuple(RunningService(each.name, each.colour, f"http://{HOST}:{ports[each.name]}/") for each in SERVICES)


@contextmanager
def page_for(
    services: Sequence[RunningService], own_servers: OwnServices | None = None, command: Command | None = None
) -> Iterator[str]:
    """Run the page as sidebyside page does, and yield its URL. The page is created after its port is known."""
    handlers: list[Handler] = []
    with driving(lambda client: Responder(handlers[0], client), threads.serve) as port:
        handlers.append(
            handler_for(create_app(Settings(tuple(services), port, own_servers=own_servers, command=command)))
        )
        yield f"http://{HOST}:{port}/"


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS.split())
        yield browser
        browser.close()

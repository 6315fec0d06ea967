"""The page in Firefox, over WebDriver BiDi, which Firefox speaks without another program (w3.org/TR/webdriver-bidi)."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from websockets.exceptions import InvalidHandshake
from websockets.sync.client import ClientConnection, connect

from sidebyside.launch.ports import free_base_port
from sidebyside.page.settings import RunningService
from tests.page.browser import FITS, SIZES
from tests.serving import HOST, becomes_true

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
TIMEOUT = 30.0  # seconds for any step, on a busy machine

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(FIREFOX is None, reason="Firefox is not installed (Debian: apt-get install firefox-esr)"),
]


@dataclass(slots=True)
class Firefox:
    """A window of Firefox, and the messages of its console."""

    connection: ClientConnection
    messages: list[str] = field(default_factory=list)
    context: str = ""
    ids: Iterator[int] = field(default_factory=count)

    def call(self, method: str, **params: object) -> Any:
        """Return the result of a command. AssertionError if it fails."""
        id = next(self.ids)
        self.connection.send(json.dumps({"id": id, "method": method, "params": params}))
        while (answer := json.loads(self.connection.recv(TIMEOUT))).get("id") != id:
            if answer.get("method") == "log.entryAdded":
                self.messages.append(answer["params"]["text"])
        assert answer["type"] == "success", answer
        return answer["result"]

    def open(self) -> None:
        self.call("session.new", capabilities={})
        self.context = self.call("browsingContext.getTree")["contexts"][0]["context"]
        self.call("session.subscribe", events=["log.entryAdded"])

    def visit(self, url: str, size: Sequence[int] = SIZES[0]) -> None:
        width, height = size
        self.call("browsingContext.setViewport", context=self.context, viewport={"width": width, "height": height})
        for each in ("about:blank", url):
            self.call("browsingContext.navigate", context=self.context, url=each, wait="complete")

    def run(self, script: str) -> Any:
        """Return the value of an expression. AssertionError if it throws."""
        found = self.call("script.evaluate", expression=script, target={"context": self.context}, awaitPromise=True)
        assert found["type"] == "success", found
        return found["result"].get("value")

    def shows(self, selector: str, text: str) -> bool:
        """Wait until an element contains a text, and return whether it does."""
        shown = f"document.querySelector({json.dumps(selector)})?.innerText.includes({json.dumps(text)}) ?? false"
        return becomes_true(lambda: self.run(shown))


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    profile, port = tmp_path_factory.mktemp("profile"), free_base_port()
    command = [str(FIREFOX), "--headless", "--profile", str(profile), "--remote-debugging-port", str(port)]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "HOME": str(profile)}
    )
    try:
        with connected(port) as connection:
            firefox = Firefox(connection)
            firefox.open()
            yield firefox
    finally:
        process.terminate()
        process.wait(TIMEOUT)


def connected(port: int) -> ClientConnection:
    found: list[ClientConnection] = []

    def is_connected() -> bool:
        with suppress(OSError, InvalidHandshake):
            found.append(connect(f"ws://{HOST}:{port}/session", max_size=None))
        return bool(found)

    assert becomes_true(is_connected)
    return found[0]


@pytest.fixture
def page(firefox: Firefox, page_url: str) -> Iterator[Firefox]:
    firefox.messages.clear()
    yield firefox
    assert firefox.messages == []


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
def test_every_tab_fits_each_size(page: Firefox, page_url: str, size: Sequence[int]) -> None:
    page.visit(page_url, size)
    assert page.shows("#verdict", "Identical")
    for tab, heading in (("contract", "The contract"), ("rosetta", "The same idea"), ("lessons", "")):
        page.run(f"location.hash = '#{tab}'")
        assert page.shows(f"#{tab}:not([hidden])", heading)
        assert page.run(FITS)


def test_a_request_that_a_link_contains_is_sent(page: Firefox, page_url: str) -> None:
    page.visit(f"{page_url}#method=POST&path=%2Fhello%2Fyou")
    assert page.shows("#status", "Check it, then send it.")
    page.run("document.querySelector('#editor [type=submit]').click()")
    assert page.shows("tr.status td", "HTTP/1.1 405 Method Not Allowed")


def test_a_reload_keeps_a_run(page: Firefox, page_url: str, services: Sequence[RunningService]) -> None:
    page.visit(f"{page_url}#contract")
    page.run("document.getElementById('judge-stages').value = '3'")
    page.run("document.querySelector('#judge [type=submit]').click()")
    points = ", ".join(f"{each.name} 10 of 10" for each in services)
    assert page.shows("#judge-status", f"All rules passed: {points} points")
    page.call("browsingContext.reload", context=page.context, wait="complete")
    assert page.shows("#judge-status", f"All rules passed: {points} points")

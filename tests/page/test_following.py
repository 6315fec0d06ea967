"""sidebyside page while its sources are edited: the next request meets the new code, or is answered why it does not."""

import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import TypeAlias
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from http_contract.sandbox.ports import is_taken
from sidebyside.checkout import ROOT
from sidebyside.launch.ports import free_base_port
from sidebyside.page.app import TOKEN_FIELD
from sidebyside.sources import PACKAGES
from tests.page.browser import FITS, Window, violations
from tests.page.conftest import at_each_size
from tests.serving import HOST, becomes_true
from tests.session import PATIENCE, Session, session_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

Send: TypeAlias = Callable[[str], str]
DJANGO = "django_project/urls.py"
FLASK, VIEWS, PAGE = "flask_app/__init__.py", "shared_views/views.py", "shared_views/templates/layout.html"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkout that may be edited."""
    folder = tmp_path_factory.mktemp("checkout")
    for package in (*PACKAGES, "sidebyside", "lessons"):
        shutil.copytree(Path(ROOT, package), folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@contextmanager
def page_of(folder: Path, *options: str) -> Iterator[Session]:
    base_port = free_base_port()
    ports = ["--port", str(base_port), "--base-port", str(base_port)]
    command = [sys.executable, "-P", "-m", "sidebyside", "page", *ports, *options]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    with session_of(command, base_port, patience=10 * PATIENCE, env=environment) as session:
        session.start()
        yield session
        session.process.send_signal(signal.SIGINT)
        session.assert_ends()


@pytest.fixture(scope="module")
def session(copy: Path) -> Iterator[Session]:
    with page_of(copy) as session:
        yield session


@pytest.fixture
def send(session: Session) -> Send:
    return sender(session)


def sender(session: Session) -> Send:
    """Return a function that sends a GET by the page, and returns the text of the comparison."""
    url = f"http://{HOST}:{session.base_port}/"
    token = re.search(r'name="page-token" content="([^"]+)"', urlopen(url).read().decode())
    assert token
    fields = {"Content-Type": "application/json", TOKEN_FIELD: token[1]}

    def send(path: str) -> str:
        request = Request(f"{url}send", json.dumps({"path": path}).encode(), fields)
        return unescape(re.sub(r"<[^>]*>", "", urlopen(request, timeout=PATIENCE).read().decode()))

    return send


@contextmanager
def edited(folder: Path, file: str, old: str, new: str) -> Iterator[None]:
    """Replace a text in a file until the block ends."""
    before = (folder / file).read_text()
    assert old in before
    (folder / file).write_text(before.replace(old, new))
    try:
        yield
    finally:
        (folder / file).write_text(before)


def test_a_route_that_is_edited(send: Send, copy: Path) -> None:
    assert "Identical" in send("/hello/you")
    with edited(copy, FLASK, '"/hello/<name>"', '"/hallo/<name>"'):
        text = send("/hello/you")
        assert "The responses differ" in text
        assert "No route has this path." in text
        assert 'The route "/hallo/<name>" matches' in send("/hallo/you")
    assert "Identical" in send("/hello/you")


@pytest.mark.full
def test_two_edits_of_one_size_in_one_second(send: Send, copy: Path) -> None:
    for word in ("hallo", "hullo"):
        with edited(copy, FLASK, '"/hello/<name>"', f'"/{word}/<name>"'):
            assert f'The route "/{word}/<name>" matches' in send(f"/{word}/you")


def test_a_view_that_is_edited(send: Send, copy: Path) -> None:
    with edited(copy, VIEWS, "This page raises on purpose", "Edited, this page raises"):
        text = send("/error")
        assert "Identical" in text
        assert text.count("RuntimeError: Edited, this page raises") >= 3
        assert re.search(
            r"Exceptions.*raw_router/urls\.py:\d+ in error.*shared_views/views\.py:\d+ in error", text, re.S
        )


def test_the_rosetta_table_follows(session: Session, copy: Path) -> None:
    def table() -> str:
        return unescape(re.sub(r"<[^>]*>", "", urlopen(f"http://{HOST}:{session.base_port}/").read().decode()))

    with edited(copy, FLASK, '"/hello/<name>"', '"/hallo/<name>"'):
        assert '@app.get("/hallo/<name>")' in table()
    with edited(copy, FLASK, "app = create_app()", "app = = create_app()"):
        assert '@app.get("/hallo/<name>")' in table()
    assert '@app.get("/hello/<name>")' in table()


@pytest.mark.full
def test_a_template_that_is_edited(send: Send, copy: Path) -> None:
    with edited(copy, PAGE, "</body>", "<p>A new line</p></body>"):
        assert send("/test").count("A new line") >= 3


def test_a_source_with_an_error_is_named_and_the_others_respond(send: Send, copy: Path, session: Session) -> None:
    with edited(copy, FLASK, "app = create_app()", "app = = create_app()"):
        line = 1 + (copy / FLASK).read_text()[: (copy / FLASK).read_text().index("app = =")].count("\n")
        why = f"{FLASK}:{line}: SyntaxError: invalid syntax"
        text = send("/test")
        assert f"has not started: {why}" in text
        assert text.count("HTTP/1.1 200 OK") >= 2
        assert text.count(why) == 3  # where its response would be, among the reasons, and on its way
        assert {"The router finds a view", "urlpatterns is asked"} <= set(
            re.findall("The router .*|urlpatterns .*", text)
        )
        assert session.read_until(why).splitlines()[-1].startswith("flask ")
    assert "Identical" in send("/test")


@pytest.mark.full
@at_each_size
def test_exceptions_fit_the_window_and_are_accessible(session: Session, window: Window) -> None:
    page = window.visit(f"http://{HOST}:{session.base_port}/#method=GET&path=/error")
    expect(page.locator("#exceptions")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate(FITS)


@pytest.mark.full
def test_a_route_table_that_is_loaded_with_the_first_request(send: Send, copy: Path) -> None:
    """Django imports its urlpatterns late, so that it starts, and fails with each request."""
    with edited(copy, DJANGO, "urlpatterns = [", "urlpatterns = [undefined,"):
        text = send("/test")
        assert re.search(rf"Exceptions.*{DJANGO}:\d+ in <module>.*NameError: name 'undefined' is not", text, re.S)


@pytest.mark.full
def test_serve_follows_where_that_is_asked_for(copy: Path) -> None:
    base_port = free_base_port()
    command = [sys.executable, "-P", "-m", "sidebyside", "serve", "--reload", "--base-port", str(base_port)]
    with session_of(command, base_port, env={**os.environ, "PYTHONPATH": str(copy)}) as session:
        session.start()
        with edited(copy, FLASK, "app = create_app()", "undefined"):
            assert "NameError: name 'undefined' is not defined" in session.read_until("flask has not started: ")
            assert urlopen(f"http://{HOST}:{session.ports['django']}/test").status == 200
        session.read_until(f"{FLASK} changed")
        assert becomes_true(lambda: is_taken(session.ports["flask"]))
        assert urlopen(f"http://{HOST}:{session.ports['flask']}/test").status == 200
        session.process.send_signal(signal.SIGINT)
        session.assert_ends()


@pytest.mark.full
def test_without_reload_the_page_names_what_has_changed(copy: Path) -> None:
    with page_of(copy, "--no-reload") as session:
        send = sender(session)
        with edited(copy, FLASK, '"/hello/<name>"', '"/hallo/<name>"'):
            text = send("/hello/you")
        assert "Identical" in text
        assert f"{FLASK} has changed since the page started." in text

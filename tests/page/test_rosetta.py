"""The Rosetta table: every idea has code in each of the three services, and the excerpts are the source."""

import re
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from sidebyside.page.app import create_app
from sidebyside.page.rosetta import Entry, rosetta_entries
from sidebyside.page.settings import RunningService, Settings
from sidebyside.page.source import PACKAGES, ROOT, Excerpt

THREE = ("raw", "flask", "django")


def named(entry: Entry) -> str:
    return entry.idea.name


def place(excerpt: Excerpt) -> str:
    return f"{excerpt.file}:{excerpt.line}"


FOUND = {excerpt for entry in rosetta_entries() for excerpts in entry.code.values() for excerpt in excerpts}
EXCERPTS: list[Excerpt] = sorted(FOUND, key=place)


@pytest.mark.parametrize("entry", rosetta_entries(), ids=named)
@pytest.mark.parametrize("name", THREE)
def test_every_idea_has_code_in_each_of_the_three(entry: Entry, name: str) -> None:
    assert entry.code[name]
    assert len(entry.code[name]) == len(entry.idea.code[name])
    assert all(excerpt.text.strip() for excerpt in entry.code[name])


@pytest.mark.parametrize("entry", rosetta_entries(), ids=named)
def test_shared_code_has_an_introduction(entry: Entry) -> None:
    assert ("shared" in entry.code) is bool(entry.idea.shared)
    assert set(entry.idea.notes) <= set(THREE)
    assert set(entry.idea.code) <= {*THREE, "shared"}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_sources_contain_no_marks(package: str) -> None:
    assert [file for file in (ROOT / package).rglob("*.py") if "rosetta" in file.read_text()] == []


@pytest.mark.parametrize("excerpt", EXCERPTS, ids=place)
def test_an_excerpt_is_the_source(excerpt: Excerpt) -> None:
    """Only the indentation is left out."""
    lines = (ROOT / excerpt.file).read_text().splitlines()[excerpt.line - 1 :]
    indent = len(lines[0]) - len(lines[0].lstrip())
    for line, text in zip(lines, excerpt.text.splitlines(), strict=False):
        assert line[indent:] == text


# -- on the page


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    services = tuple(RunningService(name, "cyan", "http://127.0.0.1:8001/") for name in THREE)
    return create_app(Settings(services, 8000)).test_client()


@pytest.fixture(scope="module")
def page(client: FlaskClient) -> str:
    return client.get("/", headers={"Host": "localhost:8000"}).text


def text_of(html: str) -> str:
    """Return the text of the page, with one line for each line of code."""
    return unescape(re.sub(r"<[^>]*>", "", html.replace('<span class="line ', '\n<span class="line ')))


@pytest.mark.parametrize("entry", rosetta_entries(), ids=named)
def test_the_page_shows_each_idea(entry: Entry, page: str) -> None:
    text = text_of(page)
    assert f'href="#{entry.idea.anchor}"' in page
    assert f'id="{entry.idea.anchor}"' in page
    for found in entry.code.values():
        assert all(excerpt.text.rstrip() in text and place(excerpt) in text for excerpt in found)


def test_code_that_is_not_installed(client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidebyside.page.rosetta.rosetta_entries", lambda guests: rosetta_entries(guests, tmp_path))
    assert "which is not installed" in client.get("/", headers={"Host": "localhost:8000"}).text

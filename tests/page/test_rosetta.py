"""The Rosetta table: every idea has code in each of the three, no mark is unused, and what is shown is the source."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from sidebyside.page.application import create_app
from sidebyside.page.ideas import IDEAS, SOURCES
from sidebyside.page.kept import ROOT
from sidebyside.page.regions import Region, regions
from sidebyside.page.rosetta import Entry, entries
from sidebyside.page.settings import Settings, Target

THREE = ("raw", "flask", "django")
FILES = [file for files in SOURCES.values() for file in files]
REGIONS = [region for file in FILES for region in regions(file, ROOT)]
MARK = re.compile(r"( *# rosetta: [\w ,]+)?\n")


def named(entry: Entry) -> str:
    return entry.idea.name


def place(region: Region) -> str:
    return f"{region.file}:{region.line}"


def marked() -> Iterator[str]:
    """Yield every module of ours that bears a mark, by its place below the root."""
    packages = [folder for folder in ROOT.iterdir() if (folder / "__init__.py").exists()]
    for file in (file for folder in packages for file in folder.rglob("*.py")):
        if "# rosetta: " in file.read_text():
            yield file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("entry", entries(), ids=named)
@pytest.mark.parametrize("name", THREE)
def test_every_idea_has_code_in_each_of_the_three(entry: Entry, name: str) -> None:
    assert entry.code[name]
    assert all(region.code.strip() for region in entry.code[name])


@pytest.mark.parametrize("entry", entries(), ids=named)
def test_what_is_shared_is_introduced(entry: Entry) -> None:
    assert bool(entry.code["shared"]) is bool(entry.idea.shared)
    assert set(entry.idea.notes) <= set(THREE)


def test_no_mark_is_unused() -> None:
    names = {idea.name for idea in IDEAS}
    unused = {place(region) for region in REGIONS if not set(region.ideas) <= names}
    elsewhere = [place(region) for file in marked() if file not in FILES for region in regions(file, ROOT)]
    assert (unused, elsewhere) == (set(), [])


def test_every_file_named_has_a_mark() -> None:
    assert {region.file for region in REGIONS} == set(FILES)


def test_every_region_is_there_once() -> None:
    assert len(REGIONS) == len({(region.file, region.line, region.code) for region in REGIONS})


@pytest.mark.parametrize("region", REGIONS, ids=place)
def test_what_is_shown_is_the_source(region: Region) -> None:
    """All but the indentation and the marks."""
    lines = (ROOT / region.file).read_text().splitlines(keepends=True)[region.line - 1 :]
    shown = region.code.splitlines()
    indent = len(lines[0]) - len(lines[0].lstrip())
    for line, code in zip(lines, shown, strict=False):
        assert line[indent:].startswith(code) or not line.strip()
        assert MARK.fullmatch(line[indent:], len(code)) or not line.strip()


# -- on the page


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    targets = tuple(Target(name, "cyan", "http://127.0.0.1:8001/") for name in THREE)
    return create_app(Settings(targets, 8000)).test_client()


@pytest.fixture(scope="module")
def page(client: FlaskClient) -> str:
    return client.get("/", headers={"Host": "localhost:8000"}).text


def text_of(html: str) -> str:
    """Return what is read of the page, each line of code as a line."""
    return unescape(re.sub(r"<[^>]*>", "", html.replace('<span class="line ', '\n<span class="line ')))


@pytest.mark.parametrize("entry", entries(), ids=named)
def test_the_page_shows_it(entry: Entry, page: str) -> None:
    text = text_of(page)
    assert f'href="#{entry.anchor}"' in page
    assert f'id="{entry.anchor}"' in page
    for found in entry.code.values():
        assert all(region.code.rstrip() in text and place(region) in text for region in found)


def test_what_is_not_installed_is_said(client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidebyside.page.rosetta.entries", lambda: entries(tmp_path))
    assert "which is not installed" in client.get("/", headers={"Host": "localhost:8000"}).text

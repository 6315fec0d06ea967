"""What is shown is the source as it stood at the start, and an edit since then is told of."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from sidebyside.page import kept
from sidebyside.page.kept import Kept
from sidebyside.page.source import lines_around


@pytest.fixture
def routes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of routes in a project of its own, kept."""
    monkeypatch.setattr(kept, "ROOT", tmp_path)
    monkeypatch.setattr(kept, "KEPT", Kept())
    file = tmp_path / kept.PACKAGES[0] / "urls.py"
    file.parent.mkdir()
    file.write_text("one\ntwo\nthree\n")
    kept.keep_all()
    return file


def edit(file: Path) -> None:
    file.write_text("new\none\ntwo\nthree\n")


def test_lines_are_those_of_the_start(routes: Path) -> None:
    edit(routes)
    assert lines_around(str(routes), 2, 0).text == "two\n"


def edit_in_latin_1(file: Path) -> None:
    file.write_bytes(b"# \xe9t\xe9\n")


@pytest.mark.parametrize("change", [edit, edit_in_latin_1, Path.unlink], ids=["edited", "no UTF-8", "gone"])
def test_a_file_that_has_changed_is_named(routes: Path, change: Callable[[Path], None], client: FlaskClient) -> None:
    assert kept.changed() == []
    change(routes)
    assert kept.changed() == ["raw_router/urls.py"]
    said = "raw_router/urls.py has changed since the start"
    assert said in client.get("/").text
    assert said in client.post("/send", json={}).text


def test_an_edit_that_is_undone_is_none(routes: Path) -> None:
    text = routes.read_text()
    edit(routes)
    routes.write_text(text)
    assert kept.changed() == []


def test_nothing_is_said_where_nothing_has_changed(client: FlaskClient) -> None:
    assert "has changed since" not in client.post("/send", json={}).text

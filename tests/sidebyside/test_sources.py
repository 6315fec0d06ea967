"""The sources on disk: what has changed between two looks, and which servers depend on it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sidebyside.sources import changed, concerns, fingerprint, look

FILE = "flask_app/__init__.py"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (FILE, "shared_views/templates/page.html", "elsewhere/a.py"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("1")
    return tmp_path


def compiled(folder: Path) -> None:
    (folder / "flask_app" / "__pycache__").mkdir()
    (folder / "flask_app" / "__pycache__" / "a.pyc").write_text("2")


@pytest.mark.parametrize(
    ("change", "files"),
    [
        (lambda folder: (folder / FILE).write_text("2"), [FILE]),
        (lambda folder: (folder / FILE).unlink(), [FILE]),
        (lambda folder: (folder / "raw_router").mkdir(), []),
        (lambda folder: (folder / "shared_views/new.css").write_text("2"), ["shared_views/new.css"]),
        (lambda folder: (folder / "elsewhere/a.py").write_text("22"), []),
        (compiled, []),
    ],
    ids=["written", "removed", "empty folder", "added", "elsewhere", "what Python writes"],
)
def test_what_has_changed(folder: Path, change: Callable[[Path], object], files: list[str]) -> None:
    before = look(str(folder))
    assert changed(before, look(str(folder))) == []
    change(folder)
    after = look(str(folder))
    assert changed(before, after) == files
    assert (fingerprint(before) != fingerprint(after)) is bool(files)


@pytest.mark.parametrize(
    ("file", "routes", "is_concerned"),
    [
        ("flask_app/application.py", "flask_app/__init__.py", True),
        ("flask_app/application.py", "django_project/urls.py", False),
        ("shared_views/templates/time.html", "django_project/urls.py", True),
        ("raw_router/urls.py", "guests/bottle.py", True),
        ("raw_router/urls.py", "sidebyside/page", False),
    ],
    ids=["own", "of another", "shared", "server", "the page"],
)
def test_which_servers_depend_on_a_file(file: str, routes: str, is_concerned: bool) -> None:
    assert concerns(file, routes) is is_concerned

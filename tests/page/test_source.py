"""Excerpts come from the sources as they were when the page started, and names find them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from sidebyside.page import source
from sidebyside.page.source import Excerpt, Snapshot, excerpt_around, excerpt_named


@pytest.fixture
def routes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source file in the snapshot of a project of its own."""
    monkeypatch.setattr(source, "ROOT", tmp_path)
    monkeypatch.setattr(source, "SNAPSHOT", Snapshot())
    file = tmp_path / source.PACKAGES[0] / "urls.py"
    file.parent.mkdir()
    file.write_text("one\ntwo\nthree\n")
    source.take_snapshot()
    return file


def edit(file: Path) -> None:
    file.write_text("new\none\ntwo\nthree\n")


def test_excerpts_do_not_change_with_the_file(routes: Path) -> None:
    edit(routes)
    assert excerpt_around(str(routes), 2, 0).text == "two\n"


def edit_in_latin_1(file: Path) -> None:
    file.write_bytes(b"# \xe9t\xe9\n")


@pytest.mark.parametrize("change", [edit, edit_in_latin_1, Path.unlink], ids=["edited", "not UTF-8", "deleted"])
def test_a_changed_file_is_reported(routes: Path, change: Callable[[Path], None], client: FlaskClient) -> None:
    assert source.changed_files() == []
    change(routes)
    assert source.changed_files() == ["raw_router/urls.py"]
    sentence = "raw_router/urls.py has changed since the page started"
    assert sentence in client.get("/").text
    assert sentence in client.post("/send", json={}).text


def test_an_edit_that_is_undone_is_not_reported(routes: Path) -> None:
    text = routes.read_text()
    edit(routes)
    routes.write_text(text)
    assert source.changed_files() == []


def test_an_unchanged_source_is_not_reported(client: FlaskClient) -> None:
    assert "has changed since" not in client.post("/send", json={}).text


# -- excerpts by name


def find(text: str, reference: str, folder: Path) -> Excerpt | None:
    (folder / "module.py").write_text(text)
    return excerpt_named(f"module:{reference}", folder)


@pytest.mark.parametrize(
    ("text", "reference", "line", "code"),
    [
        ("a = 1\nb = 2\n", "b", 2, "b = 2\n"),
        ("a: int = 1", "a", 1, "a: int = 1"),
        ("def f():\n    return 1\n\n\na = 1\n", "f", 1, "def f():\n    return 1\n"),
        ("async def f():\n    return 1\n", "f", 1, "async def f():\n    return 1\n"),
        ("@a\n@b\ndef f():\n    return 1\n", "f", 1, "@a\n@b\ndef f():\n    return 1\n"),
        ("class C:\n    def f(self):\n        return 1\n", "C.f", 2, "def f(self):\n    return 1\n"),
        ("def f():\n    @a\n    def g(): ...\n", "f.g", 2, "@a\ndef g(): ...\n"),
        ("a()\nregister(a)\n", "register", 2, "register(a)\n"),
        ('if __name__ == "__main__":\n    a()\n', "__main__", 1, 'if __name__ == "__main__":\n    a()\n'),
        ("def f():\n    if a is B:\n        c()\n    d()\n", "f[B]", 2, "if a is B:\n    c()\n"),
        ("def f():\n    if a:\n        return b.c()\n", "f[c]", 3, "return b.c()\n"),
        ("def f():\n    try:\n        a()\n    except B:\n        c()\n", "f[B]", 4, "except B:\n    c()\n"),
        ('A = {\n    "/a": b,\n    "/c": d,\n}\n', "A[/c]", 3, '"/c": d,\n'),
        ('A = {\n    **b,\n    "/c": [\n        d,\n    ],\n}\n', "A[/c]", 3, '"/c": [\n    d,\n],\n'),
        ('a = [\n    path("b"),\n    path("c"),\n]\n', "a[c]", 3, 'path("c"),\n'),
    ],
    ids=[
        "assignment",
        "annotated",
        "function",
        "coroutine",
        "decorated",
        "method",
        "nested",
        "call",
        "main",
        "statement",
        "innermost",
        "except",
        "dict",
        "dict of lists",
        "list",
    ],
)
def test_a_name_finds_its_source(text: str, reference: str, line: int, code: str, tmp_path: Path) -> None:
    assert find(text, reference, tmp_path) == Excerpt("module.py", line, code)


@pytest.mark.parametrize("reference", ["b", "f.g", "f[c]", "a.b", "f[", "f g"])
def test_a_name_that_the_source_does_not_have(reference: str, tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="module:"):
        find("a = 1\ndef f():\n    return 1\n", reference, tmp_path)


def test_a_package_is_its_init(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("a = 1\n")
    assert excerpt_named("package:a", tmp_path) == Excerpt("package/__init__.py", 1, "a = 1\n")


def test_a_module_that_is_not_installed(tmp_path: Path) -> None:
    assert excerpt_named("missing:a", tmp_path) is None

"""Regions of a source: what a mark stands for, and what is left of it where it is shown."""

from pathlib import Path

import pytest

from sidebyside.page.regions import Region, regions


def read(source: str, folder: Path) -> list[Region]:
    (folder / "source.py").write_text(source)
    return list(regions("source.py", folder))


@pytest.mark.parametrize(
    ("source", "line", "code"),
    [
        ("a = 1\nb = 2  # rosetta: idea\nc = 3\n", 2, "b = 2\n"),
        ("def f():  # rosetta: idea\n    return 1\n\n\na = 1\n", 1, "def f():\n    return 1\n"),
        ("@a  # rosetta: idea\n@b\ndef f():\n    return 1\n", 1, "@a\n@b\ndef f():\n    return 1\n"),
        ("@a\n@b\ndef f():  # rosetta: idea\n    return 1\n", 1, "@a\n@b\ndef f():\n    return 1\n"),
        ("class C:\n    def f(self):  # rosetta: idea\n        return 1\n", 2, "def f(self):\n    return 1\n"),
        ("if a:  # rosetta: idea\n    b()\nelse:\n    c()\n", 1, "if a:\n    b()\nelse:\n    c()\n"),
        ("try:\n    a()\nexcept B:  # rosetta: idea\n    c()\n", 3, "except B:\n    c()\n"),
        ("A = {\n    1: 2,  # rosetta: idea\n    3: 4,\n}\n", 2, "1: 2,\n"),
        ("A = {  # rosetta: idea\n    1: 2,\n}\n", 1, "A = {\n    1: 2,\n}\n"),
        ("a = 1  # rosetta: idea", 1, "a = 1"),
    ],
    ids=["line", "function", "decorator", "decorated", "method", "if", "except", "entry", "dict", "no last newline"],
)
def test_what_a_mark_stands_for(source: str, line: int, code: str, tmp_path: Path) -> None:
    assert read(source, tmp_path) == [Region(("idea",), "source.py", line, code)]


def test_a_mark_may_name_several_ideas(tmp_path: Path) -> None:
    [region] = read("a = 1  # rosetta: one idea, another\n", tmp_path)
    assert region.ideas == ("one idea", "another")


def test_a_region_within_another_leaves_no_mark(tmp_path: Path) -> None:
    outer, inner = read("def f():  # rosetta: a\n    return 1  # why  # rosetta: b\n", tmp_path)
    assert (outer.code, inner.code) == ("def f():\n    return 1  # why\n", "return 1  # why\n")


def test_what_a_text_says_is_no_mark(tmp_path: Path) -> None:
    assert read('"""# rosetta: idea"""\n', tmp_path) == []


@pytest.mark.parametrize(
    ("source", "defines"),
    [("a = 1", False), ("def f(): ...", True), ("@a\nclass C: ...", True), ("class C: ...", True)],
)
def test_what_defines(source: str, defines: bool, tmp_path: Path) -> None:
    assert Region((), "", 1, source).defines is defines

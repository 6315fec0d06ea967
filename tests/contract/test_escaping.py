"""Escaping for a terminal: which characters become visible, and which stay as they are."""

import pytest

from http_contract.escaping import escape_bytes, escape_controls, escape_unprintable


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("plain café 日", "plain café 日"),
        ("a\tb\nc", "a\tb\nc"),
        ("\r\x00\x1b[2J\x7f\x9b", "\\x0d\\x00\\x1b[2J\\x7f\\x9b"),
    ],
    ids=["plain", "tab-and-line-feed", "controls"],
)
def test_escape_controls(text: str, escaped: str) -> None:
    assert escape_controls(text) == escaped


@pytest.mark.parametrize(
    ("text", "escaped"),
    [("plain café", "plain café"), ("new\nline é", "new\\nline \\xe9"), ("\udce9\u2028", "\\udce9\\u2028")],
    ids=["printable", "line-feed", "surrogate-and-separator"],
)
def test_escape_unprintable(text: str, escaped: str) -> None:
    assert escape_unprintable(text) == escaped


@pytest.mark.parametrize(
    ("data", "escaped"),
    [(b"GET / \\", "GET / \\\\"), (b"\r\n\t\x00\xff", "\\r\\n\\t\\x00\\xff")],
    ids=["printable", "others"],
)
def test_escape_bytes(data: bytes, escaped: str) -> None:
    assert escape_bytes(data) == escaped


def test_escape_bytes_returns_printable_ascii() -> None:
    assert escape_bytes(bytes(range(256))).isascii()
    assert escape_bytes(bytes(range(256))).isprintable()

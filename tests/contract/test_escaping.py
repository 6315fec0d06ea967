"""Escaping for a terminal: which characters become visible, and which stay as they are."""

import time

import pytest

from http_contract.escaping import escape_bytes, escape_controls, escape_formulas, escape_unprintable


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("plain café 日", "plain café 日"),
        ("a\tb\nc", "a\tb\nc"),
        ("\r\x00\x1b[2J\x7f\x9b", "\\x0d\\x00\\x1b[2J\\x7f\\x9b"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("a\u202eb\u2066\U000e0041", "a\\u202eb\\u2066\\U000e0041"),
        ("::error::no\n \t::add-mask::x", "\\x3a:error::no\n \t\\x3a:add-mask::x"),
        ("a ::error:: b\n::1", "a ::error:: b\n::1"),
        ("a ##[error]b ##vso[task] # ##", "a \\x23#[error]b \\x23#vso[task] # ##"),
    ],
    ids=[
        *(
            "plain",
            "tab-and-line-feed",
            "controls",
            "title",
            "directions",
            "github",
            "no-command",
            "azure",
        ),
    ],
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
    ("text", "escaped"),
    [
        ("a-1; b", "a-1; b"),
        ("=1", "'=1"),
        (" \uff1d1", "' \uff1d1"),
        ("a;=1, -2", "a;'=1,' -2"),
        ("\t@A", "'\\t'@A"),
        ("::error::x", "\\x3a:error::x"),
    ],
    ids=["none", "sign", "full-width", "other-separators", "tab", "command"],
)
def test_escape_formulas(text: str, escaped: str) -> None:
    assert escape_formulas(text) == escaped


@pytest.mark.parametrize("part", ["::a", "\n::", " ", "\t", "; ", "##[", "\u202e"])
def test_long_texts_take_time_in_proportion(part: str) -> None:
    def seconds(times: int) -> float:
        began = time.process_time()
        for escape in (escape_controls, escape_formulas):
            escape(part * times)
        return time.process_time() - began

    assert min(seconds(80_000) for _ in range(3)) < 20 * min(seconds(10_000) for _ in range(3)) + 0.01


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

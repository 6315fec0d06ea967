"""Response bodies as lines: JSON, HTML, other text and binary content."""

import time

import pytest

from http_contract.http.response import FieldLine, Response
from sidebyside.compare.body import dump, exact_view, html_text, readable_view, source_view
from sidebyside.compare.hexdump import format_size, hexdump, visible_lines

DEEP = "[" * 100_000
BINARY = bytes(range(256))


def response(media_type: str, body: bytes) -> Response:
    return Response(fields=(FieldLine("Content-Type", media_type, 0),), body=body)


@pytest.mark.parametrize(
    ("media_type", "body", "lines"),
    [
        ("application/json", b'{"b": [1], "a": "\xc3\xa9"}', ["{", '  "b": [', "    1", "  ],", '  "a": "é"', "}"]),
        ("application/problem+json; charset=utf-8", b"{}", ["{}"]),
        ("application/json", b"{oops\n", ["{oops"]),
        ("application/json", DEEP.encode(), [DEEP]),
        (
            "text/html; charset=utf-8",
            b"<p>One <b>line</b>,\n  &lt;\xc3\xa9&gt;<p>another",
            ["One line, <é>", "another"],
        ),
        ("text/html", b"<tr><th>Host</th><td>a:1</td></tr><tr><td>x", ["Host a:1", "x"]),
        ("text/html", b"<style>p {}</style><script>1 < 2</script>seen<br>below", ["seen", "below"]),
        ("text/html", b"</script>seen", ["seen"]),
        ("text/html", b"<![bad[ x", ["<![bad[ x"]),
        ("text/html", b"a<!-- > --><?x?>b<br/>c < d &bogus;", ["ab", "c < d &bogus;"]),
        ("text/html", b"<p title='<b>'>a<SCRIPT>x</b></Script >b</p>", ["a", "b"]),
        ("text/html", b"a<template>b<p>c</template>d<style>e", ["a", "d"]),
        ("text/html", b"a<p title='b>c", ["a<p title='b>c"]),
        ("text/html", b"a&#" + b"9" * 5000 + b";", ["a&#" + "9" * 5000 + ";"]),
        ("text/plain", b"a\r\n\n<b>", ["a", "", "<b>"]),
        ("", b"a", ["a"]),
        ("text/html", b"", []),
        ("image/png", b"\x89PNG", ["4 bytes, SHA-256 0f4636c78f65d363", "89504e47         .PNG"]),
        ("text/plain", b"a\0b", ["3 bytes, SHA-256 59b271ae1bbcb1d3", "610062           a.b"]),
    ],
    ids=[
        "JSON",
        "problem details",
        "invalid JSON",
        "deep JSON",
        "HTML",
        "table",
        "invisible text",
        "end tag alone",
        "unknown declaration",
        "comments",
        "quotes and capitals",
        "template",
        "unfinished tag",
        "too long a number",
        "text",
        "no media type",
        "empty",
        "binary",
        "NUL",
    ],
)
def test_readable_view(media_type: str, body: bytes, lines: list[str]) -> None:
    assert readable_view(response(media_type, body), 0) == lines


@pytest.mark.parametrize(
    "part",
    [
        *("<!--", "<a ", "<", "<a b='", "<a b='>", "</", "</a", "&", "&#", "<![CDATA[", "<!", "<?", "<script>"),
        *("<script></script", "<style>x</", "<template>", '<a b="c" ', "<a b='\">"),
    ],
)
def test_html_takes_time_in_proportion(part: str) -> None:
    def seconds(times: int) -> float:
        began = time.process_time()
        html_text(part * times)
        return time.process_time() - began

    assert min(seconds(40_000) for _ in range(3)) < 20 * min(seconds(5_000) for _ in range(3)) + 0.01


def test_source_view_keeps_the_markup() -> None:
    assert source_view(response("text/html", b"<p>a\n<p>b"), 0) == ["<p>a", "<p>b"]
    assert source_view(response("text/html", b"\xff"), 0)[1:] == ["ff               ."]


def test_exact_view_keeps_every_byte() -> None:
    assert exact_view(response("text/html", b"a\r\nb \n\xff"), 0) == [r"a\r\n", r"b \n", r"\xff"]


@pytest.mark.parametrize(
    ("offset", "first", "last"),
    [
        (0, "0001020304050607 ........", "..."),
        (100, "from byte 88:", "..."),
        (255, "from byte 240:", "f8f9fafbfcfdfeff ........"),
    ],
    ids=["beginning", "middle", "end"],
)
def test_a_dump_shows_the_bytes_around_an_offset(offset: int, first: str, last: str) -> None:
    lines = dump(BINARY, offset)
    assert lines[0] == "256 bytes, SHA-256 40aff2e9d2d8922e"
    assert (lines[1], lines[-1]) == (first, last)
    assert len(lines) <= 9


# -- bytes as text


@pytest.mark.parametrize(("number", "text"), [(0, "0 bytes"), (1, "1 byte"), (1234, "1,234 bytes")])
def test_format_size(number: int, text: str) -> None:
    assert format_size(number) == text


def test_visible_lines() -> None:
    assert visible_lines(b"a\r\n\0b\nc", 6) == "a\\r\\n\n\\x00b\\n\n... 1 byte more"


def test_hexdump() -> None:
    assert hexdump(b"abcdefgh\n\xff", 16).splitlines() == [
        "0000  61 62 63 64 65 66 67 68  abcdefgh",
        "0008  0a ff                    ..",
    ]
    assert hexdump(b"a" * 10, 8).splitlines()[1] == "... 2 bytes more"

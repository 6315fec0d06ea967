"""Bodies as lines: what is shown of JSON, HTML, text and binary content."""

import pytest

from http_contract.http.response import FieldLine, Response
from sidebyside.compare.bodies import dump, exact, first_difference, readable, written

DEEP = "[" * 100_000
BINARY = bytes(range(256))


def answer(media_type: str, body: bytes) -> Response:
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
        ("text/plain", b"a\r\n\n<b>", ["a", "", "<b>"]),
        ("", b"a", ["a"]),
        ("text/html", b"", []),
        ("image/png", b"\x89PNG", ["4 bytes, SHA-256 0f4636c78f65d363", "89504e47         .PNG"]),
        ("text/plain", b"a\0b", ["3 bytes, SHA-256 59b271ae1bbcb1d3", "610062           a.b"]),
    ],
    ids=[
        "JSON",
        "problem details",
        "no JSON",
        "deep JSON",
        "HTML",
        "table",
        "what a page does not show",
        "end without beginning",
        "no declaration",
        "text",
        "no media type",
        "nothing",
        "binary",
        "NUL",
    ],
)
def test_readable(media_type: str, body: bytes, lines: list[str]) -> None:
    assert readable(answer(media_type, body), 0) == lines


def test_written_keeps_the_markup() -> None:
    assert written(answer("text/html", b"<p>a\n<p>b"), 0) == ["<p>a", "<p>b"]
    assert written(answer("text/html", b"\xff"), 0)[1:] == ["ff               ."]


def test_exact_keeps_every_octet() -> None:
    assert exact(answer("text/html", b"a\r\nb \n\xff"), 0) == [r"a\r\n", r"b \n", r"\xff"]


@pytest.mark.parametrize(
    ("place", "first", "last"),
    [
        (0, "0001020304050607 ........", "..."),
        (100, "from byte 88:", "..."),
        (255, "from byte 240:", "f8f9fafbfcfdfeff ........"),
    ],
    ids=["beginning", "middle", "end"],
)
def test_a_dump_shows_what_is_around_a_place(place: int, first: str, last: str) -> None:
    lines = dump(BINARY, place)
    assert lines[0] == "256 bytes, SHA-256 40aff2e9d2d8922e"
    assert (lines[1], lines[-1]) == (first, last)
    assert len(lines) <= 9


@pytest.mark.parametrize(
    ("bodies", "place"),
    [([b"abc", b"abd"], 2), ([b"abc", b"abc", b"ab"], 2), ([b"", b"a"], 0), ([b"a", b"a"], 0)],
    ids=["one octet", "shorter", "empty", "the same"],
)
def test_first_difference(bodies: list[bytes], place: int) -> None:
    assert first_difference(bodies) == place

"""Response bodies as lines of text: JSON indented, HTML as its text, other text unchanged, binary content as a dump."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from html.parser import HTMLParser
from typing import TypeAlias

from http_contract.escaping import escape_bytes
from http_contract.http.response import Response
from sidebyside.compare.hexdump import WIDTH, hex_line

BodyView: TypeAlias = Callable[[Response, int], list[str]]
"""A function that returns the lines of a response's body; of binary content, it shows the part around an offset."""

DUMP_LINES = 6
DIGITS = 16  # of a SHA-256
INLINE = re.compile("a|abbr|b|bdi|bdo|cite|code|data|em|i|kbd|mark|q|s|samp|small|span|strong|sub|sup|time|u|var")
CELLS = frozenset({"td", "th"})  # the cells of a row share one line
INVISIBLE = frozenset({"script", "style", "template"})
JSON = re.compile(r"(?i)application/([\w.-]+\+)?json[ \t]*(;.*)?")
HTML = re.compile(r"(?i)(text/html|application/xhtml\+xml)[ \t]*(;.*)?")


def readable_view(response: Response, offset: int) -> list[str]:
    """Return the body in the form that is easiest to read for its media type."""
    text = decode(response.body)
    if text is None:
        return dump(response.body, offset)
    media_type = response.get("Content-Type") or ""
    if JSON.fullmatch(media_type):
        return indent_json(text)
    return html_text(text) if HTML.fullmatch(media_type) else text.splitlines()


def source_view(response: Response, offset: int) -> list[str]:
    """Return text as the server sent it, with its markup."""
    text = decode(response.body)
    return dump(response.body, offset) if text is None else text.splitlines()


def exact_view(response: Response, offset: int) -> list[str]:
    """Return every byte, line ends included."""
    return [escape_bytes(line) for line in response.body.splitlines(keepends=True)]


VIEWS: tuple[BodyView, ...] = (readable_view, source_view, exact_view)
"""The first view is the easiest to read; each later view hides less."""


def decode(body: bytes) -> str | None:
    """Return the body as text, or None if it is binary."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def indent_json(text: str) -> list[str]:
    """Return indented JSON with its members in their order; text that is not valid JSON is not changed."""
    with suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    return text.splitlines()


def html_text(text: str) -> list[str]:
    """Return the visible text of an HTML page, one line for each block; text that cannot be parsed is not changed."""
    collector = _TextCollector()
    try:
        collector.feed(text)
        collector.close()
    except AssertionError:  # html.parser does not support the declaration
        return text.splitlines()
    lines = (" ".join(line.split()) for line in "".join(collector.texts).split("\0"))
    return [line for line in lines if line]


class _TextCollector(HTMLParser):
    """Collects the visible text, with a NUL where a block begins or ends."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._invisible = 0

    def handle_starttag(self, tag: str, attributes: object) -> None:
        self._invisible += tag in INVISIBLE
        self._separate(tag)

    def handle_endtag(self, tag: str) -> None:
        self._invisible = max(0, self._invisible - (tag in INVISIBLE))
        self._separate(tag)

    def handle_data(self, data: str) -> None:
        if not self._invisible:
            self.texts.append(data)

    def _separate(self, tag: str) -> None:
        self.texts.append("" if INLINE.fullmatch(tag) else " " if tag in CELLS else "\0")


def dump(body: bytes, offset: int) -> list[str]:
    """Return the size, the first digits of the SHA-256, and a hex dump of the bytes around an offset."""
    start = max(0, offset // WIDTH - 1) * WIDTH
    end = min(len(body), start + DUMP_LINES * WIDTH)
    lines = [f"{len(body):,} bytes, SHA-256 {sha256(body).hexdigest()[:DIGITS]}"]
    lines += [f"from byte {start}:"] if start else []
    lines += [hex_line(body[at : min(end, at + WIDTH)], separator="") for at in range(start, end, WIDTH)]
    return [*lines, *(["..."] if end < len(body) else [])]

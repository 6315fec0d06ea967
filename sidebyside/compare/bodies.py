"""A body as lines to look at: JSON indented, HTML as the text that it shows, other text as it is, binary as a dump."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from html.parser import HTMLParser
from itertools import zip_longest
from typing import TypeAlias

from http_contract.escaping import escape_bytes
from http_contract.http.response import Response

View: TypeAlias = Callable[[Response, int], list[str]]
"""Makes lines of an answer's body; of binary content it shows what is around an offset."""

WIDTH = 8  # octets in a line of a dump
LINES = 6  # of a dump
DIGITS = 16  # of a SHA-256
INLINE = re.compile("a|abbr|b|bdi|bdo|cite|code|data|em|i|kbd|mark|q|s|samp|small|span|strong|sub|sup|time|u|var")
CELLS = frozenset({"td", "th"})  # of one line, a row
UNSEEN = frozenset({"script", "style", "template"})
JSON = re.compile(r"(?i)application/([\w.-]+\+)?json[ \t]*(;.*)?")
HTML = re.compile(r"(?i)(text/html|application/xhtml\+xml)[ \t]*(;.*)?")


def readable(answer: Response, place: int) -> list[str]:
    """Return the body as its media type is best read."""
    text = text_of(answer.body)
    if text is None:
        return dump(answer.body, place)
    media_type = answer.get("Content-Type") or ""
    if JSON.fullmatch(media_type):
        return indented(text)
    return shown(text) if HTML.fullmatch(media_type) else text.splitlines()


def written(answer: Response, place: int) -> list[str]:
    """Return text as it is written, markup and all."""
    text = text_of(answer.body)
    return dump(answer.body, place) if text is None else text.splitlines()


def exact(answer: Response, place: int) -> list[str]:
    """Return every octet, ends of lines too."""
    return [escape_bytes(line) for line in answer.body.splitlines(keepends=True)]


VIEWS: tuple[View, ...] = (readable, written, exact)
"""The best to read comes first; those after it hide less."""


def text_of(body: bytes) -> str | None:
    """Return the body as text, None where it is binary."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def indented(text: str) -> list[str]:
    """Return JSON, its members in their order; what is none stays as it is."""
    with suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    return text.splitlines()


def shown(text: str) -> list[str]:
    """Return the text that a page shows, a line a block; what cannot be read stays as it is."""
    reader = _Reader()
    try:
        reader.feed(text)
        reader.close()
    except AssertionError:  # of a declaration that the parser does not know
        return text.splitlines()
    lines = (" ".join(line.split()) for line in "".join(reader.texts).split("\0"))
    return [line for line in lines if line]


class _Reader(HTMLParser):
    """Collects text, with a NUL wherever a block begins or ends."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attributes: object) -> None:
        self._unseen += tag in UNSEEN
        self._end_line(tag)

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in UNSEEN))
        self._end_line(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.texts.append(data)

    def _end_line(self, tag: str) -> None:
        self.texts.append("" if INLINE.fullmatch(tag) else " " if tag in CELLS else "\0")


def dump(body: bytes, place: int) -> list[str]:
    """Return the size, the beginning of the SHA-256, and the octets around a place."""
    start = max(0, place // WIDTH - 1) * WIDTH
    end = min(len(body), start + LINES * WIDTH)
    lines = [f"{len(body):,} bytes, SHA-256 {sha256(body).hexdigest()[:DIGITS]}"]
    lines += [f"from byte {start}:"] if start else []
    lines += [_dumped(body[at : min(end, at + WIDTH)]) for at in range(start, end, WIDTH)]
    return [*lines, *(["..."] if end < len(body) else [])]


def _dumped(octets: bytes) -> str:
    shown = "".join(chr(octet) if 0x20 < octet < 0x7F else "." for octet in octets)
    return f"{octets.hex():<{2 * WIDTH}} {shown}"


def first_difference(bodies: list[bytes]) -> int:
    """Return the offset of the first octet that is not in all of them."""
    for place, octets in enumerate(zip_longest(*bodies)):
        if len(set(octets)) > 1:
            return place
    return 0

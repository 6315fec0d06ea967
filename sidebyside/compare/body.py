"""Response bodies as lines of text: JSON indented, HTML as its text, other text unchanged, binary content as a dump."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from html import unescape
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
RAW_ENDS = {name: re.compile(rf"(?i)</{name}(?=[\s/>])") for name in ("script", "style")}  # in them, < is text
MARKUP = re.compile(r"<(?=[a-zA-Z!?]|/[a-zA-Z])")
TAG = re.compile(  # each character fits in one way only, so a tag without an end takes time in proportion to its length
    r"""<(?P<slash>/?)(?P<name>[a-zA-Z][^\s/>]*)(?=[\s/>])[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>""",
)
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
    """Return the visible text of an HTML page, one line for each block; text with an unfinished tag is not changed."""
    try:
        lines = (" ".join(line.split()) for line in "".join(visible_pieces(text)).split("\0"))
        return [line for line in lines if line]
    except UnfinishedTag:
        return text.splitlines()


class UnfinishedTag(ValueError):
    """A tag, a comment or a declaration has no end."""


def visible_pieces(text: str) -> Iterator[str]:
    """Yield the visible text of an HTML page, with a NUL where a block begins or ends.

    Each character is looked at a fixed number of times, whatever a hostile server sends. `html.parser` takes time by
    the square of a page's length.
    """
    position = invisible = 0
    while found := MARKUP.search(text, position):
        yield "" if invisible else unescaped(text[position : found.start()])
        name, is_end, position = read_markup(text, found.start())
        invisible = max(0, invisible + (0 if name not in INVISIBLE else -1 if is_end else 1))
        yield separator(name) if name else ""
        if name in RAW_ENDS and not is_end:
            end = RAW_ENDS[name].search(text, position)
            position = end.start() if end else len(text)
    yield "" if invisible else unescaped(text[position:])


def read_markup(text: str, start: int) -> tuple[str, bool, int]:
    """Return the name of the tag that starts here, whether it is an end tag, and the position after it.

    The name is empty for comments and declarations. UnfinishedTag where there is no end.
    """
    if tag := TAG.match(text, start):
        return tag["name"].lower(), bool(tag["slash"]), tag.end()
    is_comment = text.startswith("<!--", start)
    end = -1 if text[start + 1].isalpha() else text.find("-->" if is_comment else ">", start)
    if end < 0:
        raise UnfinishedTag
    return "", False, end + (3 if is_comment else 1)


def separator(name: str) -> str:
    return "" if INLINE.fullmatch(name) else " " if name in CELLS else "\0"


def unescaped(text: str) -> str:
    """Return text with characters for references such as `&lt;`; a number that is too long stays as it is."""
    try:
        return unescape(text)
    except ValueError:
        return text


def dump(body: bytes, offset: int) -> list[str]:
    """Return the size, the first digits of the SHA-256, and a hex dump of the bytes around an offset."""
    start = max(0, offset // WIDTH - 1) * WIDTH
    end = min(len(body), start + DUMP_LINES * WIDTH)
    lines = [f"{len(body):,} bytes, SHA-256 {sha256(body).hexdigest()[:DIGITS]}"]
    lines += [f"from byte {start}:"] if start else []
    lines += [hex_line(body[at : min(end, at + WIDTH)], separator="") for at in range(start, end, WIDTH)]
    return [*lines, *(["..."] if end < len(body) else [])]

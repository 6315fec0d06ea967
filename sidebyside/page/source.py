"""Pieces of our own source, as they stood when the page started: where they are, and highlighted."""

import inspect
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from textwrap import dedent
from types import CodeType
from typing import Any

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from sidebyside.page.kept import ROOT, text_of

LEXER = PythonLexer(stripnl=False)
MARK = re.compile(r" *# rosetta: (?P<ideas>.+)$", re.MULTILINE)  # it may follow another comment
PLAIN = re.compile(r'<span class="(?:n|nn|o|p|w)">([^<]*)</span>')  # names and such, which have no colour: most tokens
LINE = Markup('<span class="{} in{}" data-line="{}">{}</span>')
INDENT = 4  # columns
UNNUMBERED = Markup('<span class="line">{}</span>')


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a file, numbered as in the file; some of them are marked."""

    file: str  # "raw_router/urls.py"
    line: int
    text: str
    marked: tuple[int, ...] = ()
    name: str = ""  # of the function

    @property
    def html(self) -> Markup:
        """The lines without the marks that are for the Rosetta table."""
        return highlighted(MARK.sub("", self.text), self.line, self.marked)


@lru_cache(maxsize=512)
def highlighted(text: str, first: int = 1, marked: tuple[int, ...] = ()) -> Markup:
    """Return Python as HTML with classes alone, its lines numbered from `first`. Memoised, as most is shown again."""
    lines = enumerate(zip(_lines(text), map(depth, text.splitlines()), strict=False), first)
    return _code(
        LINE.format("marked" if number in marked else "line", deep, number, line) for number, (line, deep) in lines
    )


def highlighted_value(text: str) -> Markup:
    """Return a value as Python writes it, its lines without numbers."""
    return _code(UNNUMBERED.format(line) for line in _lines(text))


def _lines(text: str) -> list[Markup]:
    """Return the lines of a text, each complete in itself: no token's element goes on in the next."""
    lines = highlight(text, LEXER, HtmlFormatter(nowrap=True)).rstrip("\n").split("\n")
    return [Markup(PLAIN.sub(r"\1", line)) for line in lines]


def depth(line: str) -> int:
    """Return how deep a line is indented: where it is broken, it goes on deeper."""
    return (len(line) - len(line.lstrip())) // INDENT


def _code(lines: Iterable[Markup]) -> Markup:
    return Markup('<pre class="code"><code>{}</code></pre>').format(Markup("").join(lines))


def excerpt_of(thing: Any, marking: str = "") -> Excerpt:
    """Return the source of a function or of its code, decorators included; lines that hold `marking` are marked."""
    thing = inspect.unwrap(thing) if callable(thing) else thing
    code = thing if isinstance(thing, CodeType) else thing.__code__
    file, first = code.co_filename, code.co_firstlineno
    lines = inspect.getblock(text_of(file).splitlines(keepends=True)[first - 1 :])
    marked = [number for number, line in enumerate(lines, first) if marking and marking in line]
    return Excerpt(name_of(file), first, dedent("".join(lines)), tuple(marked), _name(code))


def lines_around(file: str, line: int, context: int = 1) -> Excerpt:
    """Return a line of a file, marked, with those beside it."""
    lines = text_of(file).splitlines(keepends=True)
    first = max(1, line - context)
    return Excerpt(name_of(file), first, dedent("".join(lines[first - 1 : line + context])), (line,))


def _name(code: CodeType) -> str:
    return str(code.co_qualname.rpartition("<locals>.")[2])


def name_of(file: str) -> str:
    """Return a file by its place from the folder that holds our packages."""
    path = Path(file).resolve()
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name

"""Pieces of our own source, as they stand in the file now: where they are, and highlighted."""

import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

ROOT = Path(__file__).resolve().parents[2]
LEXER = PythonLexer(stripnl=False)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a file; those that are marked are numbered as in the file."""

    file: str  # "raw_router/urls.py"
    line: int
    text: str
    marked: tuple[int, ...] = ()

    @property
    def html(self) -> Markup:
        return highlighted(self.text, self.line, self.marked)


def highlighted(text: str, first: int = 1, marked: Collection[int] = ()) -> Markup:
    """Return Python as HTML with classes alone, its lines numbered from `first`."""
    formatter = HtmlFormatter(
        cssclass="code",
        linenos="inline",
        linenostart=first,
        hl_lines=[number - first + 1 for number in marked],
        wrapcode=True,
    )
    return Markup(highlight(text, LEXER, formatter))


def excerpt_of(function: Callable[..., Any], marked: Collection[int] = ()) -> Excerpt:
    """Return the source of a function, its decorators included."""
    lines, first = inspect.getsourcelines(inspect.unwrap(function))
    file = inspect.getsourcefile(inspect.unwrap(function)) or ""
    return Excerpt(name_of(file), first, inspect.cleandoc("\n" + "".join(lines)) + "\n", tuple(marked))


def name_of(file: str) -> str:
    """Return a file by its place from the folder that holds our packages."""
    path = Path(file).resolve()
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name

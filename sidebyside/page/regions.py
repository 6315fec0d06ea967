"""Regions of the sources, each marked by a comment on its first line: `# rosetta: header, form`.

The comment stands for the statement that begins on its line, decorators included; in the middle of a statement, as in a
dict of many lines, for its line alone. A region that serves several ideas names them all.
"""

import ast
import io
import textwrap
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from sidebyside.page.kept import text_of
from sidebyside.page.source import MARK, highlighted


@dataclass(frozen=True, slots=True)
class Region:
    """Lines of a source as they stand there, without their common indentation and the marks."""

    ideas: tuple[str, ...]
    file: str  # as it was named
    line: int  # of the first, counted from 1
    code: str

    @property
    def defines(self) -> bool:
        """Tell whether it is a whole function or class."""
        return self.code.startswith(("@", "def ", "class "))

    @property
    def html(self) -> Markup:
        return highlighted(self.code, self.line)


def regions(file: str, root: Path) -> Iterator[Region]:
    """Yield the regions of a file below root, in their order."""
    source = text_of(str(root / file))
    lines = source.splitlines(keepends=True)
    extents = dict(_extents(ast.parse(source)))
    for mark, ideas in _marks(source):
        first, last = extents.get(mark, (mark, mark))
        yield Region(ideas, file, first, _code("".join(lines[first - 1 : last])))


def _marks(source: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the line and the ideas of each mark; only comments are marks, and not what stands in a text."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and (match := MARK.search(token.string)):
            yield token.start[0], tuple(match["ideas"].split(", "))


def _extents(tree: ast.Module) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield the first and the last line of each statement, by the lines that a mark may stand on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt | ast.ExceptHandler):
            decorators = getattr(node, "decorator_list", [])
            first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
            for line in {node.lineno, first}:
                yield line, (first, node.end_lineno or node.lineno)


def _code(text: str) -> str:
    return textwrap.dedent(MARK.sub("", text))

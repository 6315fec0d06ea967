"""Excerpts of our own source, from a snapshot that was taken when the page started, as highlighted HTML."""

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from textwrap import dedent
from types import CodeType
from typing import Any, TypeAlias

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

PACKAGES = ("raw_router", "shared_views", "flask_app", "django_project", "guests")
"""The packages of the services."""

SUFFIXES = {".py", ".html"}
ROOT = Path(__file__).resolve().parents[2]
LEXER = PythonLexer(stripnl=False)
PLAIN = re.compile(r'<span class="(?:n|nn|o|p|w)">([^<]*)</span>')  # most tokens are names and such, without a colour
LINE = Markup('<span class="{} in{}" data-line="{}">{}</span>')
INDENT = 4  # columns
UNNUMBERED = Markup('<span class="line">{}</span>')
REFERENCE = re.compile(r"(?P<module>[\w.]+):(?P<name>[\w.]+)(?:\[(?P<part>.+)\])?")

Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Lines: TypeAlias = tuple[int, int]
"""The first and the last line of a piece of source, counted from 1."""


# -- the snapshot


class Snapshot:
    """The content of files when each was first read: the running services still behave like that content."""

    def __init__(self) -> None:
        self._contents: dict[Path, bytes] = {}

    def text(self, file: Path) -> str:
        if file not in self._contents:
            self._contents[file] = file.read_bytes()
        return self._contents[file].decode()

    def changed(self) -> list[Path]:
        """Return the files that have changed since, or that no longer exist."""
        return [file for file, content in self._contents.items() if _differs(file, content)]


def _differs(file: Path, content: bytes) -> bool:
    try:
        return file.read_bytes() != content
    except OSError:
        return True


SNAPSHOT = Snapshot()


def replace_snapshot(snapshot: Snapshot) -> Snapshot:
    """Take excerpts from another snapshot from now on, and return the earlier one."""
    global SNAPSHOT
    before, SNAPSHOT = SNAPSHOT, snapshot
    return before


def take_snapshot() -> None:
    """Read the sources of the services, before they can change."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*")):
            if file.suffix in SUFFIXES:
                SNAPSHOT.text(file)


def source_text(file: str) -> str:
    return SNAPSHOT.text(Path(file).resolve())


def changed_files() -> list[str]:
    """Return the source files that have changed since the page started, relative to the root folder."""
    return [file.relative_to(ROOT).as_posix() for file in SNAPSHOT.changed() if file.is_relative_to(ROOT)]


# -- excerpts


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a file, without their common indentation; some of them are marked."""

    file: str  # "raw_router/urls.py"
    line: int  # the number of the first line
    text: str
    marked: tuple[int, ...] = ()  # the numbers of marked lines
    name: str = ""  # of the function

    @property
    def html(self) -> Markup:
        return highlight_source(self.text, self.line, self.marked)


def excerpt_of(function: Any, marking: str = "") -> Excerpt:
    """Return the source of a function or a code object with its decorators; lines that contain `marking` are marked."""
    function = inspect.unwrap(function) if callable(function) else function
    code = function if isinstance(function, CodeType) else function.__code__
    file, first = code.co_filename, code.co_firstlineno
    lines = inspect.getblock(source_text(file).splitlines(keepends=True)[first - 1 :])
    marked = [number for number, line in enumerate(lines, first) if marking and marking in line]
    name = str(code.co_qualname.rpartition("<locals>.")[2])
    return Excerpt(relative_name(file), first, dedent("".join(lines)), tuple(marked), name)


def excerpt_of_lines(file: str, lines: Lines, root: Path = ROOT) -> Excerpt:
    """Return these lines of a file below `root`."""
    name = Path(file).resolve().relative_to(root.resolve()).as_posix()
    return Excerpt(name, lines[0], _text_of_lines(file, lines))


def excerpt_around(file: str, line: int, context: int = 1) -> Excerpt:
    """Return a line of a file, marked, with the lines before and after it."""
    first = max(1, line - context)
    return Excerpt(relative_name(file), first, _text_of_lines(file, (first, line + context)), (line,))


def relative_name(file: str) -> str:
    path = Path(file).resolve()
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def _text_of_lines(file: str, lines: Lines) -> str:
    first, last = lines
    return dedent("".join(source_text(file).splitlines(keepends=True)[first - 1 : last]))


# -- excerpts by name


def excerpt_named(reference: str, root: Path = ROOT) -> Excerpt | None:
    """Return the source that a reference names; None if its file is not installed, as tests are not.

    `package.module:name` names a function, a class, an assignment or a call, `module:outer.inner` one in another one,
    and `module:__main__` the block that runs a module as a program. `name[text]` names the smallest part that uses
    `text` as a name or string: a statement, an `except` block, or an entry of a dict or list. Raises LookupError if the
    source does not have it.
    """
    match = REFERENCE.fullmatch(reference)
    if match is None:
        raise LookupError(f"{reference} is not a valid reference")
    file = _module_file(match["module"], root)
    if file is None:
        return None
    node: ast.AST = ast.parse(source_text(str(file)))
    for name in match["name"].split("."):
        node = _first(_definitions(node, name), reference)
    lines = min(_parts_with(node, match["part"]), key=_length, default=None) if match["part"] else _lines_of(node)
    if lines is None:
        raise LookupError(f"{reference} is not in the source")
    return Excerpt(file.relative_to(root).as_posix(), lines[0], _text_of_lines(str(file), lines))


def _module_file(module: str, root: Path) -> Path | None:
    path = root.resolve() / module.replace(".", "/")
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def _first(nodes: Iterator[ast.AST], reference: str) -> ast.AST:
    for node in nodes:
        return node
    raise LookupError(f"{reference} is not in the source")


def _definitions(scope: ast.AST, name: str) -> Iterator[ast.AST]:
    """Yield what defines a name directly in a module, a class or a function."""
    for node in getattr(scope, "body", []):
        is_definition = isinstance(node, Definition) and node.name == name
        is_call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _uses(node.value.func, name)
        is_main = name == "__main__" and isinstance(node, ast.If) and _uses(node.test, "__main__")
        if is_definition or is_call or is_main or assigns(node, name):
            yield node


def assigns(node: ast.AST, name: str) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _parts_with(node: ast.AST, text: str) -> Iterator[Lines]:
    """Yield the lines of each statement, `except` block and entry inside a node that uses a name or a string."""
    for part in ast.walk(node):
        if isinstance(part, ast.stmt | ast.ExceptHandler) and part is not node and _uses(part, text):
            yield _lines_of(part)
        elif isinstance(part, ast.Dict):
            for key, value in zip(part.keys, part.values, strict=True):
                if key is not None and _uses(key, text):
                    yield key.lineno, value.end_lineno or value.lineno
        elif isinstance(part, ast.List | ast.Tuple):
            yield from (_lines_of(entry) for entry in part.elts if _uses(entry, text))


def _uses(node: ast.AST, text: str) -> bool:
    """Return whether a node contains a name, an attribute or a string constant."""
    return any(
        text in (getattr(each, "id", None), getattr(each, "attr", None), _string(each)) for each in ast.walk(node)
    )


def _string(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _lines_of(node: Any) -> Lines:
    """Return the first and last line of a node, its decorators included."""
    first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
    return first, node.end_lineno or node.lineno


def _length(lines: Lines) -> int:
    return lines[1] - lines[0]


# -- highlighting


@lru_cache(maxsize=512)
def highlight_source(text: str, first: int = 1, marked: tuple[int, ...] = ()) -> Markup:
    """Return Python source as HTML, its lines numbered from `first`. Most excerpts are shown often, hence the cache."""
    lines = enumerate(zip(_highlighted_lines(text), map(_depth, text.splitlines()), strict=False), first)
    return _code_block(
        LINE.format("marked" if number in marked else "line", depth, number, line) for number, (line, depth) in lines
    )


def highlight_value(text: str) -> Markup:
    """Return the repr of a value as HTML, its lines without numbers."""
    return _code_block(UNNUMBERED.format(line) for line in _highlighted_lines(text))


def _highlighted_lines(text: str) -> list[Markup]:
    """Return the lines of a text; no HTML element goes over the end of a line."""
    lines = highlight(text, LEXER, HtmlFormatter(nowrap=True)).rstrip("\n").split("\n")
    return [Markup(PLAIN.sub(r"\1", line)) for line in lines]


def _depth(line: str) -> int:
    """Return the indentation depth of a line, from which the style sheet indents its continuation."""
    return (len(line) - len(line.lstrip())) // INDENT


def _code_block(lines: Iterable[Markup]) -> Markup:
    return Markup('<pre class="code"><code>{}</code></pre>').format(Markup("").join(lines))

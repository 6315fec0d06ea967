"""The code of an idea in the source of a guest, found by the names that guests give to their views.

All guests have the same twelve routes, and call their functions and classes alike: `hello`, `Hello` or `HelloHandler`.
The sources contain no marks.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from guests import GUESTS, Guest
from guests.known_failures import KNOWN_FAILURES
from sidebyside.page.source import Definition, Excerpt, Lines, excerpt_named, excerpt_of_lines, source_text

SUFFIXES = re.compile(r"(?<=.)(?:handler|resource|endpoint|controller|view)$")
# The calls whose arguments are paths of routes.
TABLE_CALLS = frozenset({"path", "url", "Route", "Mount", "mount", "putChild", "static"})
TABLE_PREFIX = "add_"  # add_route, add_url_rule, add_static_view


@dataclass(frozen=True, slots=True)
class Mark:
    """How an idea is found: names of its code, the path of its route, and the rules of the contract about it."""

    names: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()  # the names if none of those is found
    path: str = ""  # "/hello" also finds "/hello/{name}"
    rules: tuple[str, ...] = ()  # the beginnings of their ids


MARKS: Mapping[str, Mark] = {
    "route": Mark(("test",), path="/test", rules=("route-final-slash", "route-double-slash", "route-percent")),
    "parameter": Mark(("hello", "greeting"), path="/hello", rules=("parameters-hello",)),
    "typed parameter": Mark(("status", "statuses"), path="/status", rules=("parameters-status",)),
    "methods": Mark(("form", "submitform", "postform"), path="/form", rules=("methods-head", "methods-options")),
    "404": Mark(("notfound", "handler404"), ("writeerror", "errorpages", "failed"), rules=("route-unknown",)),
    "405": Mark(("methodnotallowed",), ("failed", "writeerror", "errorpages"), rules=("methods-allow", "methods-not")),
    "500": Mark(("servererror", "handler500"), ("writeerror", "errorpages", "failed"), rules=("targets-error",)),
    "reverse URL": Mark(("home", "urlfor"), path="/home", rules=("parameters-redirect",)),
    "query": Mark(("inspect",), rules=("parameters-inspect",)),
    "form": Mark(("submitform",), ("postform", "form"), rules=("forms-",)),
    "file": Mark(("publicfile", "publicfiles"), path="/files", rules=("files-", "ranges-")),
    "header": Mark(("show", "shower", "pagerenderer"), rules=("representations-",)),
    "conditional request": Mark(("style",), path="/style.css", rules=("caching-", "preconditions-")),
}
"""By the name of the idea. The other two ideas have the same code in each guest."""

STARTING, TEST_CLIENT = "starting", "test client"
TESTS = "tests.guests.test_guests:outcomes"
NO_CODE = "The module has no code for this: what happens is the framework's own way."


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule about an idea that a guest fails, and the part of its framework that causes it."""

    rule: str
    reason: str


def guest_named(name: str) -> Guest | None:
    return next((guest for guest in GUESTS if guest.name == name), None)


def broken_rules(idea: str, guest: Guest) -> list[Broken]:
    """Return the rules about an idea that a guest fails for a known reason."""
    starts = MARKS[idea].rules if idea in MARKS else ()
    known = ((rule, each.reason) for each in KNOWN_FAILURES if guest.name in each.guests for rule in each.rules)
    return [Broken(rule, reason) for rule, reason in known if rule.startswith(starts)]


def code_of(idea: str, guest: Guest, root: Path) -> list[Excerpt]:
    """Return the code of an idea in the module of a guest: lines of its table of routes, then definitions."""
    if idea == TEST_CLIENT:
        return list(filter(None, [excerpt_named(TESTS, root)]))
    if idea == STARTING:
        return list(filter(None, [excerpt_named(f"{guest.module}:__main__", root)]))
    file = root / f"{guest.module.replace('.', '/')}.py"
    if not file.is_file():
        return []
    tree = ast.parse(source_text(str(file)))
    mark = MARKS[idea]
    found = [lines_of(each) for each in named(tree, mark.names) or named(tree, mark.instead)]
    table = [line for line in table_lines(tree, mark.path) if not any(first <= line <= last for first, last in found)]
    places = [*((line, line) for line in table), *found]
    return [excerpt_of_lines(str(file), lines, root) for lines in places]


def named(scope: ast.Module | ast.ClassDef, names: Sequence[str]) -> list[Definition]:
    """Return the functions and classes with one of these names, and the methods with one, in their order."""
    found = []
    for node in scope.body:
        if isinstance(node, Definition) and plain(node.name) in names:
            found.append(node)
        elif isinstance(node, ast.ClassDef):
            found += named(node, names)
    return found


def plain(name: str) -> str:
    """Return a name in lower case without underscores, and without what frameworks add to the names of classes."""
    return SUFFIXES.sub("", name.lower().replace("_", ""))


def table_lines(tree: ast.Module, path: str) -> list[int]:
    """Return the lines that contain a path in a table of routes."""
    name = re.escape(path.strip("/")).replace(r"\.", r"\\?\.")  # a regular expression escapes the dot
    stem = re.compile(rf"\^?/?\(?{name}(?:$|[/(<{{)])")
    found = {each.lineno for each in _texts(tree) if stem.match(_text(each))} if path else set()
    return sorted(found)


def _texts(tree: ast.Module) -> Iterator[ast.Constant]:
    """Yield what can be a path: an argument of a call that makes a route, a key of a dict, an element of a list."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _adds_route(node.func):
            yield from _constants(node.args)
        elif isinstance(node, ast.Tuple | ast.List):
            yield from (each for each in _constants(node.elts) if _text(each).startswith(("/", "^/")))
        elif isinstance(node, ast.Dict):
            keys = [key for key in node.keys if key is not None]
            yield from (each for each in _constants(keys) if _text(each).startswith(("/", "^/")))


def _adds_route(function: ast.expr) -> bool:
    name = str(getattr(function, "attr", getattr(function, "id", "")))
    return name in TABLE_CALLS or name.startswith(TABLE_PREFIX)


def _constants(nodes: Sequence[ast.expr]) -> Iterator[ast.Constant]:
    return (node for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))


def _text(constant: ast.Constant) -> str:
    value = constant.value
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def lines_of(node: Definition) -> Lines:
    """Return the first and the last line of a definition, with its decorators."""
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
    return first, node.end_lineno or node.lineno

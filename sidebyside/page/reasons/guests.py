"""The reason for the response of a guest: the route that has the path in the table of its framework, and its functions.

The table is what the framework reports (see sidebyside/route_tables). It is read once, in a process of its own. A
framework without a table is explained by the code that has the name of the route.
"""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from guests import Guest
from raw_router.messages import Request
from raw_router.urls import URLS
from sidebyside.launch.requirements import LaunchError
from sidebyside.page.guest_code import NO_CODE, code_of, guest_named
from sidebyside.page.reasons.reason import FAILING_PATH, NO_ROUTE, Reason
from sidebyside.page.source import ROOT, Excerpt, excerpt_around, excerpt_named, source_text
from sidebyside.route_tables.guests import GuestTable, guest_table
from sidebyside.route_tables.load import PATTERN, Route, table_of_raw

MATCH = 'In its table of routes, "{path}" has this path{methods}.'
ANOTHER_METHOD = 'In its table of routes, "{path}" has this path, but only for {methods}.'
NO_TABLE = "It {reason}. This is its code for the route of this path."
# The ideas that have the code of a route, by the path of the route.
IDEAS = {
    "/test": "route",
    "/hello/<>": "parameter",
    "/status/<>": "typed parameter",
    "/form": "methods",
    "/home": "reverse URL",
    "/inspect": "query",
    "/files/<>": "file",
    "/style.css": "conditional request",
}


def guest_reason(name: str, request: Request) -> Reason:
    guest = guest_named(name)
    if guest is None:
        return Reason(f"{name} is not in the table of guests.")
    try:
        table = table_of(guest)
    except LaunchError as error:
        return Reason(str(error))
    return reason_without_table(guest, table.reason, request) if table.reason else table_reason(guest, table, request)


@cache
def table_of(guest: Guest) -> GuestTable:
    """Return the table of a guest, which takes a second at the first call. Raises LaunchError if there is none."""
    return guest_table(guest)


def table_reason(guest: Guest, table: GuestTable, request: Request) -> Reason:
    """Return the reason by the route that has the path, or else the page for unknown paths."""
    route = next((each for each in table.routes if has_path(each, request.path)), None)
    if route is None:
        return Reason(NO_ROUTE, tuple(code_of("404", guest, Path(ROOT))))
    methods = ", ".join(route.methods)
    if methods and request.method not in route.methods:
        text = ANOTHER_METHOD.format(path=route.path, methods=methods)
    else:
        text = MATCH.format(path=route.path, methods=f", for {methods}" if methods else "")
    return Reason(text, (*functions(guest, route), *failing(guest, request)))


def has_path(route: Route, path: str) -> bool:
    """Return whether the pattern of a route matches a path."""
    parts = PATTERN.split(route.pattern)  # static text, name, regular expression, static text, ...
    regex = "".join(
        f"(?:{part})" if at % 3 == 2 else re.escape(part) if at % 3 == 0 else "" for at, part in enumerate(parts)
    )
    return re.fullmatch(regex, path) is not None


def functions(guest: Guest, route: Route) -> Iterator[Excerpt]:
    """Yield the line of the table, if it is not above a function, and the functions that the route names."""
    found = [each for function in route.functions if (each := excerpt_named(f"{guest.module}:{function.name}"))]
    lines = path_lines(guest, route.path)
    marked = [replace(each, marked=tuple(line for line in lines if is_in(each, line))) for each in found]
    file = str(ROOT / f"{guest.module.replace('.', '/')}.py")
    yield from (excerpt_around(file, line) for line in lines if not any(is_in(each, line) for each in found))
    yield from marked


def is_in(excerpt: Excerpt, line: int) -> bool:
    return excerpt.line <= line < excerpt.line + len(excerpt.text.splitlines())


def path_lines(guest: Guest, path: str) -> list[int]:
    """Return the first line of a module that contains a path as its framework writes it, or none."""
    tree = ast.parse(source_text(str(ROOT / f"{guest.module.replace('.', '/')}.py")))
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    static, brace, _ = path.partition("{")
    tests: tuple[Callable[[str], bool], ...] = (
        lambda text: text == path,
        lambda text: text == path.lstrip("/"),  # Django's paths have no slash at the beginning
        lambda text: bool(brace) and text.startswith(static + brace),  # aiohttp reports no regular expression
        lambda text: bool(brace) and text == static.rstrip("/"),  # a mounted folder
    )
    found = (min((node.lineno for node in strings if test(str(node.value))), default=0) for test in tests)
    return list(filter(None, found))[:1]


def failing(guest: Guest, request: Request) -> Sequence[Excerpt]:
    """Return the page for errors if the view raises one."""
    return code_of("500", guest, Path(ROOT)) if request.path == FAILING_PATH else ()


def reason_without_table(guest: Guest, reason: str, request: Request) -> Reason:
    """Return the code that has the name of the route which has this path in raw_router."""
    shape = next((each.shape for each in table_of_raw(URLS) if has_path(each, request.path)), "")
    code = code_of(IDEAS[shape], guest, Path(ROOT)) if shape in IDEAS else ()
    return Reason(NO_TABLE.format(reason=reason), tuple(code)) if code else Reason(f"It {reason}. {NO_CODE}")

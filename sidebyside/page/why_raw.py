"""Why raw_router answers so: its router is asked, and its line found in URLS."""

from collections.abc import Callable, Iterator
from typing import Any

from raw_router import urls
from raw_router.application import generate_response, respond, serves
from raw_router.messages import Request
from raw_router.router import Found, compile_path
from sidebyside.page.reasons import NO_METHOD, NO_ROUTE, OPTIONS, RAISES, UNKNOWN_HOST, Reason, line_with, matches
from sidebyside.page.source import Excerpt, excerpt_of


def why_raw(request: Request) -> Reason:
    if not serves(request.host):
        return Reason(UNKNOWN_HOST, (excerpt_of(respond, "unknown_host"),))
    path = _path_in_table(request.path)
    return _at(path, request) if path else Reason(NO_ROUTE, (excerpt_of(respond, "not_found"),))


def _at(path: str, request: Request) -> Reason:
    """Return the reason at a path of the table: a view, or that there is none for the method."""
    line = line_with(path, urls, "URLS")
    found = urls.router.match(request.method, request.path)
    if isinstance(found, Found):
        return Reason(matches(path, found.parameters), (line, *_views(found.view, path)))
    if request.method == "OPTIONS":
        return Reason(OPTIONS, (line, excerpt_of(respond, "options(")))
    return Reason(NO_METHOD.format(method=request.method), (line, excerpt_of(respond, "method_not_allowed")))


def _views(view: Callable[..., Any], path: str) -> Iterator[Excerpt]:
    yield excerpt_of(view)
    if path == RAISES:
        yield excerpt_of(generate_response, "server_error")


def _path_in_table(path: str) -> str | None:
    """Return the line of URLS that has a path: an exact one before those with parameters, as the router does."""
    patterns = (route for route in urls.URLS if compile_path(route).fullmatch(path))
    return path if path in urls.URLS else next(patterns, None)

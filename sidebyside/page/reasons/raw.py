"""The reason for the response of raw_router: its router is asked, and its line is found in URLS."""

from collections.abc import Callable, Iterator
from typing import Any

from raw_router import urls
from raw_router.application import generate_response, respond, serves
from raw_router.messages import Request
from raw_router.router import Found, compile_path
from shared_views.paths import path_allowed
from sidebyside.page.reasons.reason import (
    BAD_PATH,
    FAILING_PATH,
    NO_METHOD,
    NO_ROUTE,
    OPTIONS,
    UNKNOWN_HOST,
    Reason,
    line_with,
    match_text,
)
from sidebyside.page.source import Excerpt, excerpt_of


def raw_reason(request: Request) -> Reason:
    if not serves(request.host):
        return Reason(UNKNOWN_HOST, (excerpt_of(respond, "unknown_host"),))
    if not path_allowed(request.path):
        return Reason(BAD_PATH, (excerpt_of(respond, "bad_path"),))
    path = _path_in_table(request.path)
    return _path_reason(path, request) if path else Reason(NO_ROUTE, (excerpt_of(respond, "not_found"),))


def _path_reason(path: str, request: Request) -> Reason:
    """Return the reason for a path of the table: a view, or no view for the method."""
    line = line_with(path, urls, "URLS")
    found = urls.router.match(request.method, request.path)
    if isinstance(found, Found):
        return Reason(match_text(path, found.parameters), (line, *_views(found.view, path)))
    if request.method == "OPTIONS":
        return Reason(OPTIONS, (line, excerpt_of(respond, "options(")))
    return Reason(NO_METHOD.format(method=request.method), (line, excerpt_of(respond, "method_not_allowed")))


def _views(view: Callable[..., Any], path: str) -> Iterator[Excerpt]:
    yield excerpt_of(view)
    if path == FAILING_PATH:
        yield excerpt_of(generate_response, "server_error")


def _path_in_table(path: str) -> str | None:
    """Return the key of URLS that matches a path; like in the router, an exact key comes first."""
    patterns = (route for route in urls.URLS if compile_path(route).fullmatch(path))
    return path if path in urls.URLS else next(patterns, None)

"""The reason for the response of Django: its URL resolver is asked, and the line is found in urlpatterns."""

from collections.abc import Callable
from typing import Any

from django.urls import Resolver404, ResolverMatch, get_resolver

from django_project import urls, views
from django_project.middleware import check_request
from raw_router.application import serves
from raw_router.messages import Request
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


def django_reason(request: Request) -> Reason:
    if not serves(request.host):
        return Reason(
            UNKNOWN_HOST,
            (excerpt_of(check_request, "raise DisallowedHost"), excerpt_of(views.bad_request, "unknown_host")),
        )
    if not path_allowed(request.path):
        return Reason(BAD_PATH, (excerpt_of(check_request, "raise BadPath"), excerpt_of(views.bad_request, "bad_path")))
    try:
        match = get_resolver(urls.__name__).resolve(request.path)
    except Resolver404:
        return Reason(NO_ROUTE, _error_handler("handler404"))
    text, method = _method(match, request.method)
    catching = (
        _error_handler("handler500") if request.path == FAILING_PATH and request.method in ("GET", "HEAD") else ()
    )
    return Reason(text, (line_with(match.route, urls, "urlpatterns"), excerpt_of(method), *catching))


def _method(match: ResolverMatch, method: str) -> tuple[str, Callable[..., Any]]:
    """Return the sentence and the function for a method, found as View.dispatch finds it."""
    view = match.func.view_class  # type: ignore[attr-defined]
    if method == "OPTIONS":
        return OPTIONS, view.options
    function = getattr(view, "get" if method == "HEAD" else method.lower(), None)
    if function is None:
        return NO_METHOD.format(method=method), view.http_method_not_allowed
    return match_text(match.route, match.kwargs), function


def _error_handler(name: str) -> tuple[Excerpt, ...]:
    """Return the line that names an error handler, and the handler."""
    dotted = getattr(urls, name)
    return line_with(dotted, urls), excerpt_of(getattr(views, dotted.rpartition(".")[2]))

"""Why each of the three answered so: the line of its route table that matched, and the function that it names.

Each router is asked itself. The lines are found in the source as it is now: a path stands there as a string.
"""

import ast
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.urls import Resolver404, ResolverMatch, get_resolver
from werkzeug.exceptions import InternalServerError, MethodNotAllowed, NotFound
from werkzeug.routing import MapAdapter, Rule

import django_project.urls
import django_project.views
import raw_router.router
import raw_router.urls
from django_project.middleware import check_host
from flask_app import app
from flask_app.application import check_request
from raw_router.connection import Connection
from raw_router.handler import generate_response, respond, serves
from raw_router.messages import HTTPError, Request
from sidebyside.page.reading import read
from sidebyside.page.source import Excerpt, excerpt_of, lines_around

UNKNOWN_HOST = "The host is looked at before the path, and this one is not served."
NO_ROUTE = "No route has this path."
NO_METHOD = "A route has this path, but none of its views takes {method}."
OPTIONS = "A route has this path; OPTIONS is answered without a view."


@dataclass(frozen=True, slots=True)
class Reason:
    """What a router did, in a sentence, and where that is written."""

    said: str
    excerpts: tuple[Excerpt, ...]


def refused(error: HTTPError) -> Reason:
    """Return where raw_router's core raised, which stands before all three."""
    traceback = error.__traceback__
    while traceback and traceback.tb_next:
        traceback = traceback.tb_next
    said = f"The connection refused it with {error.status.value}: {error}. No router was asked."
    if traceback is None:
        return Reason(said, ())
    code = excerpt_of(traceback.tb_frame.f_code)
    return Reason(said, (replace(code, marked=(traceback.tb_lineno,)),))


def answered_by_the_connection() -> Reason:
    said = "OPTIONS * asks about the server, not about a page: the connection answers, and no router is asked."
    return Reason(said, (excerpt_of(Connection._answer, "SERVER_OPTIONS"),))


def why(data: bytes, implementation: str, server: str) -> Reason:
    """Return why an implementation answers these bytes as it does, on that server."""
    how = read(data)
    if how.request is None and server != "raw_router":
        return Reason(f"raw_router would not take this for a request; {server} reads it in its own way.", ())
    if how.refusal:
        return refused(how.refusal)
    if how.request is None:
        return Reason("The request is not complete, so no router is asked yet.", ())
    if how.request.path == "*":
        return answered_by_the_connection()
    return WHY[implementation](how.request)


# -- raw_router


def why_raw(request: Request) -> Reason:
    if not serves(request.host):
        return Reason(UNKNOWN_HOST, (excerpt_of(respond, "unknown_host"),))
    found = raw_router.urls.router.match(request.method, request.path)
    path = _path_of_raw(request.path)
    if path is None:
        return Reason(NO_ROUTE, (excerpt_of(respond, "not_found"),))
    line = _line(raw_router.urls, "URLS", path)
    if isinstance(found, raw_router.router.Found):
        return Reason(_found(path, found.parameters), (line, *_raw_views(found.view, request)))
    if request.method == "OPTIONS":
        return Reason(OPTIONS, (line, excerpt_of(respond, "options(")))
    return Reason(NO_METHOD.format(method=request.method), (line, excerpt_of(respond, "method_not_allowed")))


def _raw_views(view: Callable[..., Any], request: Request) -> Iterable[Excerpt]:
    yield excerpt_of(view)
    if request.path == "/error":
        yield excerpt_of(generate_response, "server_error")


def _path_of_raw(path: str) -> str | None:
    """Return the line of URLS that has a path: an exact one before those with parameters, as the router does."""
    table = raw_router.urls.URLS
    patterns = (route for route in table if raw_router.router.compile_path(route).fullmatch(path))
    return path if path in table else next(patterns, None)


# -- Flask


def why_flask(request: Request) -> Reason:
    if not serves(request.host):
        return Reason(UNKNOWN_HOST, (excerpt_of(check_request, "unknown_host"),))
    adapter = app.url_map.bind("localhost")
    adapter.websocket = False
    try:
        rule, parameters = adapter.match(request.path, request.method, return_rule=True)
    except NotFound:
        return Reason(NO_ROUTE, (_handler_of_flask(NotFound),))
    except MethodNotAllowed as error:
        rule = _any_rule(adapter, request.path, error.valid_methods or ())
        return Reason(NO_METHOD.format(method=request.method), (_view(rule), _handler_of_flask(MethodNotAllowed)))
    if request.path.startswith("//"):
        return Reason(NO_ROUTE, (excerpt_of(check_request, "//"), _handler_of_flask(NotFound)))
    if request.method == "OPTIONS":
        return Reason(OPTIONS, (_view(rule), excerpt_of(type(app).make_default_options_response)))
    error_handler = (_handler_of_flask(InternalServerError),) if request.path == "/error" else ()
    return Reason(_found(rule.rule, parameters), (_view(rule), *error_handler))


def _any_rule(adapter: MapAdapter, path: str, methods: Iterable[str]) -> Rule:
    return adapter.match(path, min(methods), return_rule=True)[0]


def _view(rule: Rule) -> Excerpt:
    """Return a view with its decorators, the one of this rule marked: in Flask they are the table."""
    view = excerpt_of(app.view_functions[rule.endpoint])
    decorator = f'("{rule.rule}"'
    marked = [number for number, line in enumerate(view.text.splitlines(), view.line) if decorator in line]
    return replace(view, marked=tuple(marked))


def _handler_of_flask(error: type[Exception]) -> Excerpt:
    handlers = app.error_handler_spec[None].values()
    return excerpt_of(next(found[error] for found in handlers if error in found), "@app.errorhandler")


# -- Django


def why_django(request: Request) -> Reason:
    if not serves(request.host):
        bad_request = excerpt_of(django_project.views.bad_request, "unknown_host")
        return Reason(UNKNOWN_HOST, (excerpt_of(check_host, "raise"), bad_request))
    try:
        match = get_resolver("django_project.urls").resolve(request.path)
    except Resolver404:
        return Reason(NO_ROUTE, _handler_of_django("handler404"))
    line = _line(django_project.urls, "urlpatterns", match.route)
    said, function = _method_of_django(match, request.method)
    error_handler = _handler_of_django("handler500") if request.path == "/error" else ()
    return Reason(said, (line, excerpt_of(function), *error_handler))


def _method_of_django(match: ResolverMatch, method: str) -> tuple[str, Callable[..., Any]]:
    """Return what the view's class does for a method, as View.dispatch finds it."""
    view = match.func.view_class  # type: ignore[attr-defined]
    if method == "OPTIONS":
        return OPTIONS, view.options
    function = getattr(view, "get" if method == "HEAD" else method.lower(), None)
    if function is None:
        return NO_METHOD.format(method=method), view.http_method_not_allowed
    return _found(match.route, match.kwargs), function


def _handler_of_django(name: str) -> tuple[Excerpt, ...]:
    dotted = getattr(django_project.urls, name)
    view = getattr(django_project.views, dotted.rpartition(".")[2])
    return _line(django_project.urls, "", dotted), excerpt_of(view)


# -- their source


def _found(path: str, parameters: Mapping[str, Any]) -> str:
    held = ", ".join(f"{name} = {value!r}" for name, value in parameters.items())
    return f'The route "{path}" matches{f", with {held}" if held else ""}.'


def _line(module: Any, table: str, text: str) -> Excerpt:
    """Return the line of a table, or of a whole module, in which a string stands."""
    file = inspect.getsourcefile(module) or ""
    with open(file) as source:
        tree: ast.AST = ast.parse(source.read())
    nodes = [node for node in ast.walk(tree) if table and _assigns(node, table)] or [tree]
    found = (node for node in ast.walk(nodes[0]) if isinstance(node, ast.Constant) and node.value == text)
    return lines_around(file, next(found).lineno)


def _assigns(node: ast.AST, name: str) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


WHY: Mapping[str, Callable[[Request], Reason]] = {"raw": why_raw, "flask": why_flask, "django": why_django}

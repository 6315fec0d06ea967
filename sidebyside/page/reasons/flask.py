"""The reason for the response of Flask: app.url_map is asked, and the decorator is found above the view."""

from collections.abc import Iterable
from dataclasses import replace

from werkzeug.exceptions import InternalServerError, MethodNotAllowed, NotFound
from werkzeug.routing import Rule

from flask_app import app
from flask_app.application import Service, check_request
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
    match_text,
)
from sidebyside.page.source import Excerpt, excerpt_of


def flask_reason(request: Request) -> Reason:
    if not serves(request.host):
        return Reason(UNKNOWN_HOST, (excerpt_of(check_request, "unknown_host"),))
    if not path_allowed(request.path):
        return Reason(BAD_PATH, (excerpt_of(check_request, "bad_path"),))
    if request.path.startswith("//"):
        return Reason(NO_ROUTE, (excerpt_of(check_request, "//"), _error_handler(NotFound)))
    adapter = app.url_map.bind("localhost")
    adapter.websocket = False
    try:
        rule, parameters = adapter.match(request.path, request.method, return_rule=True)
    except NotFound:
        return Reason(NO_ROUTE, (_error_handler(NotFound),))
    except MethodNotAllowed as error:
        rule, _ = adapter.match(request.path, min(error.valid_methods or ()), return_rule=True)
        return Reason(NO_METHOD.format(method=request.method), (_view(rule), _error_handler(MethodNotAllowed)))
    if request.method == "OPTIONS":
        return Reason(OPTIONS, (_view(rule), excerpt_of(Service.make_default_options_response)))
    return Reason(match_text(rule.rule, parameters), (_view(rule), *_catching(rule)))


def _view(rule: Rule) -> Excerpt:
    """Return a view with its decorators, which are the route table; the decorator of the rule is marked."""
    view = excerpt_of(app.view_functions[rule.endpoint])
    lines = enumerate(view.text.splitlines(), view.line)
    return replace(view, marked=tuple(number for number, line in lines if f'("{rule.rule}"' in line))


def _catching(rule: Rule) -> Iterable[Excerpt]:
    return (_error_handler(InternalServerError),) if rule.rule == FAILING_PATH else ()


def _error_handler(error: type[Exception]) -> Excerpt:
    handlers = app.error_handler_spec[None].values()
    return excerpt_of(next(found[error] for found in handlers if error in found), "@app.errorhandler")

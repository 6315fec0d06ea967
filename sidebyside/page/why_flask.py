"""Why Flask answers so: app.url_map is asked, and the decorator found above the view."""

from collections.abc import Iterable
from dataclasses import replace

from werkzeug.exceptions import InternalServerError, MethodNotAllowed, NotFound
from werkzeug.routing import Rule

from flask_app import app
from flask_app.application import Service, check_request
from raw_router.application import serves
from raw_router.messages import Request
from sidebyside.page.reasons import NO_METHOD, NO_ROUTE, OPTIONS, RAISES, UNKNOWN_HOST, Reason, matches
from sidebyside.page.source import Excerpt, excerpt_of


def why_flask(request: Request) -> Reason:
    if not serves(request.host):
        return Reason(UNKNOWN_HOST, (excerpt_of(check_request, "unknown_host"),))
    if request.path.startswith("//"):
        return Reason(NO_ROUTE, (excerpt_of(check_request, "//"), _handler(NotFound)))
    adapter = app.url_map.bind("localhost")
    adapter.websocket = False
    try:
        rule, parameters = adapter.match(request.path, request.method, return_rule=True)
    except NotFound:
        return Reason(NO_ROUTE, (_handler(NotFound),))
    except MethodNotAllowed as error:
        rule, _ = adapter.match(request.path, min(error.valid_methods or ()), return_rule=True)
        return Reason(NO_METHOD.format(method=request.method), (_view(rule), _handler(MethodNotAllowed)))
    if request.method == "OPTIONS":
        return Reason(OPTIONS, (_view(rule), excerpt_of(Service.make_default_options_response)))
    return Reason(matches(rule.rule, parameters), (_view(rule), *_catching(rule)))


def _view(rule: Rule) -> Excerpt:
    """Return a view with its decorators, that of the rule marked: they are the table."""
    view = excerpt_of(app.view_functions[rule.endpoint])
    lines = enumerate(view.text.splitlines(), view.line)
    return replace(view, marked=tuple(number for number, line in lines if f'("{rule.rule}"' in line))


def _catching(rule: Rule) -> Iterable[Excerpt]:
    return (_handler(InternalServerError),) if rule.rule == RAISES else ()


def _handler(error: type[Exception]) -> Excerpt:
    handlers = app.error_handler_spec[None].values()
    return excerpt_of(next(found[error] for found in handlers if error in found), "@app.errorhandler")

"""What Flask shows of itself on the way of a request: the rule, its converters, and the response."""

from werkzeug.exceptions import HTTPException

from flask_app import app
from raw_router.messages import Request
from raw_router.wsgi import handler_for
from sidebyside.page.ways import Framework, Match


def match(request: Request) -> Match | None:
    adapter = app.url_map.bind("localhost")
    adapter.websocket = False
    try:
        rule, values = adapter.match(request.path, request.method, return_rule=True)
    except HTTPException:
        return None
    return Match(rule.rule, values)


FRAMEWORK = Framework("Flask", "app.url_map", match, lambda: app.url_map.converters, "default", handler_for(app))

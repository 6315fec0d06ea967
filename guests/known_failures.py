"""The rules that guests fail, and the reason of each failure: the part of the framework that causes it."""

import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """Rules that these guests fail, and why; rules that are skipped because these failed are not listed."""

    guests: tuple[str, ...]
    rules: tuple[str, ...]
    reason: str
    fixed_in: tuple[int, int] | None = None  # the version of Python from which on the rule passes


KNOWN_FAILURES = (
    # -- several frameworks
    KnownFailure(
        ("aiohttp", "bottle", "cherrypy", "django_plain", "http_server", "tornado"),
        ("parameters-status-reason",),
        "the framework takes reason phrases from Python, which has older ones of 413 and 422 before 3.13",
        fixed_in=(3, 13),
    ),
    KnownFailure(
        ("fastapi", "starlette"),
        ("representations-accept-lines",),
        "Headers.get of Starlette returns the first of repeated fields, which ASGI does not join",
    ),
    KnownFailure(
        ("fastapi", "starlette"),
        ("representations-not-acceptable",),
        "Starlette has no negotiation, and its documentation shows no 406",
    ),
    KnownFailure(
        ("aiohttp", "http_server", "tornado", "twisted"),
        ("parameters-status-205",),
        "the server sends the content that a view gives, though the status forbids it; raw_router leaves it out",
    ),
    KnownFailure(
        ("aiohttp", "tornado", "twisted"),
        ("representations-not-acceptable",),
        "the framework has no negotiation, and its documentation shows no 406",
    ),
    # -- aiohttp
    KnownFailure(
        ("aiohttp",),
        ("parameters-hello-slash",),
        "UrlDispatcher of aiohttp matches the path before it decodes %2F, which stays part of a segment",
    ),
    KnownFailure(
        ("aiohttp",),
        ("parameters-status-digits",),
        r"the pattern {code:\d+} of aiohttp's documentation matches the digits of every script",
    ),
    KnownFailure(
        ("aiohttp",), ("representations-accept-lines",), "headers.get of aiohttp returns the first of repeated fields"
    ),
    # -- bottle
    KnownFailure(
        ("bottle",),
        ("route-percent-not-utf8",),
        "Bottle._handle drops octets of the path that are not UTF-8, so that /%FF is /",
    ),
    KnownFailure(
        ("bottle",),
        ("parameters-status-digits",),
        r"the regular expression of the filter int is -?\d+, which matches the digits of every script",
    ),
    KnownFailure(
        ("bottle",),
        ("representations-not-acceptable",),
        "Bottle has no negotiation, and its documentation shows no 406",
    ),
    # -- cherrypy
    KnownFailure(
        ("cherrypy",),
        ("route-query",),
        "CherryPy passes the query as keyword arguments, and responds 404 if a method does not take them",
    ),
    KnownFailure(
        ("cherrypy",),
        ("route-final-slash", "route-double-slash"),
        "Dispatcher.find_handler of CherryPy drops empty segments of the path",
    ),
    KnownFailure(
        ("cherrypy",),
        ("parameters-status-digits",),
        "CherryPy has no converters; int in a method accepts signs, underscores and the digits of every script",
    ),
    KnownFailure(
        ("cherrypy",),
        ("parameters-inspect-query-not-utf8",),
        "CherryPy responds 404 to a query that is not in the encoding of request.query_string_encoding",
    ),
    KnownFailure(
        ("cherrypy",),
        ("representations-html-ties", "representations-accept-specific"),
        "cptools.accept takes the first range that matches, by weight, even if a more specific one excludes it",
    ),
    KnownFailure(
        ("cherrypy",),
        ("representations-accept-case",),
        "cptools.accept compares media types with regard to letter case",
    ),
    # -- django_plain
    KnownFailure(
        ("django_plain",),
        ("representations-html-ties", "representations-accept-specific"),
        "HttpRequest.get_preferred_type compares places in Accept as sorted, where the more specific range comes first",
    ),
    KnownFailure(
        ("django_plain",),
        ("representations-not-acceptable",),
        "HttpRequest.get_preferred_type returns None if no type is accepted, and Django adds no 406",
    ),
    # -- falcon
    KnownFailure(
        ("falcon",),
        ("route-double-slash",),
        "CompiledRouter.find of Falcon strips slashes at the beginning of the path, so that //test is /test",
    ),
    KnownFailure(("falcon",), ("methods-head",), "Falcon responds to HEAD only if a resource has the method on_head"),
    KnownFailure(("falcon",), ("parameters-hello-segments",), "a parameter of Falcon matches an empty segment"),
    KnownFailure(
        ("falcon",), ("parameters-status-reason",), "status_codes of Falcon has the older reason phrase of 422"
    ),
    KnownFailure(
        ("falcon",),
        ("parameters-status-digits",),
        "IntConverter of Falcon converts by int, which accepts signs, underscores and the digits of every script",
    ),
    KnownFailure(
        ("falcon",),
        ("representations-accept-case",),
        "mediatypes.best_match of Falcon compares media types with regard to letter case",
    ),
    KnownFailure(
        ("falcon",),
        ("representations-accept-invalid",),
        "Request.client_prefers of Falcon returns None if one element of Accept is invalid",
    ),
    KnownFailure(
        ("falcon",),
        ("representations-not-acceptable",),
        "Request.client_prefers of Falcon returns None if no type is accepted, and Falcon adds no 406",
    ),
    # -- fastapi
    KnownFailure(
        ("fastapi",),
        ("methods-head",),
        "APIRoute of FastAPI does not add HEAD to the methods of a route with GET, as Route of Starlette does",
    ),
    KnownFailure(
        ("fastapi",),
        ("parameters-status-words",),
        "FastAPI validates a parameter after the path has matched, and responds 422 to one that is not a number",
    ),
    # -- flask_plain, and quart, which uses Werkzeug too
    KnownFailure(
        ("flask_plain", "quart"),
        ("route-double-slash",),
        "Werkzeug strips slashes at the beginning of the path (MapAdapter.match), so that //test is /test",
    ),
    KnownFailure(
        ("flask_plain",),
        ("parameters-status-reason",),
        "Werkzeug writes reason phrases in capitals",
    ),
    KnownFailure(
        ("flask_plain", "quart"),
        ("parameters-status-digits",),
        r"the regular expression of Werkzeug's IntegerConverter is \d+, which matches the digits of every script",
    ),
    KnownFailure(
        ("flask_plain", "quart"),
        ("representations-html-ties",),
        "best_match of Werkzeug gives the more specific range of Accept precedence in a tie",
    ),
    KnownFailure(
        ("flask_plain", "quart"),
        ("representations-not-acceptable",),
        "best_match of Werkzeug returns its default if no type is accepted, and the framework adds no 406",
    ),
    # -- http_server
    KnownFailure(
        ("http_server",),
        ("route-double-slash",),
        "BaseHTTPRequestHandler.parse_request reduces slashes at the beginning of the path to one",
    ),
    KnownFailure(
        ("http_server",), ("methods-allow",), "send_error of BaseHTTPRequestHandler has no parameter for header fields"
    ),
    KnownFailure(
        ("http_server",),
        ("parameters-status-204", "parameters-status-304"),
        "http.server sends what a handler writes, though the status forbids content",
    ),
    KnownFailure(
        ("http_server",),
        ("parameters-inspect-fields-space",),
        "the parser of email, which http.server uses for header fields, keeps white space after a value",
    ),
    KnownFailure(
        ("http_server",), ("representations-accept-lines",), "headers.get of email returns the first of repeated fields"
    ),
    KnownFailure(
        ("http_server", "wsgiref"), ("representations-not-acceptable",), "the standard library has no negotiation"
    ),
    # -- litestar
    KnownFailure(
        ("litestar",),
        ("route-final-slash", "route-double-slash"),
        "normalize_path of Litestar removes slashes at both ends of a path, and repeated ones",
    ),
    KnownFailure(
        ("litestar",),
        ("methods-head",),
        "the decorator get of Litestar does not add HEAD, which has one of its own",
    ),
    KnownFailure(
        ("litestar",),
        ("parameters-status-digits",),
        "Litestar converts a parameter by int, which accepts signs, underscores and the digits of every script",
    ),
    KnownFailure(
        ("litestar",),
        ("parameters-status-204", "parameters-status-304"),
        "a response of Litestar raises ImproperlyConfiguredException for content with a status that forbids it",
    ),
    KnownFailure(
        ("litestar",),
        ("representations-quality",),
        "MediaTypeHeader.priority of Litestar rounds a weight to two decimals",
    ),
    # -- pyramid, and turbogears, which uses WebOb too
    KnownFailure(
        ("pyramid",),
        ("route-percent-not-utf8",),
        "Pyramid raises URLDecodeError for a path that is not UTF-8, which the exception view turns into 500",
    ),
    KnownFailure(
        ("pyramid",),
        ("methods-not-allowed", "methods-options", "methods-trace"),
        "request_method is a predicate: if no view of a route has the method, no view is found, which is 404",
    ),
    KnownFailure(
        ("pyramid", "turbogears"),
        ("parameters-status-reason",),
        "status_reasons of WebOb has the older reason phrases of 413 and 422",
    ),
    KnownFailure(
        ("pyramid",),
        ("parameters-status-digits",),
        r"the pattern {code:\d+} of Pyramid's documentation matches the digits of every script",
    ),
    KnownFailure(
        ("pyramid", "turbogears"),
        ("representations-accept-invalid",),
        "WebOb treats an Accept with one invalid element as if it were missing",
    ),
    KnownFailure(
        ("pyramid",),
        ("representations-not-acceptable",),
        "acceptable_offers of WebOb is empty if no type is accepted, and Pyramid adds no 406",
    ),
    # -- quart
    KnownFailure(
        ("quart",),
        ("representations-accept-lines",),
        "Quart takes the first of repeated fields, which ASGI does not join",
    ),
    # -- sanic
    KnownFailure(
        ("sanic",),
        ("route-final-slash", "route-double-slash"),
        "the router of Sanic is not strict by default: it strips slashes at both ends of a path",
    ),
    KnownFailure(
        ("sanic",),
        ("route-percent",),
        "Sanic matches the path of the request target, which is not decoded; unquote=True decodes parameters alone",
    ),
    KnownFailure(
        ("sanic",), ("methods-head",), "the decorator get of Sanic does not add HEAD, which has one of its own"
    ),
    KnownFailure(
        ("sanic",),
        ("representations-accept-specific", "representations-accept-case"),
        "AcceptList.match of Sanic compares letter case, and takes the first range even if another one excludes it",
    ),
    KnownFailure(
        ("sanic",),
        ("representations-accept-lines",),
        "Sanic takes the first of repeated fields, which ASGI does not join",
    ),
    KnownFailure(
        ("sanic",),
        ("representations-not-acceptable",),
        "AcceptList.match of Sanic returns nothing if no type is accepted, and Sanic adds no 406",
    ),
    # -- tornado
    KnownFailure(
        ("tornado",),
        ("route-percent",),
        "PathMatches of Tornado matches the path as it was sent; only the arguments are decoded",
    ),
    KnownFailure(
        ("tornado",),
        ("route-absolute-form",),
        "HTTPServerRequest of Tornado treats a whole URL as a path",
    ),
    KnownFailure(("tornado",), ("methods-head",), "RequestHandler.head of Tornado responds 405 unless it is written"),
    KnownFailure(("tornado",), ("methods-allow",), "Tornado sends no Allow with 405"),
    KnownFailure(
        ("tornado",),
        ("parameters-status-204", "parameters-status-304"),
        "RequestHandler.finish of Tornado raises for content with a status that forbids it",
    ),
    # -- turbogears
    KnownFailure(
        ("turbogears",),
        ("route-final-slash", "route-double-slash"),
        "DispatchState of crank drops empty segments of the path",
    ),
    KnownFailure(
        ("turbogears",),
        ("route-percent-not-utf8",),
        "the dispatcher of TurboGears does not catch UnicodeDecodeError of a path that is not UTF-8, which becomes 500",
    ),
    KnownFailure(
        ("turbogears",),
        ("parameters-hello",),
        "DispatchState of crank cuts an extension off the last segment of a path",
    ),
    KnownFailure(
        ("turbogears",),
        ("parameters-status-digits",),
        "TurboGears has no converters; isdigit in a method accepts the digits of every script",
    ),
    KnownFailure(
        ("turbogears",),
        ("parameters-inspect-query-not-utf8",),
        "TurboGears decodes the query before it calls a method, and responds 400 if it is not UTF-8",
    ),
    KnownFailure(
        ("turbogears",),
        ("representations-problem",),
        "Decoration.lookup_template_engine offers a template's own media type alone: problem+json does not match json",
    ),
    KnownFailure(
        ("turbogears",),
        ("representations-not-acceptable",),
        "Decoration.lookup_template_engine takes the first template if no type is accepted",
    ),
    # -- twisted
    KnownFailure(("twisted",), ("route-absolute-form",), "Request of twisted.web treats a whole URL as a path"),
    KnownFailure(
        ("twisted",),
        ("methods-options-server-allow",),
        "twisted.web responds to OPTIONS * itself, and Allow does not list the methods of resources",
    ),
    KnownFailure(
        ("twisted",),
        ("parameters-hello-slash",),
        "twisted.web splits the path before it decodes %2F, which stays part of a segment",
    ),
    KnownFailure(
        ("twisted",), ("parameters-status-reason",), "RESPONSES of twisted.web has other reason phrases, and not 422"
    ),
    KnownFailure(
        ("twisted",), ("parameters-status-204-length",), "twisted.web sends Content-Length of what a resource returns"
    ),
    KnownFailure(("twisted",), ("parameters-redirect-permanent",), "Redirect of twisted.web responds 302"),
    KnownFailure(
        ("twisted",), ("representations-accept-lines",), "getHeader of twisted.web returns the last of repeated fields"
    ),
    # -- webpy
    KnownFailure(
        ("webpy",),
        ("parameters-status-digits",),
        r"the pattern (\d+) of web.py's documentation matches the digits of every script",
    ),
    KnownFailure(
        ("webpy",),
        ("representations-not-acceptable",),
        "web.py has no negotiation, and its documentation shows no 406",
    ),
    # -- wsgiref
    KnownFailure(("wsgiref",), ("methods-head",), "PEP 3333 passes HEAD to the application like any other method"),
)


def known_failure(guest: str, rule: str) -> KnownFailure | None:
    """Return the known failure of a guest, None if the rule must pass."""
    found = [
        each
        for each in KNOWN_FAILURES
        if guest in each.guests and rule in each.rules and sys.version_info < (each.fixed_in or (4,))
    ]
    assert len(found) < 2, f"{guest}: {rule} is listed more than once"
    return found[0] if found else None

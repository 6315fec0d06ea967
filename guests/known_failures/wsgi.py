"""The rules that guests with WSGI fail, and why."""

from guests.known_failures.model import KnownFailure

WSGI = (
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
    # -- flask_plain
    KnownFailure(
        ("flask_plain",),
        ("parameters-status-reason",),
        "Werkzeug writes reason phrases in capitals",
    ),
    # -- pyramid
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
    # -- several frameworks
    KnownFailure(
        ("pyramid", "turbogears"),
        ("parameters-status-reason",),
        "status_reasons of WebOb has the older reason phrases of 413 and 422",
    ),
    # -- pyramid
    KnownFailure(
        ("pyramid",),
        ("parameters-status-digits",),
        r"the pattern {code:\d+} of Pyramid's documentation matches the digits of every script",
    ),
    # -- several frameworks
    KnownFailure(
        ("pyramid", "turbogears"),
        ("representations-accept-invalid",),
        "WebOb treats an Accept with one invalid element as if it were missing",
    ),
    # -- pyramid
    KnownFailure(
        ("pyramid",),
        ("representations-not-acceptable",),
        "acceptable_offers of WebOb is empty if no type is accepted, and Pyramid adds no 406",
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

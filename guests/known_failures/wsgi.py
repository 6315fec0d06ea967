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
    KnownFailure(
        ("bottle",),
        ("forms-urlencoded-not-utf8",),
        "FormsDict.decode of Bottle raises UnicodeDecodeError for a value that is not UTF-8, which is 500",
    ),
    KnownFailure(
        ("bottle",),
        ("caching-etag", "caching-style", "caching-none-match-any"),
        "static_file of Bottle sends an ETag without quotation marks, and compares it with the whole If-None-Match",
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
    KnownFailure(
        ("cherrypy",),
        ("forms-urlencoded-not-utf8",),
        "process_urlencoded of CherryPy responds 400 to a value that is not in one of attempt_charsets",
    ),
    KnownFailure(("cherrypy",), ("forms-file-name",), "Part of CherryPy reads the header fields of a part as Latin-1"),
    KnownFailure(
        ("cherrypy",),
        ("forms-multipart-malformed", "forms-multipart-no-boundary"),
        "process_multipart of CherryPy accepts a malformed body, or raises ValueError or EOFError, which is 500",
    ),
    KnownFailure(
        ("cherrypy",),
        (
            "caching-modified-since-formats",
            "caching-modified-since-later",
            "preconditions-unmodified-since",
            "preconditions-unmodified-since-invalid",
        ),
        "validate_since of CherryPy compares dates as texts",
    ),
    KnownFailure(
        ("cherrypy",),
        ("ranges-unit", "ranges-outside"),
        "get_ranges of CherryPy takes any unit for bytes, and raises ValueError without a number, which is 500",
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
    KnownFailure(
        ("django_plain",),
        ("forms-multipart-malformed",),
        "MultiPartParser of Django does not check that the last boundary has arrived",
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
    KnownFailure(
        ("falcon",),
        ("forms-media-type",),
        "Falcon reads a body by the handler of its media type, so JSON is a form, too",
    ),
    KnownFailure(
        ("falcon",), ("forms-multipart-malformed",), "the multipart handler of Falcon skips a line without a colon"
    ),
    KnownFailure(("falcon",), ("files-methods",), "StaticRoute.match of Falcon does not regard the method"),
    KnownFailure(
        ("falcon",),
        ("caching-style",),
        "only static routes of Falcon have ETag and Last-Modified, and they serve folders",
    ),
    KnownFailure(
        ("falcon",),
        ("caching-modified-since-formats", "caching-modified-since-invalid"),
        "Request.if_modified_since of Falcon responds 400 to a date in another format than IMF-fixdate",
    ),
    # -- flask_plain
    KnownFailure(
        ("flask_plain",),
        ("parameters-status-reason",),
        "Werkzeug writes reason phrases in capitals",
    ),
    KnownFailure(
        ("flask_plain",), ("forms-urlencoded-not-utf8",), "Werkzeug leaves octets that are not UTF-8 percent-encoded"
    ),
    KnownFailure(
        ("flask_plain",),
        ("bodies-largest",),
        "LimitedStream of Werkzeug raises 413 when it reads on after exactly MAX_CONTENT_LENGTH octets",
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
    KnownFailure(
        ("pyramid", "turbogears"),
        ("forms-multipart-malformed", "forms-multipart-no-boundary"),
        "FieldStorage, by which WebOb reads forms, accepts a malformed body, and raises ValueError without a boundary",
    ),
    KnownFailure(
        ("pyramid", "turbogears"),
        ("ranges-outside",),
        "Range.parse of WebOb raises ValueError for bytes=-, which is 500",
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
    KnownFailure(
        ("turbogears",),
        ("caching-etag", "caching-none-match-any"),
        "DirectoryApp of WebOb sends Last-Modified and no ETag",
    ),
    KnownFailure(
        ("turbogears",),
        ("caching-style-fresh",),
        "StaticsMiddleware of TurboGears compares a date with the time of the file, fractions of a second included",
        depends_on_time=True,
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
    KnownFailure(
        ("webpy",),
        ("forms-urlencoded-repeats", "forms-files"),
        "web.input of web.py has one value for each name, unless the call asks for lists",
    ),
    KnownFailure(
        ("webpy",),
        ("forms-multipart-malformed", "forms-multipart-no-boundary"),
        "parse_form_data, by which web.py reads forms, is not strict by default: a malformed body is an empty form",
    ),
    KnownFailure(
        ("webpy",),
        ("forms-content-encoding",),
        "web.input of web.py decodes a coded body as text, and raises UnicodeDecodeError, which is 500",
    ),
    KnownFailure(
        ("webpy",),
        ("persistence-http10-keep-alive",),
        "web.py adds no Content-Length, so HTTP/1.0 needs the end of the connection",
    ),
    KnownFailure(
        ("webpy",), ("caching-modified-since-formats",), "web.modified of web.py understands only IMF-fixdate"
    ),
    KnownFailure(
        ("webpy",),
        ("caching-none-match-weak", "preconditions-none-match-wins"),
        "web.modified of web.py does not know W/, and evaluates If-Modified-Since beside If-None-Match",
    ),
    # -- wsgiref
    KnownFailure(("wsgiref",), ("methods-head",), "PEP 3333 passes HEAD to the application like any other method"),
    KnownFailure(
        ("wsgiref",),
        ("caching-etag", "caching-last-modified", "caching-style", "caching-none-match-any"),
        "FileWrapper of wsgiref sends a file without ETag and Last-Modified",
    ),
    # -- several frameworks
    KnownFailure(
        ("cherrypy", "falcon", "pyramid", "turbogears"),
        ("forms-media-type-written",),
        "the framework compares the media type of a form with regard to letter case",
    ),
)

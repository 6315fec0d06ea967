"""The rules that guests with their own servers fail, and why."""

from guests.known_failures.model import KnownFailure

OWN = (
    # -- several frameworks
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
    KnownFailure(
        ("aiohttp", "twisted"), ("bodies-expect-unneeded",), "the framework sends 100 although the body has arrived"
    ),
    KnownFailure(("tornado", "twisted"), ("bodies-expect-unknown",), "the framework recognizes only 100-continue"),
    KnownFailure(
        ("aiohttp", "tornado", "twisted"),
        ("persistence-half-close",),
        "the framework closes the connection when the client closes its side",
        depends_on_time=True,
    ),
    KnownFailure(
        ("aiohttp", "tornado"),
        ("persistence-error-delivered",),
        "the framework closes the connection while the client is still sending, which resets it",
        depends_on_time=True,
    ),
    KnownFailure(
        ("aiohttp", "tornado"),
        ("framing-coding-http10",),
        "the framework reads a chunked body of HTTP/1.0, and keeps the connection",
    ),
    KnownFailure(
        ("aiohttp", "tornado", "twisted"), ("targets-characters",), "the framework accepts any character in the query"
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
    KnownFailure(
        ("aiohttp",),
        ("forms-content-encoding",),
        "aiohttp passes a body with an unknown coding on, and Request.post raises UnicodeDecodeError, which is 500",
    ),
    KnownFailure(
        ("aiohttp",),
        ("forms-multipart-malformed", "forms-multipart-no-boundary"),
        "Request.post of aiohttp raises ValueError for a malformed body, which is 500",
    ),
    KnownFailure(
        ("aiohttp",),
        ("persistence-close-last",),
        "the parser of aiohttp responds 400 to bytes after a request with Connection: close",
    ),
    KnownFailure(("aiohttp",), ("hosts-list",), "aiohttp accepts a Host with a comma"),
    KnownFailure(("aiohttp",), ("framing-coding-unknown",), "aiohttp ignores codings before chunked"),
    KnownFailure(("aiohttp",), ("targets-fragment",), "aiohttp removes the fragment from the target"),
    KnownFailure(("aiohttp",), ("targets-version",), "aiohttp treats HTTP/2.0 like HTTP/1.1"),
    KnownFailure(
        ("aiohttp",),
        ("ranges-if-range",),
        "Request.if_range of aiohttp is None for an entity tag, as if there were no If-Range",
    ),
    KnownFailure(
        ("aiohttp",),
        ("caching-none-match-list",),
        "Request.if_none_match of aiohttp is None for a list with an empty element",
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
    KnownFailure(("http_server",), ("bodies-chunked",), "http.server does not decode chunked bodies"),
    KnownFailure(("http_server",), ("bodies-too-large",), "http.server has no limit of a body"),
    KnownFailure(
        ("http_server",),
        ("bodies-expect", "persistence-two", "persistence-close-echoed"),
        "protocol_version of BaseHTTPRequestHandler is HTTP/1.0 by default, which has no 100 and closes connections",
    ),
    KnownFailure(("http_server",), ("bodies-expect-unknown",), "http.server does not implement 417"),
    KnownFailure(
        ("http_server",),
        ("persistence-error",),
        "http.server does not check Content-Length, which a handler reads or not",
    ),
    KnownFailure(
        ("http_server",), ("headers-empty-line",), "http.server treats an empty line as the end of the connection"
    ),
    KnownFailure(
        ("http_server",),
        ("headers-few-words", "targets-version", "targets-version-malformed", "targets-http2", "targets-tls"),
        "http.server responds to a malformed request line as in HTTP/0.9, without a status line",
    ),
    KnownFailure(
        ("http_server",), ("headers-space-before-colon",), "http.server parses header fields like those of an e-mail"
    ),
    KnownFailure(
        ("http_server",),
        ("hosts-missing", "hosts-absolute-missing"),
        "http.server checks neither Host nor the host in a target",
    ),
    KnownFailure(("http_server",), ("targets-characters",), "http.server accepts any character in the query"),
    KnownFailure(("http_server",), ("targets-fragment",), "urlsplit removes the fragment from the target"),
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
    KnownFailure(
        ("tornado",), ("forms-urlencoded-utf8",), "parse_qs_bytes of Tornado decodes the names of fields as Latin-1"
    ),
    KnownFailure(
        ("tornado",),
        ("forms-urlencoded-plus", "bodies-many-packets"),
        "get_body_arguments of Tornado strips white space from values by default",
    ),
    KnownFailure(
        ("tornado",),
        ("forms-media-type-written", "forms-multipart-case"),
        "Tornado compares media types and form-data with regard to letter case",
    ),
    KnownFailure(
        ("tornado",),
        ("bodies-chunked-extensions", "bodies-chunked-trailers"),
        "Tornado knows neither extensions of chunks nor trailer fields",
    ),
    KnownFailure(("tornado",), ("bodies-expect",), "Tornado compares 100-continue with regard to letter case"),
    KnownFailure(("tornado",), ("bodies-expect-http10",), "Tornado also sends 100 to HTTP/1.0 clients"),
    KnownFailure(("tornado",), ("persistence-close-list",), "Tornado compares the whole Connection field with close"),
    KnownFailure(("tornado",), ("hosts-grammar",), "Tornado accepts any order of brackets and colons in Host"),
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
    KnownFailure(("twisted",), ("forms-urlencoded-empty",), "parse_qs of Twisted drops a field without an equals sign"),
    KnownFailure(
        ("twisted",), ("forms-file",), "Request.args of Twisted has the contents of files, and not their names"
    ),
    KnownFailure(
        ("twisted",),
        ("forms-multipart-malformed",),
        "Twisted parses multipart as an e-mail, whose parser accepts malformed bodies",
    ),
    KnownFailure(
        ("twisted",),
        ("persistence-close-list",),
        "HTTPChannel.checkPersistence of Twisted reads only the first Connection field",
    ),
    KnownFailure(("twisted",), ("persistence-http10-keep-alive",), "Twisted closes every connection of HTTP/1.0"),
    KnownFailure(("twisted",), ("hosts-missing",), "Twisted does not check Host"),
    KnownFailure(
        ("twisted",),
        ("framing-chunked-not-last",),
        "Twisted reads each Transfer-Encoding field by itself, and accepts identity after chunked",
    ),
)

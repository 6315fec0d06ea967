"""The rules that fail on other servers, or because of the frameworks that they run, and the reason of each failure."""

from dataclasses import dataclass

ALL = ("raw", "flask", "django")
BOTH = ("flask", "django")
OTHERS = ("dev", "gunicorn", "waitress", "uvicorn", "granian")
FRAMEWORK = "the framework"  # the owner of failures that both frameworks have independently

CHUNKED = (
    "bodies-chunked",
    "bodies-chunked-several",
    "bodies-chunked-binary",
    "bodies-chunked-case",
    "bodies-chunked-zeros",
    "bodies-chunked-extensions",
    "bodies-chunked-trailers",
    "bodies-chunked-packets",
)
CHUNKS_REJECTED = ("chunks-size-signed", "chunks-size-not-hexadecimal", "chunks-overrun", "chunks-end")
CHUNKS_SURVIVED = ("chunks-size-space", "chunks-extension-broken", "chunks-extension-long", "chunks-trailer-framing")


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """Rules that fail with these implementations on these servers, and why."""

    implementations: tuple[str, ...]
    servers: tuple[str, ...]
    rules: tuple[str, ...]
    reason: str
    owner: str = ""  # if it cannot be deduced


KNOWN_FAILURES = (
    # -- drivers
    KnownFailure(
        ALL, ("serial",), ("concurrency-idle",), "this driver serves one client at a time, to show what that means"
    ),
    # -- frameworks
    KnownFailure(
        BOTH,
        ("dev", "granian"),
        ("methods-case",),
        "Werkzeug and Django change the method to capital letters",
        owner=FRAMEWORK,
    ),
    KnownFailure(
        ("flask",),
        ("dev", "gunicorn", "granian"),
        ("bodies-too-large-chunked",),
        "Werkzeug cuts a body without Content-Length off at MAX_CONTENT_LENGTH, without an error",
        owner=FRAMEWORK,
    ),
    KnownFailure(
        ("django",),
        ("dev", "gunicorn", "uvicorn", "granian"),
        (*CHUNKED, "bodies-too-large-chunked", "persistence-unread-form"),
        "Django treats a body without Content-Length as empty",
        owner=FRAMEWORK,
    ),
    # -- several servers
    KnownFailure(BOTH, OTHERS, ("bodies-expect-unneeded",), "the server sends 100 although the body has arrived"),
    KnownFailure(BOTH, OTHERS, ("security-no-software",), "the server names itself in the Server field"),
    KnownFailure(BOTH, OTHERS, ("hosts-missing",), "without Host, the application gets the server's own name"),
    KnownFailure(BOTH, OTHERS, ("targets-characters",), "the application gets any characters between the two spaces"),
    KnownFailure(
        BOTH,
        OTHERS[1:],
        ("security-bad-request",),
        "the server's own response to a malformed request lacks these fields",
    ),
    KnownFailure(
        BOTH, OTHERS[1:], ("hosts-absolute",), "the application gets Host, even if the target contains another host"
    ),
    KnownFailure(
        BOTH,
        ("dev", "gunicorn", "waitress", "granian"),
        ("hosts-absolute-missing",),
        "the server ignores the host in the target, so it does not notice that it is missing",
    ),
    KnownFailure(
        BOTH, OTHERS[1:], ("targets-fragment",), "the server removes the fragment or passes it to the application"
    ),
    KnownFailure(("flask",), ("dev",), ("targets-fragment",), "the server removes the fragment"),
    KnownFailure(BOTH, ("dev", "waitress"), ("route-double-slash",), "the server replaces a leading // by /"),
    KnownFailure(
        BOTH, ("waitress", "uvicorn", "granian"), ("bodies-expect-unknown",), "the server recognizes only 100-continue"
    ),
    KnownFailure(
        BOTH, ("waitress", "uvicorn"), ("targets-version",), "the server treats HTTP/2.0 like HTTP/1.0 or HTTP/1.1"
    ),
    KnownFailure(
        BOTH,
        ("uvicorn", "granian"),
        ("persistence-half-close",),
        "the server treats a half-closed connection as closed",
    ),
    KnownFailure(
        BOTH,
        ("gunicorn", "waitress"),
        ("persistence-close-list",),
        "the server compares the whole value of Connection instead of its items",
    ),
    KnownFailure(
        ("django",),
        ("dev",),
        ("persistence-close-list",),
        "the server compares the whole value of Connection instead of its items",
    ),
    KnownFailure(
        BOTH,
        ("waitress", "uvicorn"),
        ("persistence-error-delivered",),
        "the server closes the connection with bytes unread, which resets it",
    ),
    KnownFailure(
        BOTH,
        ("uvicorn", "granian"),
        ("framing-coding-unknown",),
        "the server ignores all codings before a final chunked",
    ),
    KnownFailure(
        BOTH,
        ("waitress", "granian"),
        ("framing-chunked-twice",),
        "the server ignores all codings before a final chunked",
    ),
    # -- development servers
    KnownFailure(BOTH, ("dev",), ("bodies-expect-unknown",), "http.server does not implement 417"),
    KnownFailure(BOTH, ("dev",), ("persistence-error",), "the server ignores a Content-Length that is not a number"),
    KnownFailure(
        BOTH, ("dev",), ("headers-space-before-colon",), "http.server parses header fields like those of an e-mail"
    ),
    KnownFailure(
        BOTH, ("dev",), ("headers-empty-line",), "http.server treats an empty line as the end of the connection"
    ),
    KnownFailure(
        BOTH,
        ("dev",),
        ("targets-version-malformed",),
        "http.server accepts 1.10, and rejects others with an HTTP/0.9 response",
    ),
    KnownFailure(
        BOTH,
        ("dev",),
        ("headers-few-words", "targets-version", "targets-http2", "targets-tls"),
        "http.server rejects the request with an HTTP/0.9 response, without a status line, until it has read a version",
    ),
    KnownFailure(("flask",), ("dev",), ("bodies-expect-http10",), "Werkzeug also sends 100 to HTTP/1.0 clients"),
    KnownFailure(
        ("flask",),
        ("dev",),
        ("parameters-inspect-fields-space",),
        "http.server does not remove white space after a value",
    ),
    KnownFailure(("flask",), ("dev",), ("persistence-two",), "each response contains Connection: close"),
    KnownFailure(
        ("flask",),
        ("dev",),
        ("bodies-chunked-extensions", "bodies-chunked-trailers"),
        "Werkzeug's development server supports neither chunk extensions nor trailers",
    ),
    KnownFailure(("django",), ("dev",), ("route-absolute-form",), "wsgiref treats the whole target as a path"),
    KnownFailure(
        ("django",),
        ("dev",),
        ("persistence-close-echoed",),
        "the server closes the connection on request, but its response does not contain Connection: close",
    ),
    KnownFailure(
        ("django",),
        ("dev",),
        ("persistence-http10-keep-alive",),
        "the response does not contain Connection: keep-alive",
    ),
    # -- gunicorn
    KnownFailure(
        ("flask",),
        ("gunicorn",),
        (*CHUNKS_REJECTED, *CHUNKS_SURVIVED),
        "gunicorn parses chunks when the application reads them, so a malformed chunk raises an error there: 500",
    ),
    # -- waitress
    KnownFailure(
        BOTH,
        ("waitress",),
        ("headers-request-line",),
        "waitress passes control characters in a target to the application",
    ),
    KnownFailure(
        BOTH,
        ("waitress",),
        ("framing-length-first", "framing-coding-first"),
        "waitress prefers Transfer-Encoding to Content-Length, and does not close the connection",
    ),
    # -- uvicorn, a2wsgi
    KnownFailure(
        ("flask",),
        ("uvicorn",),
        (*CHUNKED, "persistence-unread-form"),
        "a2wsgi does not set wsgi.input_terminated, so Werkzeug treats a body without Content-Length as empty",
    ),
    KnownFailure(BOTH, ("uvicorn",), ("bodies-expect-http10",), "uvicorn also sends 100 to HTTP/1.0 clients"),
    KnownFailure(
        BOTH, ("uvicorn",), ("parameters-inspect-fields-space",), "httptools does not remove white space after a value"
    ),
    KnownFailure(
        BOTH, ("uvicorn",), ("persistence-http10-keep-alive",), "uvicorn never keeps an HTTP/1.0 connection open"
    ),
    # -- granian
    KnownFailure(
        ("flask",),
        ("granian",),
        CHUNKS_REJECTED,
        "granian passes an incomplete body to the application as if it were complete",
    ),
    # -- nginx
    KnownFailure(ALL, ("nginx",), ("methods-options-server",), "nginx answers 400 to OPTIONS *"),
    KnownFailure(ALL, ("nginx",), ("bodies-expect-unneeded",), "nginx sends 100 although the body has arrived"),
    KnownFailure(ALL, ("nginx",), ("bodies-expect-unknown",), "nginx ignores expectations other than 100-continue"),
    KnownFailure(
        ALL, ("nginx",), ("persistence-half-close",), "nginx treats a half-closed connection as closed (its status 499)"
    ),
    KnownFailure(ALL, ("nginx",), ("hosts-grammar",), "nginx does not check the port in Host"),
    KnownFailure(
        ALL, ("nginx",), ("headers-no-colon", "headers-name"), "nginx drops such fields (ignore_invalid_headers)"
    ),
    KnownFailure(
        ALL, ("nginx",), ("targets-version-malformed",), "nginx treats HTTP/1.10 as a later version of HTTP/1"
    ),
    KnownFailure(
        ALL, ("nginx",), ("caching-none-match-lines",), "nginx accepts one If-None-Match field, and answers 400 to two"
    ),
    KnownFailure(ALL, ("nginx",), ("security-bad-request",), "nginx's own error responses lack these fields"),
    KnownFailure(
        ALL, ("nginx",), ("security-no-software",), "nginx names itself in the Server field, without its version"
    ),
)


def known_failure(implementation: str, server: str, rule: str) -> KnownFailure | None:
    """Return the known failure of a rule there, None if the rule must pass."""
    found = [
        each
        for each in KNOWN_FAILURES
        if implementation in each.implementations and server in each.servers and rule in each.rules
    ]
    assert len(found) < 2, f"{implementation} on {server}: {rule} is listed more than once"
    return found[0] if found else None

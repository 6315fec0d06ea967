"""Rules of the contract that other servers break, or a framework under them, each with its reason, once."""

from dataclasses import dataclass

ALL = ("raw", "flask", "django")
BOTH = ("flask", "django")
OTHERS = ("dev", "gunicorn", "waitress", "uvicorn", "granian")
FRAMEWORK = "the framework"  # whose it is that both frameworks break, each by itself

CHUNKED = (
    "bodies-chunked",
    "bodies-chunked-several",
    "bodies-chunked-binary",
    "bodies-chunked-case",
    "bodies-chunked-extensions",
    "bodies-chunked-trailers",
    "bodies-chunked-packets",
)
CHUNKS_REFUSED = ("chunks-size-signed", "chunks-size-not-hexadecimal", "chunks-overrun", "chunks-end")
CHUNKS_BORNE = ("chunks-size-space", "chunks-extension-broken", "chunks-extension-long", "chunks-trailer-framing")
DEADLINES = ("timeouts-head", "timeouts-head-drip", "timeouts-body", "timeouts-body-drip")


@dataclass(frozen=True, slots=True)
class Breach:
    """Rules that implementations break on servers, and why."""

    implementations: tuple[str, ...]
    servers: tuple[str, ...]
    rules: tuple[str, ...]
    reason: str
    whose: str = ""  # where that cannot be deduced


BREACHES = (
    # -- how a driver is made
    Breach(ALL, ("serial",), ("concurrency-idle",), "one client at a time, to show what that means"),
    # -- frameworks
    Breach(
        BOTH,
        ("dev", "granian"),
        ("methods-case",),
        "Werkzeug and Django take the method in capitals, however it is sent",
        whose=FRAMEWORK,
    ),
    Breach(
        ("flask",),
        ("dev", "gunicorn", "granian"),
        ("bodies-too-large-chunked",),
        "Werkzeug cuts a body without a length off at MAX_CONTENT_LENGTH, and does not say so",
        whose=FRAMEWORK,
    ),
    Breach(
        ("django",),
        ("dev", "gunicorn", "uvicorn", "granian"),
        (*CHUNKED, "bodies-too-large-chunked", "persistence-unread-form"),
        "Django takes a body without a Content-Length for an empty one",
        whose=FRAMEWORK,
    ),
    # -- several servers
    Breach(BOTH, OTHERS, ("bodies-expect-unneeded",), "100 is sent though the body is there"),
    Breach(BOTH, OTHERS, ("security-no-software",), "the servers name themselves in Server"),
    Breach(BOTH, OTHERS, ("hosts-missing",), "without Host, applications are told the server's own name"),
    Breach(BOTH, OTHERS, DEADLINES, "it waits longer than the judge, who waits for five seconds"),
    Breach(BOTH, OTHERS, ("targets-characters",), "applications get whatever stands between two spaces"),
    Breach(
        BOTH,
        OTHERS[1:],
        ("security-bad-request",),
        "the server's own answer to a broken request has no such fields",
    ),
    Breach(BOTH, OTHERS[1:], ("hosts-absolute",), "applications are told of Host, whatever the target says"),
    Breach(
        BOTH,
        ("dev", "gunicorn", "waitress", "granian"),
        ("hosts-absolute-missing",),
        "the target's host is passed over, so nobody misses it",
    ),
    Breach(BOTH, OTHERS[1:], ("targets-fragment",), "the fragment is cut off, or left to the application"),
    Breach(("flask",), ("dev",), ("targets-fragment",), "the fragment is cut off"),
    Breach(BOTH, ("dev", "waitress"), ("route-double-slash",), "the server turns a leading // into /"),
    Breach(BOTH, ("waitress", "uvicorn", "granian"), ("bodies-expect-unknown",), "only 100-continue is looked for"),
    Breach(BOTH, ("waitress", "uvicorn"), ("targets-version",), "HTTP/2.0 is answered like HTTP/1.0 or HTTP/1.1"),
    Breach(BOTH, ("uvicorn", "granian"), ("persistence-half-close",), "who half-closes counts as gone"),
    Breach(BOTH, ("gunicorn", "waitress"), ("persistence-close-list",), "Connection is compared as a whole"),
    Breach(("django",), ("dev",), ("persistence-close-list",), "Connection is compared as a whole"),
    Breach(
        BOTH,
        ("waitress", "uvicorn"),
        ("persistence-error-delivered",),
        "it closes while bytes are unread, which is a reset",
    ),
    Breach(BOTH, ("uvicorn", "granian"), ("framing-coding-unknown",), "all codings before a last chunked go unseen"),
    Breach(BOTH, ("waitress", "granian"), ("framing-chunked-twice",), "all codings before a last chunked go unseen"),
    # -- development servers
    Breach(BOTH, ("dev",), ("bodies-expect-unknown",), "http.server knows no 417"),
    Breach(BOTH, ("dev",), ("persistence-error",), "a Content-Length that is no number counts as none"),
    Breach(BOTH, ("dev",), ("headers-space-before-colon",), "http.server reads header fields as those of a mail"),
    Breach(BOTH, ("dev",), ("headers-empty-line",), "http.server takes an empty line for the end"),
    Breach(
        BOTH,
        ("dev",),
        ("targets-version-malformed",),
        "http.server takes 1.10, and refuses others in HTTP/0.9",
    ),
    Breach(
        BOTH,
        ("dev",),
        ("headers-few-words", "targets-version", "targets-http2", "targets-tls"),
        "http.server refuses in HTTP/0.9, without a status line, while it knows no version",
    ),
    Breach(("flask",), ("dev",), ("bodies-expect-http10",), "Werkzeug sends 100 to HTTP/1.0, too"),
    Breach(("flask",), ("dev",), ("parameters-inspect-fields-space",), "http.server keeps white space after a value"),
    Breach(("flask",), ("dev",), ("persistence-two",), "each answer says close"),
    Breach(
        ("flask",),
        ("dev",),
        ("bodies-chunked-extensions", "bodies-chunked-trailers"),
        "Werkzeug's development server knows neither chunk extensions nor trailers",
    ),
    Breach(("django",), ("dev",), ("route-absolute-form",), "wsgiref takes the whole target for a path"),
    Breach(("django",), ("dev",), ("persistence-close-echoed",), "it closes when asked to, without a word"),
    Breach(("django",), ("dev",), ("persistence-http10-keep-alive",), "the answer does not say whether it persists"),
    # -- gunicorn
    Breach(
        ("flask",),
        ("gunicorn",),
        (*CHUNKS_REFUSED, *CHUNKS_BORNE),
        "chunks are parsed as the application reads them; what is wrong with them is raised there, and becomes its 500",
    ),
    # -- waitress
    Breach(BOTH, ("waitress",), ("headers-request-line",), "control characters in a target reach the application"),
    Breach(
        BOTH,
        ("waitress",),
        ("framing-length-first", "framing-coding-first"),
        "Transfer-Encoding wins over Content-Length, and the connection goes on",
    ),
    Breach(BOTH, ("waitress",), ("framing-chunked-not-last",), "any coding but a last chunked is 501"),
    # -- uvicorn, a2wsgi
    Breach(
        ("flask",),
        ("uvicorn",),
        (*CHUNKED, "persistence-unread-form"),
        "a2wsgi does not set wsgi.input_terminated, so Werkzeug takes a body without a Content-Length for an empty one",
    ),
    Breach(BOTH, ("uvicorn",), ("bodies-expect-http10",), "100 is sent to HTTP/1.0, too"),
    Breach(BOTH, ("uvicorn",), ("parameters-inspect-fields-space",), "httptools keeps white space after a value"),
    Breach(BOTH, ("uvicorn",), ("persistence-http10-keep-alive",), "HTTP/1.0 never persists"),
    # -- granian
    Breach(("flask",), ("granian",), CHUNKS_REFUSED, "a body that breaks off reaches the application as a whole one"),
    # -- nginx
    Breach(ALL, ("nginx",), ("methods-options-server",), "nginx answers 400 to OPTIONS *"),
    Breach(ALL, ("nginx",), ("bodies-expect-unneeded",), "nginx sends 100 though the body is there"),
    Breach(ALL, ("nginx",), ("bodies-expect-unknown",), "nginx passes over expectations that it does not know"),
    Breach(ALL, ("nginx",), ("persistence-half-close",), "who half-closes counts as gone (its status 499)"),
    Breach(ALL, ("nginx",), ("hosts-grammar",), "the port in Host is not looked at"),
    Breach(ALL, ("nginx",), ("framing-chunked-not-last",), "any coding but chunked alone is 501"),
    Breach(ALL, ("nginx",), ("headers-no-colon", "headers-name"), "such fields are dropped (ignore_invalid_headers)"),
    Breach(ALL, ("nginx",), ("targets-version-malformed",), "HTTP/1.10 is taken for a later HTTP/1"),
    Breach(ALL, ("nginx",), ("timeouts-body-drip",), "client_body_timeout counts from one octet to the next"),
    Breach(ALL, ("nginx",), ("caching-none-match-lines",), "nginx takes If-None-Match once, and answers 400 to two"),
    Breach(ALL, ("nginx",), ("security-bad-request",), "what nginx refuses itself has none of the fields"),
    Breach(ALL, ("nginx",), ("security-no-software",), "nginx names itself in Server, if without its version"),
)


def breach_of(implementation: str, server: str, rule: str) -> Breach | None:
    """Return the breach that is known there, None where the rule must be kept."""
    found = [
        breach
        for breach in BREACHES
        if implementation in breach.implementations and server in breach.servers and rule in breach.rules
    ]
    assert len(found) < 2, f"{implementation} on {server}: {rule} is listed more than once"
    return found[0] if found else None

"""Rules of the contract that other servers break, or a framework under them, each with its reason, once."""

from dataclasses import dataclass

BOTH = ("flask", "django")

CHUNKED = (
    "bodies-chunked",
    "bodies-chunked-several",
    "bodies-chunked-binary",
    "bodies-chunked-case",
    "bodies-chunked-extensions",
    "bodies-chunked-trailers",
    "bodies-chunked-packets",
)


@dataclass(frozen=True, slots=True)
class Breach:
    """Rules that implementations break on servers, and why."""

    implementations: tuple[str, ...]
    servers: tuple[str, ...]
    rules: tuple[str, ...]
    reason: str


BREACHES = (
    Breach(BOTH, ("dev",), ("route-double-slash",), "http.server turns a leading // into /"),
    Breach(BOTH, ("dev",), ("methods-case",), "Werkzeug and Django take the method in capitals, however it is sent"),
    Breach(BOTH, ("dev",), ("bodies-expect-unknown",), "http.server knows no 417"),
    Breach(BOTH, ("dev", "gunicorn"), ("bodies-expect-needless",), "100 is sent though the body is there"),
    Breach(BOTH, ("dev", "gunicorn"), ("security-silence",), "the servers name themselves in Server"),
    Breach(BOTH, ("gunicorn",), ("security-refused",), "gunicorn's own answer to a broken request has no such fields"),
    Breach(("flask",), ("dev",), ("bodies-expect-old",), "Werkzeug sends 100 to HTTP/1.0, too"),
    Breach(("flask",), ("dev",), ("parameters-inspect-fields-space",), "http.server keeps white space after a value"),
    Breach(
        ("flask",),
        ("dev",),
        ("bodies-chunked-extensions", "bodies-chunked-trailers"),
        "Werkzeug's development server knows neither chunk extensions nor trailers",
    ),
    Breach(
        ("flask",),
        ("dev", "gunicorn"),
        ("bodies-too-large-chunked",),
        "Werkzeug cuts a body without a length off at MAX_CONTENT_LENGTH, and does not say so",
    ),
    Breach(("django",), ("dev",), ("route-absolute-form",), "wsgiref takes the whole target for a path"),
    Breach(
        ("django",),
        ("dev", "gunicorn"),
        (*CHUNKED, "bodies-too-large-chunked"),
        "Django takes a body without a Content-Length for an empty one",
    ),
)


NGINX = (
    Breach(("raw",), ("nginx",), ("methods-options-server",), "nginx answers 400 to OPTIONS *"),
    Breach(("raw",), ("nginx",), ("bodies-expect-needless",), "nginx sends 100 though the body is there"),
    Breach(("raw",), ("nginx",), ("bodies-expect-unknown",), "nginx passes over expectations that it does not know"),
)


def why_broken(implementation: str, server: str, rule: str) -> str | None:
    """Return the reason why a rule is broken there, None where it must be kept."""
    reasons = [
        breach.reason
        for breach in (*BREACHES, *NGINX)
        if implementation in breach.implementations and server in breach.servers and rule in breach.rules
    ]
    assert len(reasons) < 2, f"{implementation} on {server}: {rule} is listed more than once"
    return reasons[0] if reasons else None

"""Broken servers for stage 3, Route."""

import re
from collections.abc import Callable
from functools import partial

from raw_router.messages import Request, Response
from tests.mutants.serving import Mutant, answering, asking, instead, plain, with_body

CORE = ("/", "/test", "/time", "/time.html")
CRASH = plain("500 Internal Server Error")
FAILED = Response(500, (("Content-Type", "text/html; charset=utf-8"), ("Content-Length", "3")), b"No.")


def lost(path: str) -> Callable[[Request], Request]:
    """Remove a route."""
    return lambda request: elsewhere(request) if request.path == path else request


def elsewhere(request: Request) -> Request:
    return request._replace(path="/forgotten")


def looked_up(way: Callable[[str], str], request: Request) -> Request:
    """Look up another path if it leads to a page of the core."""
    path = way(request.path)
    return request._replace(path=path) if path in CORE else request


def with_query(request: Request) -> Request:
    return elsewhere(request) if request.query and request.path in CORE else request


def only_for(agents: str) -> Callable[[Request], Request]:
    """Serve only clients whose User-Agent matches."""
    return lambda request: request if re.search(agents, request.field("User-Agent") or "") else elsewhere(request)


def undecoded(request: Request) -> Request:
    return elsewhere(request) if "%74" in request.target else request


def soft_404(request: Request, response: Response) -> Response:
    return response._replace(status=200) if response.status == 404 else response


def vague_404(request: Request, response: Response) -> Response:
    return with_body(response, b"<h1>Not found</h1>") if response.status == 404 else response


def picky_404(request: Request, response: Response) -> Response:
    """Serve every path of one word."""
    is_word = re.fullmatch("/[a-z0-9]{6,20}", request.path)
    return response._replace(status=200) if response.status == 404 and is_word else response


MUTANTS = (
    *(
        Mutant(id=f"no-{name}", breaks=(f"route-{name}",), serve=asking(lost(path)))
        for name, path in (("index", "/"), ("test", "/test"), ("time", "/time"), ("time-html", "/time.html"))
    ),
    Mutant(id="only-for-the-judge", breaks=("route-user-agent",), serve=asking(only_for("^$"))),
    Mutant(id="not-for-crawlers", breaks=("route-user-agent",), serve=asking(only_for("^$|Firefox|curl"))),
    Mutant(id="soft-404", breaks=("route-unknown",), serve=answering(soft_404), until=4),
    Mutant(id="vague-404", breaks=("route-unknown-named",), serve=answering(vague_404), until=4),
    Mutant(id="picky-404", breaks=("route-random-unknown",), serve=answering(picky_404), until=4),
    Mutant(id="query-in-path", breaks=("route-query",), serve=asking(with_query)),
    Mutant(
        id="strict-query",
        breaks=("route-browser-query",),
        serve=instead(rb"GET /test\?\S*([\[\]|^{}`\\]|%(?![0-9a-f]{2}))", plain("400 Bad Request")),
    ),
    Mutant(
        id="strict-path",
        breaks=("route-browser-path",),
        serve=instead(rb"GET /no-such-page/[\[\]|^{}`a]", plain("400 Bad Request")),
    ),
    Mutant(id="lower-case", breaks=("route-case",), serve=asking(partial(looked_up, str.lower))),
    Mutant(
        id="final-slash",
        breaks=("route-final-slash",),
        serve=asking(partial(looked_up, lambda path: path.rstrip("/"))),
    ),
    Mutant(
        id="double-slash",
        breaks=("route-double-slash",),
        serve=asking(partial(looked_up, partial(re.sub, "//+", "/"))),
    ),
    Mutant(id="undecoded", breaks=("route-percent",), serve=asking(undecoded)),
    *(
        Mutant(id=f"crash-{name}", breaks=(f"route-{name}",), serve=instead(rb"GET /" + path, CRASH))
        for name, path in (
            ("percent-broken", rb"%(?![0-9a-f]{2})"),
            ("percent-not-utf8", rb"%ff"),
            ("percent-nul", rb"%00"),
            ("percent-crlf", rb"%0d%0a"),
            ("long", rb"x{7000}"),
        )
    ),
    Mutant(
        id="no-absolute-form",
        breaks=("route-absolute-form",),
        serve=instead(rb"GET http://", plain("400 Bad Request")),
    ),
)

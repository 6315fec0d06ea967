"""Probes: requests of the judge's own, which find out about a server before and between the rules."""

import re
import time

from http_contract.client.findings import OK, WaitsAgain
from http_contract.client.server import Crash, Server
from http_contract.client.transport import ConnectionFailed
from http_contract.http.request import get
from http_contract.http.response import Response
from http_contract.rules.common import PAGE_PATHS
from http_contract.rules.model import Rule
from http_contract.runner.target import Target

ROUTES = {
    "/hello/<name>": "/hello/World",
    "/status/<int:code>": "/status/200",
    "/home": "/home",
    "/inspect": "/inspect",
    "/form": "/form",
    "/files/<path:name>": "/files/hello.txt",
    "/style.css": "/style.css",
    "/error": "/error",
}
"""The routes outside the core, each with a path that shows whether the server has it."""

OTHER_PATHS = PAGE_PATHS[2:]  # which are requested only if the first two do not respond 200
IMPOSSIBLE = "/x7q-no-page-of-any-server"
MOST_UNANSWERED = 2  # requests for one route
PROBE_COUNT = 3  # plain requests, of which the slowest counts
CRASH_WAIT = 0.5  # seconds to wait for a process that may be about to end
POLL_INTERVAL = 0.01  # seconds between two checks of it


def find_page(server: Server) -> None:
    """Find the page that transport rules request, and the defects of the first two pages."""
    pages = server.findings.pages
    defects: set[str] = set()
    for path in PAGE_PATHS:
        if path in OTHER_PATHS and OK in pages.values():
            break
        if response := _response(server, path):
            pages[path] = response.status
            defects.update(defect.code for defect in response.defects)
    server.findings.defects = frozenset(defects)


def page_defects(server: Server) -> frozenset[str]:
    """Return the codes of the defects of the first two pages."""
    if server.findings.defects is None:
        find_page(server)
    return server.findings.defects or frozenset()


def serves(server: Server, route: str) -> bool:
    """Return whether the server has a route outside the core. It requests the route once, or twice without a response.

    404 means no, and so does the response that the server gives to a path that cannot exist. No response means yes: the
    server may have ended because of an earlier request, or because of this one, which is for a rule to find out.
    """
    findings = server.findings
    if route in findings.routes:
        return findings.routes[route]
    findings.unknown = findings.unknown or _response(server, IMPOSSIBLE)
    if response := _response(server, ROUTES[route]):
        findings.routes[route] = not is_missing(response, route, findings.unknown)
    else:
        findings.unanswered[route] += 1
    if findings.unanswered[route] == MOST_UNANSWERED:
        findings.routes[route] = True
    return findings.routes.get(route, True)


def is_missing(response: Response, route: str, unknown: Response | None) -> bool:
    return response.status == 404 or (unknown is not None and is_same_page(response, ROUTES[route], unknown))


def is_same_page(response: Response, path: str, unknown: Response) -> bool:
    """Return whether a response is the one to a path that cannot exist, except for the path and the time in it."""
    return response.status == unknown.status and _text(response, path) == _text(unknown, IMPOSSIBLE)


def _text(response: Response, path: str) -> bytes:
    return re.sub(rb"\d\d:\d\d(:\d\d)?", b"", response.body.replace(path.encode(), b"").replace(path[1:].encode(), b""))


def missing_route(rule: Rule, server: Server) -> str:
    """Return the first route of the rule that the server lacks, or an empty text."""
    return next((route for route in rule.routes if not serves(server, route)), "")


def _response(server: Server, path: str) -> Response | None:
    try:
        return next(iter(server.with_own_record().ask(get(path)).responses), None)
    except (ConnectionFailed, WaitsAgain):
        return None


def is_responding(server: Server) -> bool:
    """Return whether the server responds to a plain request."""
    return response_time(server) is not None


def response_time(server: Server) -> float | None:
    """Return the seconds until the first byte of the response to a plain request, or None if no byte comes."""
    began = time.monotonic()
    try:
        with server.with_own_record().connect() as connection:
            connection.send(get("/"))
            if not connection.transport.received:  # it may have come while the request was sent
                connection.transport.wait(began + server.timeout)
            seconds = time.monotonic() - began
            connection.await_close()  # some servers crash if the client leaves too early
            return seconds if connection.transport.received else None
    except ConnectionFailed:
        return None


def wait_for_crash(target: Target, share: float = 1.0) -> Crash | None:
    """Return how the server ended, or None if it still runs after a share of CRASH_WAIT."""
    deadline = time.monotonic() + share * CRASH_WAIT
    while not (crash := target.crash()) and time.monotonic() < deadline:
        time.sleep(POLL_INTERVAL)
    return crash

"""Why each of the three answers so: the line of its route table that matched, and the function that it names.

Each router is asked itself, and the lines are found in the source as it was at the start. What is no request comes
to none of them: then the reason is where raw_router's core has raised.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from raw_router.connection import Connection
from raw_router.messages import HTTPError, Request
from sidebyside.launch.services import SERVERS
from sidebyside.page.reading import read
from sidebyside.page.reasons import Reason
from sidebyside.page.source import excerpt_of
from sidebyside.page.why_django import why_django
from sidebyside.page.why_flask import why_flask
from sidebyside.page.why_raw import why_raw

WHY: Mapping[str, Callable[[Request], Reason]] = {"raw": why_raw, "flask": why_flask, "django": why_django}
UNFINISHED = "The request is not complete, so no router is asked yet."
ASTERISK = "OPTIONS * asks about the server, not about a page: the connection answers, and no router is asked."


def why(data: bytes, implementation: str, server: str) -> Reason:
    """Return why an implementation answers these bytes as it does, on that server."""
    how = read(data)
    is_routed = how.request is not None and how.request.path != "*"
    if server != "raw_router" and not is_routed:
        return Reason(f"It runs on {SERVERS[server]}, which reads this in its own way; raw_router asks no router here.")
    if how.refusal:
        return refused(how.refusal)
    if how.request is None:
        return Reason(UNFINISHED)
    if how.request.path == "*":
        return Reason(ASTERISK, (excerpt_of(Connection._answer, "SERVER_OPTIONS"),))
    return WHY[implementation](how.request)


def refused(error: HTTPError) -> Reason:
    """Return the function that raised, its line marked."""
    said = f"The connection refused it with {error.status.value}: {error}. No router was asked."
    traceback = error.__traceback__
    while traceback and traceback.tb_next:
        traceback = traceback.tb_next
    if traceback is None:
        return Reason(said)
    return Reason(said, (replace(excerpt_of(traceback.tb_frame.f_code), marked=(traceback.tb_lineno,)),))

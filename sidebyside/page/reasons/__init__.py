"""The reasons for the responses: the line of each route table that matched, and the function that it names.

Each framework's own router is asked, and the lines are found in the source as it was when the process started. Bytes
that are not a request never reach a router. Then the reason is the line of raw_router's core that raised the error. An
implementation that cannot be imported has a reason that says why, and the others have theirs.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from importlib import import_module

from raw_router.messages import HTTPError, Request
from raw_router.responder import Responder
from sidebyside.launch.services import SERVER_TITLES
from sidebyside.loading import loading_error
from sidebyside.page.reasons.reason import Reason
from sidebyside.page.source import excerpt_of
from sidebyside.page.trace import read_request

__all__ = ["REASONS", "Reason", "reason_for"]

REASONS: Mapping[str, str] = {"raw": "raw_reason", "flask": "flask_reason", "django": "django_reason"}
"""The names of the functions that ask each router, by their modules here. A guest's is `guest_reason`."""
INCOMPLETE = "The request is not complete, so no router has been asked."
ASTERISK = "OPTIONS * asks about the server, not about a page. The connection responds, and no router is asked."


def reason_for(data: bytes, service: str, server: str) -> Reason:
    """Return the reason for a service's response to these bytes, if it runs on that server."""
    result = read_request(data)
    is_routed = result.request is not None and result.request.path != "*"
    if server != "raw_router" and not is_routed:
        return Reason(f"The service runs on {SERVER_TITLES[server]}, which reads these bytes in its own way.")
    if result.refusal:
        return refusal_reason(result.refusal)
    if result.request is None:
        return Reason(INCOMPLETE)
    if result.request.path == "*":
        return Reason(ASTERISK, (excerpt_of(Responder._answer, "SERVER_OPTIONS"),))
    return routing_reason(service, result.request)


def routing_reason(service: str, request: Request) -> Reason:
    """Return the reason that a service's own router gives, or why it cannot be asked: its sources may be edited."""
    try:
        return asker_of(service)(request)
    except Exception as error:
        return Reason(loading_error(error))


def asker_of(service: str) -> Callable[[Request], Reason]:
    """Import the function that asks the router of a service, and with it the implementation."""
    name, function = (service, REASONS[service]) if service in REASONS else ("guests", "guest_reason")
    found: Callable[..., Reason] = getattr(import_module(f"{__name__}.{name}"), function)
    return found if service in REASONS else partial(found, service)


def refusal_reason(error: HTTPError) -> Reason:
    """Return the function that raised the error, with the line marked."""
    traceback = error.__traceback__
    assert traceback is not None, "the error was caught, so it has a traceback"
    while traceback.tb_next:
        traceback = traceback.tb_next
    excerpt = replace(excerpt_of(traceback.tb_frame.f_code), marked=(traceback.tb_lineno,))
    text = f"The connection refused the request with {error.status.value}: {error}. No router was asked."
    return Reason(text, (excerpt,))

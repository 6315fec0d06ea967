"""The handler of the URLS router: a Request finds its view, and what the view shows becomes a Response."""

import logging

from raw_router.messages import Request, Response
from raw_router.router import MethodNotAllowed, NotFound
from raw_router.urls import router
from shared_views import views
from shared_views.answers import answer, options
from shared_views.hosts import allowed_hosts, host_allowed
from shared_views.pages import Answer

ALLOWED_HOSTS = allowed_hosts()

errors = logging.getLogger("raw_router")


def generate_response(request: Request) -> Response:
    """Return the answer to a request: what its view shows, or the page for whatever went wrong."""
    try:
        given = respond(request)
    except Exception:
        errors.exception("%s %s failed", request.method, request.target)
        given = answer(views.server_error(), request.field)
    return Response(given.status, given.headers, given.body)


def respond(request: Request) -> Answer:
    """Check the host, then the path, then the method, then ask the view."""
    if not host_allowed(request.host, ALLOWED_HOSTS):
        return answer(views.unknown_host(), request.field)
    found = router.match(request.method, request.path)
    match found:
        case NotFound():
            return answer(views.not_found(request.path), request.field)
        case MethodNotAllowed(allowed) if request.method == "OPTIONS":
            return options(allowed)
        case MethodNotAllowed(allowed):
            return answer(views.method_not_allowed(request.method, allowed), request.field)
    return answer(found.view(request, **found.parameters), request.field)

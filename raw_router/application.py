"""The URLS application: a handler that finds the view for a Request and makes a Response of its result."""

import logging
from functools import lru_cache

from raw_router.messages import ConstantResponse, Request, Response
from raw_router.router import Found, NotFound
from raw_router.urls import router
from shared_views import views
from shared_views.answers import answer, options
from shared_views.hosts import allowed_hosts, host_allowed
from shared_views.pages import Answer, Page, represent
from shared_views.paths import path_allowed
from shared_views.views import Shown

ALLOWED_HOSTS = allowed_hosts()

logger = logging.getLogger("raw_router")


def generate_response(request: Request) -> Response:
    """Return the response to a request: the result of its view, or an error page."""
    try:
        shown = respond(request)
        if isinstance(shown, Page) and shown.constant:
            return constant_response(shown, request.headers.get("accept"))
        return response_of(shown if isinstance(shown, Answer) else answer(shown, request.field))
    except Exception:
        logger.exception("%s %s failed", request.method, request.target)
        return response_of(answer(views.server_error(), request.field))


def respond(request: Request) -> Shown | Answer:
    """Check the host, then the path, then the method, then call the view."""
    if not serves(request.host):
        return views.unknown_host()
    if not path_allowed(request.path):
        return views.bad_path()
    found = router.match(request.method, request.path)
    if isinstance(found, Found):
        shown: Shown = found.view(request, **found.parameters)
        return shown
    if isinstance(found, NotFound):
        return views.not_found(request.path)
    if request.method == "OPTIONS":
        return options(found.allowed)
    return views.method_not_allowed(request.method, found.allowed)


@lru_cache(maxsize=256)
def serves(host: str) -> bool:
    """Whether the service responds for a host."""
    return host_allowed(host, ALLOWED_HOSTS)


@lru_cache(maxsize=256)
def constant_response(page: Page, accept: str | None) -> ConstantResponse:
    """Return the response with a constant page; the cache has one for each Accept field."""
    return ConstantResponse(*response_of(represent(page, accept)))


def response_of(shown: Answer) -> Response:
    return Response(shown.status, shown.headers, shown.body)

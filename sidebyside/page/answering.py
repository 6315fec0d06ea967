"""The steps from a request to bytes, as raw_router's handler takes them: a view, a page, a form, a head."""

from collections.abc import Callable, Iterator
from time import time
from typing import Any

from raw_router.application import response_of, serves
from raw_router.connection import SERVER_OPTIONS, Connection
from raw_router.messages import Request, Response
from raw_router.parser import parse_connection
from raw_router.router import Found, MethodNotAllowed, NotFound, Router
from raw_router.urls import router
from raw_router.writer import FORBID_CONTENT, generate_headers
from shared_views import views
from shared_views.answers import answer, options
from shared_views.pages import Answer
from shared_views.views import Shown
from sidebyside.page.octets import in_lines
from sidebyside.page.steps import SHOWN, Step, written

ASTERISK = "OPTIONS * asks about the server, not about a page: the connection answers by itself."
SAID = "It returns what is to be said, before that takes a form."
RAISES = "The view raises. generate_response catches it, logs it, and shows nothing of it."


def answering(request: Request) -> Iterator[Step]:
    """Yield what becomes of a request, up to the bytes of its answer's head."""
    if request.path == "*":
        yield Step("It needs no view", Connection._answer, ASTERISK, written(SERVER_OPTIONS), kind="turns")
    elif not serves(request.host):
        yield Step("Its host is looked at", serves, f"{request.host!r} is not served here.", "False", kind="turns")
        yield from _shown(request, views.unknown_host, views.unknown_host())
    else:
        yield from _routed(request)


def _routed(request: Request) -> Iterator[Step]:
    found = router.match(request.method, request.path)
    asked = f"router.match({request.method!r}, {request.path!r})"
    if isinstance(found, Found):
        yield Step("It finds its view", Router.match, f"{asked} finds one.", written(found))
        yield from _viewed(request, found)
    else:
        yield Step("It finds no view", Router.match, f"{asked} says why.", written(found), kind="turns")
        yield from _turned(request, found)


def _viewed(request: Request, found: Found) -> Iterator[Step]:
    try:
        shown = found.view(request, **found.parameters)
    except Exception as error:
        yield Step("The view is asked", found.view, RAISES, written(error), kind="turns")
        yield from _shown(request, views.server_error, views.server_error())
    else:
        yield from _shown(request, found.view, shown)


def _turned(request: Request, found: MethodNotAllowed | NotFound) -> Iterator[Step]:
    """Yield what becomes of a request without a view: 404, OPTIONS, 405."""
    if isinstance(found, NotFound):
        yield from _shown(request, views.not_found, views.not_found(request.path))
    elif request.method == "OPTIONS":
        given = options(found.allowed)
        yield Step("It is answered", options, "OPTIONS is told the methods, without a view.", written(given))
        yield _head(request, response_of(given))
    else:
        yield from _shown(request, views.method_not_allowed, views.method_not_allowed(request.method, found.allowed))


def _shown(request: Request, view: Callable[..., Any], shown: Shown) -> Iterator[Step]:
    given = answer(shown, request.field)
    yield Step("The view is asked", view, SAID, written(shown))
    yield Step("The page takes a form", answer, _form(request, given), written(given))
    yield _head(request, response_of(given))


def _form(request: Request, given: Answer) -> str:
    accept = request.field("Accept")
    asked = f"Accept is {accept!r}" if accept else "Without an Accept field"
    return f"{asked}: {dict(given.headers).get('Content-Type', 'no content')}, {given.status.value}."


def _head(request: Request, response: Response) -> Step:
    connection = parse_connection(request.version, request.field("Connection"))
    head, _ = generate_headers(response.status, response.headers, connection, int(time()))
    is_all = request.method == "HEAD" or response.status in FORBID_CONTENT
    said = "The head alone: this answer has no body." if is_all else "The head, which is joined once with the body."
    return Step("It becomes bytes", generate_headers, said, octets=in_lines(head, SHOWN))

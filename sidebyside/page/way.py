"""The way of a request through raw_router, step by step: its own functions on the same bytes, and what flows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from time import time
from typing import Any, Literal

from markupsafe import Markup
from rich.pretty import pretty_repr

from raw_router.connection import SERVER_OPTIONS, Connection
from raw_router.drivers import events
from raw_router.framing import read_body, take_head
from raw_router.handler import generate_response, response_of, serves
from raw_router.messages import Request, Response
from raw_router.parser import parse_connection
from raw_router.router import Found, Router
from raw_router.urls import router
from raw_router.writer import FORBID_CONTENT, generate_headers
from shared_views import views
from shared_views.answers import answer, options
from shared_views.pages import Answer
from sidebyside.page.octets import counted, in_lines
from sidebyside.page.reading import CLIENT, Read, read
from sidebyside.page.source import Excerpt, excerpt_of, highlighted_value

WIDTH = 84  # columns of a value
LONGEST = 240  # characters of a string in it
SHOWN = 1200  # octets of what comes and goes

Kind = Literal["goes on", "refused", "waits", "turns"]
"""What becomes of the request: it goes on, is refused, waits for more bytes, or takes another way than to a view."""


@dataclass(frozen=True, slots=True)
class Step:
    """One function that the request passes, what it makes of it, in words and as data."""

    title: str
    function: Callable[..., Any]
    said: str
    data: str = ""  # as Python writes it
    octets: str = ""  # or as bytes, made visible
    kind: Kind = "goes on"

    @property
    def excerpt(self) -> Excerpt:
        return excerpt_of(self.function)

    @property
    def html(self) -> Markup:
        return highlighted_value(self.data)

    @property
    def name(self) -> str:
        return self.function.__qualname__


def way(data: bytes) -> Iterator[Step]:
    """Yield the steps of the first request in the bytes, until it is answered, refused, or waits."""
    how_read = read(data)
    yield Step(
        "The socket is readable",
        events.Loop.run,
        f"A driver receives {counted(len(data))}.",
        octets=in_lines(data, SHOWN),
    )
    yield Step("It enters the core", Connection.receive, "Bytes in; bytes will come out. No socket from here on.")
    yield _head_step(how_read)
    if how_read.head and how_read.framing and how_read.framing.length != 0:
        yield _body_step(how_read)
    if how_read.request:
        yield from _answered(how_read.request)
    yield _last(data)


def written(value: Any) -> str:
    """Return a value as Python writes it, in lines that can be read."""
    return pretty_repr(value, max_width=WIDTH, max_string=LONGEST)


# -- reading


def _head_step(how: Read) -> Step:
    step = Step("A head is complete", take_head, "")
    if how.head:
        said = "Request line and fields keep to the grammar; how long the body is, and what comes after it, is known."
        return replace(step, said=said, data=written(how.head[0]) + "\n" + written(how.head[1]))
    return replace(step, title="A head is not complete", **_stopped(how))


def _body_step(how: Read) -> Step:
    step = Step("A body is complete", read_body, "")
    if how.request:
        framed = "by chunks" if how.framing and how.framing.length is None else "by Content-Length"
        return replace(step, said=f"{counted(len(how.request.body))}, framed {framed}.", data=written(how.request.body))
    return replace(step, title="A body is not complete", **_stopped(how))


def _stopped(how: Read) -> Mapping[str, Any]:
    """Return what a step has to tell where reading goes no further."""
    if how.refusal is None:
        return {"kind": "waits", "said": "More bytes are waited for; after a few seconds, 408 is the answer."}
    raised = f"{type(how.refusal).__name__}({str(how.refusal)!r})"
    said = (
        f"Refused with {how.refusal.status.value}. The connection answers by itself and closes: no route is looked at."
    )
    return {"kind": "refused", "said": said, "data": raised}


# -- answering


def _answered(request: Request) -> Iterator[Step]:
    """Yield what generate_response does, a function at a time."""
    if request.path == "*":
        said = "OPTIONS * asks about the server, not about a page: the connection answers by itself."
        yield Step("It needs no view", Connection._answer, said, written(SERVER_OPTIONS), kind="turns")
        return
    if not serves(request.host):
        yield Step("Its host is looked at", serves, f"{request.host!r} is not served here.", "False", kind="turns")
        yield from _shown(request, views.unknown_host, views.unknown_host())
        return
    found = router.match(request.method, request.path)
    said = f"router.match({request.method!r}, {request.path!r})"
    if isinstance(found, Found):
        yield Step("It finds its view", Router.match, f"{said} finds one.", written(found))
        yield from _viewed(request, found)
    else:
        yield Step("It finds no view", Router.match, f"{said} says why.", written(found), kind="turns")
        yield from _turned(request, found)


def _viewed(request: Request, found: Found) -> Iterator[Step]:
    try:
        shown = found.view(request, **found.parameters)
    except Exception as error:
        said = "The view raises. generate_response catches it, logs it, and shows nothing of it."
        yield Step("The view is asked", found.view, said, written(error), kind="turns")
        yield from _shown(request, views.server_error, views.server_error())
        return
    yield from _shown(request, found.view, shown)


def _turned(request: Request, found: Any) -> Iterator[Step]:
    """Yield what becomes of a request without a view: 404, OPTIONS, 405."""
    allowed = getattr(found, "allowed", None)
    if allowed is None:
        yield from _shown(request, views.not_found, views.not_found(request.path))
    elif request.method == "OPTIONS":
        given = options(allowed)
        yield Step("It is answered", options, "OPTIONS is told the methods, without a view.", written(given))
        yield from _written(request, response_of(given))
    else:
        yield from _shown(request, views.method_not_allowed, views.method_not_allowed(request.method, allowed))


def _shown(request: Request, view: Callable[..., Any], shown: Any) -> Iterator[Step]:
    said = "It returns what is to be said, before that takes a form."
    yield Step("The view is asked", view, said, written(shown))
    given = answer(shown, request.field)
    yield Step("The page takes a form", answer, _form(request, given), written(given))
    yield from _written(request, response_of(given))


def _form(request: Request, given: Answer) -> str:
    accept = request.field("Accept")
    asked = f"Accept is {accept!r}" if accept else "Without an Accept field"
    return f"{asked}: {dict(given.headers).get('Content-Type', 'no content')}, {given.status.value}."


def _written(request: Request, response: Response) -> Iterator[Step]:
    connection = parse_connection(request.version, request.field("Connection"))
    head, _ = generate_headers(response.status, response.headers, connection, int(time()))
    bodiless = request.method == "HEAD" or response.status in FORBID_CONTENT
    said = "The head, joined once with the body." if not bodiless else "The head alone: this answer has no body."
    yield Step("It becomes bytes", generate_headers, said, octets=in_lines(head, SHOWN))


def _last(data: bytes) -> Step:
    """Return the step in which a connection says all that it has to say to the bytes."""
    connection = Connection(generate_response, CLIENT)
    answer = connection.receive(data)
    then = "then it closes" if connection.waits_for == "closed" else f"then it waits ({connection.waits_for})"
    return Step(
        "Bytes leave",
        Connection.receive,
        f"receive returns {counted(len(answer))}; {then}.",
        octets=in_lines(answer, SHOWN),
    )

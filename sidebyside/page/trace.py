"""The trace of a request through raw_router: its own functions run on the same bytes, and each step shows its data.

No decision of raw_router is repeated here. The core's functions read the request, and a profile function records which
functions its application calls for it.
"""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from logging import LogRecord
from threading import get_ident
from types import CodeType, FrameType
from typing import Any, Literal

from markupsafe import Markup
from rich.pretty import pretty_repr

from raw_router import urls
from raw_router.application import constant_response, generate_response, logger, respond, serves
from raw_router.connection import Connection
from raw_router.drivers import events
from raw_router.framing import Stream, read_body, take_head
from raw_router.limits import LIMITS
from raw_router.memo import head_cache
from raw_router.messages import HTTPError, Request, Response
from raw_router.parser import Framing, Head, complete
from raw_router.responder import SERVER_OPTIONS, Responder
from raw_router.router import Found, Router
from raw_router.writer import generate_headers
from shared_views import views
from shared_views.answers import answer, options
from shared_views.paths import path_allowed
from shared_views.views import bad_path, unknown_host
from sidebyside.compare.hexdump import format_size, visible_lines
from sidebyside.page.source import Excerpt, excerpt_of, highlight_value

CLIENT = "127.0.0.1"
WIDTH = 84  # columns of a value
MAX_STRING = 240  # characters of a string in a value
MAX_BYTES = 1200  # of what is received and sent that are shown
ADDRESS = re.compile(r" at 0x[0-9a-f]+>")  # of an object in memory

StepKind = Literal["continues", "refused", "waits", "turns"]
"""The request continues, is refused, waits for more bytes, or turns away from its view."""

CORE = "Bytes come in and bytes will go out. No socket takes part from here on."
HEAD = "The request line and the fields are valid. The length of the body is known."
WAITS = "The connection waits for more bytes. After a few seconds it responds with 408."
ASTERISK = "OPTIONS * asks about the server, not about a page. The connection responds without its handler."
VIEW = "It returns the content of the page. The media type is chosen later."
RAISES = "The view raises an exception. The application logs it and shows the client nothing of it."
OPTIONS = "The response to OPTIONS lists the methods. No view takes part."


@dataclass(frozen=True, slots=True)
class Step:
    """One function that handles the request, and its result: as Python writes it, or as lines of bytes."""

    title: str
    function: Callable[..., Any] | CodeType
    note: str
    data: str = ""
    octets: str = ""
    kind: StepKind = "continues"

    @property
    def excerpt(self) -> Excerpt:
        return excerpt_of(self.function)

    @property
    def html(self) -> Markup:
        return highlight_value(self.data)


def format_value(value: Any) -> str:
    """Return a value as Python writes it, in lines of readable length, without addresses in memory."""
    return ADDRESS.sub(">", pretty_repr(value, max_width=WIDTH, max_string=MAX_STRING))


def trace(data: bytes) -> Iterator[Step]:
    """Yield the steps of the first request in the bytes, until it has a response, is refused, or waits."""
    result = read_request(data)
    received = f"A driver receives {format_size(len(data))}."
    yield Step("The socket is readable", events.Loop.run, received, octets=visible_lines(data, MAX_BYTES))
    yield Step("The bytes enter the core", Connection.receive, CORE)
    yield _head_step(result)
    if result.framing and result.framing.length != 0:
        yield _body_step(result)
    connection, recording = Responder(generate_response, CLIENT), Recording()
    with recording.active():
        sent = connection.receive(data)
    if result.request:
        yield from _application_steps(result.request, recording)
        yield _writer_step(sent)
    yield _last_step(connection, sent)


# -- reading


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What raw_router reads: a head, a whole request, or a refusal; none of them while it waits for more bytes."""

    head: Head | None = None
    request: Request | None = None
    refusal: HTTPError | None = None

    @property
    def framing(self) -> Framing | None:
        return self.head[1] if self.head else None


def read_request(data: bytes) -> ReadResult:
    """Read the first request as a connection does that receives all the bytes at once."""
    stream = Stream()
    stream.feed(data)
    try:
        head = take_head(stream, head_cache(LIMITS), CLIENT)
    except HTTPError as refusal:
        return ReadResult(refusal=refusal)
    return ReadResult() if head is None else _read_body(head, stream)


def _read_body(head: Head, stream: Stream) -> ReadResult:
    try:
        next(read_body(stream, head[1], LIMITS))
    except StopIteration as done:
        return ReadResult(head, complete(head, done.value))
    except HTTPError as refusal:
        return ReadResult(head, refusal=refusal)
    return ReadResult(head)


def _head_step(result: ReadResult) -> Step:
    if result.head is None:
        return _stopped(Step("A head is not complete", take_head, ""), result)
    return Step("A head is complete", take_head, HEAD, "\n".join(map(format_value, result.head)))


def _body_step(result: ReadResult) -> Step:
    if result.request is None:
        return _stopped(Step("A body is not complete", read_body, ""), result)
    framed = "by chunks" if result.framing and result.framing.length is None else "by Content-Length"
    note = f"{format_size(len(result.request.body))}, framed {framed}."
    return Step("A body is complete", read_body, note, format_value(result.request.body))


def _stopped(step: Step, result: ReadResult) -> Step:
    """Return a step at which reading stops, with the reason."""
    if result.refusal is None:
        return replace(step, kind="waits", note=WAITS)
    note = f"Refused with {result.refusal.status.value}: the connection responds without its handler, and closes."
    return replace(step, kind="refused", note=note, data=format_value(result.refusal))


# -- the application


@dataclass(slots=True)
class Call:
    """A function that raw_router's application has called, and what it returned."""

    code: CodeType
    module: str
    result: Any = None  # None if it raised an exception

    def is_of(self, function: Callable[..., Any]) -> bool:
        return self.code is code_of(function)


def code_of(function: Any) -> CodeType:
    code: CodeType = getattr(function, "__wrapped__", function).__code__
    return code


APPLICATION = frozenset(map(code_of, (generate_response, respond)))
"""The code whose calls are recorded."""

VIEW_MODULES = frozenset({urls.__name__, views.__name__})


@dataclass(slots=True)
class Recording:
    """The calls that the application made for the first request, its response, and the exception that it logged."""

    calls: list[Call] = field(default_factory=list)
    response: Response | None = None
    error: BaseException | None = None
    _open: dict[FrameType, Call] = field(default_factory=dict)

    @contextmanager
    def active(self) -> Iterator[None]:
        """Record the calls in this thread until the block ends, and log nothing: the service has logged the failure."""
        here, before = get_ident(), sys.getprofile()

        def is_other_thread(record: LogRecord) -> bool:
            if record.thread != here:
                return True
            self.error = record.exc_info[1] if record.exc_info else None
            return False

        logger.addFilter(is_other_thread)
        sys.setprofile(self._profile)
        try:
            yield
        finally:
            sys.setprofile(before)
            logger.removeFilter(is_other_thread)

    def _profile(self, frame: FrameType, event: str, result: Any) -> None:
        """Take note of a call or a return, as sys.setprofile reports it."""
        if self.response is not None:
            return
        if event == "call" and frame.f_back and frame.f_back.f_code in APPLICATION:
            self._open[frame] = Call(frame.f_code, frame.f_globals["__name__"])
            self.calls.append(self._open[frame])
        elif event == "return" and frame in self._open:
            self._open.pop(frame).result = result
        elif event == "return" and frame.f_code is code_of(generate_response):
            self.response = result


def _application_steps(request: Request, recording: Recording) -> Iterator[Step]:
    """Yield the steps from the call of the application to its response, in the order of the recorded calls."""
    if recording.response is None:
        yield Step("No view is needed", Responder._answer, ASTERISK, format_value(SERVER_OPTIONS), kind="turns")
        return
    for call in recording.calls:
        yield from _call_steps(request, call, recording.error)
    if not any(call.is_of(options) for call in recording.calls):
        yield _response_step(request, recording)


def _call_steps(request: Request, call: Call, error: BaseException | None) -> Iterator[Step]:
    if call.is_of(unknown_host):
        yield Step("The host is checked", serves, f"{request.host!r} is not served here.", "False", kind="turns")
    if call.is_of(bad_path):
        why = f"{request.path!r} contains a control character, or is not UTF-8."
        yield Step("The path is checked", path_allowed, why, "False", kind="turns")
    if call.is_of(Router.match):
        yield _match_step(request, call)
    elif call.is_of(options):
        yield Step("OPTIONS has a response", options, OPTIONS, format_value(call.result))
    elif call.module in VIEW_MODULES and call.result is None:
        yield Step("The view is called", call.code, RAISES, format_value(error), kind="turns")
    elif call.module in VIEW_MODULES:
        yield Step("The view is called", call.code, VIEW, format_value(call.result))


def _match_step(request: Request, call: Call) -> Step:
    found, asked = format_value(call.result), f"router.match({request.method!r}, {request.path!r})"
    if isinstance(call.result, Found):
        return Step("The router finds a view", Router.match, f"{asked} returns it.", found)
    return Step("The router finds no view", Router.match, f"{asked} returns the reason.", found, kind="turns")


def _response_step(request: Request, recording: Recording) -> Step:
    """Return the step in which the page gets its media type; the response of a constant page comes from a cache."""
    response, accept = recording.response, request.field("Accept")
    assert response is not None
    function = answer if any(call.is_of(answer) for call in recording.calls) else constant_response
    wanted = f"Accept is {accept!r}" if accept else "The request has no Accept field"
    media_type = dict(response.headers).get("Content-Type", "no content")
    note = f"{wanted}. The response has {media_type} and the status {int(response.status)}."
    return Step("The page becomes a response", function, note, format_value(response))


def _writer_step(sent: bytes) -> Step:
    head = sent.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    note = "The head of the response. Its body, if it has one, follows unchanged."
    return Step("The response becomes bytes", generate_headers, note, octets=visible_lines(head, MAX_BYTES))


def _last_step(connection: Responder, sent: bytes) -> Step:
    """Return the step in which the connection returns everything that it responds to the bytes."""
    is_closed = connection.waits_for == "closed"
    then = "Then the connection closes" if is_closed else f"Then the connection waits ({connection.waits_for})"
    note = f"receive returns {format_size(len(sent))}. {then}."
    return Step("Bytes leave", Connection.receive, note, octets=visible_lines(sent, MAX_BYTES))

"""POST /send compares the replies to the editor's message; POST /raw returns the message as raw text.

The comparison is shown as rows with their differences, and as each server's body: as text, rendered, and as bytes.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from time import monotonic

from flask import Blueprint, render_template, request
from flask import Response as PageResponse

from http_contract.http.response import Response
from sidebyside.compare.body import HTML, JSON, decode, dump, exact_view, indent_json
from sidebyside.compare.diff import Comparison, Row, compare_replies
from sidebyside.compare.hexdump import format_size, hexdump, visible_lines
from sidebyside.compare.request import Message, build_message
from sidebyside.compare.send import Endpoint, Reply, send, send_at_once, send_in_turn
from sidebyside.compare.text import shorten
from sidebyside.compare.verdict import summary
from sidebyside.launch.board import RUNNING
from sidebyside.page.copies import copies
from sidebyside.page.editor import format_raw, parse_input
from sidebyside.page.exchange import sent_lines, time_lines
from sidebyside.page.explanations import Explanation, explanation_of, explanation_of_status
from sidebyside.page.settings import (
    TIMEOUT,
    Settings,
    current_settings,
    own_server_endpoints,
    readers_endpoint,
    service_endpoints,
)
from sidebyside.sources import fingerprint, look

MAX_SENT = 2000  # bytes of the message that are shown
MAX_RESPONSES = 20  # of each server that are shown
MAX_LINES = 600  # of a body that are shown
MAX_RENDERED = 1024 * 1024  # bytes of a body that is rendered
MAX_DUMPED = 4096  # bytes of a body in its hex dump
PICTURE = re.compile(r"(?i)(image/(?:png|jpeg|gif|webp|svg\+xml))[ \t]*(;.*)?")
REPEATING = 10.0  # seconds in which a message is sent again
SILENCE = f"No server has responded within {TIMEOUT:.0f} seconds"

blueprint = Blueprint("compare", __name__)


@blueprint.post("/send")
def send_request() -> str:
    """Return the comparison as a part of the document. Jinja escapes everything that a server has sent."""
    given, settings = parse_input(request.get_json(silent=True)), current_settings()
    message = given.message
    state = settings.board.settled(lambda: fingerprint(look())) if settings.board else RUNNING
    warm_up(settings, state.version)
    own = [readers_endpoint(given.url, settings)] if given.url else []
    endpoints = [*service_endpoints(settings), *(own_server_endpoints(settings) if given.servers else []), *own]
    comparisons = list(repeatedly(given.repetitions, lambda: compare_once(message, endpoints, state.failures)))
    comparison = shown_of(comparisons)
    return render_template(
        "comparison.html",
        given=given,
        comparison=comparison,
        repeats=len(comparisons),
        sent=sent_lines(given, message, MAX_SENT),
        copies=copies(given, message, endpoints[-1 if own else 0].server),
        received=[(each.endpoint, visible_lines(each.transcript.received, MAX_SENT)) for each in comparison.replies],
        time_lines=time_lines(comparison),
        summary=summary(comparisons),
        silence=SILENCE if comparison.is_silent else "",
        responses=response_panes(comparison),
        on_raw_router=not given.servers and all(each.server == "raw_router" for each in settings.services),
        has_own_servers=settings.own_servers is not None,
        explanation=settings.explain(bytes_for_first(message, settings), settings.services),
    )


def compare_once(message: Message, endpoints: Sequence[Endpoint], failures: Mapping[str, str]) -> Comparison:
    send_to = send_in_turn if message.methods and not message.pauses else send_at_once
    replies = [with_failure(each, failures) for each in send_to(message, endpoints, TIMEOUT)]
    return compare_replies(message, replies, VIEWS)


def repeatedly(times: int, compare: Callable[[], Comparison]) -> Iterator[Comparison]:
    """Yield comparisons, as many as wanted, but none that begins after REPEATING seconds."""
    began = monotonic()
    for _ in range(times):
        yield compare()
        if monotonic() - began > REPEATING:
            return


def shown_of(comparisons: Sequence[Comparison]) -> Comparison:
    """Return the first comparison with a difference, or else the last one."""
    return next((each for each in comparisons if each.verdict == "differs"), comparisons[-1])


def with_failure(reply: Reply, failures: Mapping[str, str]) -> Reply:
    """Return a reply that says why a service does not run, if that is why there is no connection."""
    why = failures.get(reply.endpoint.name) if reply.failure else None
    return replace(reply, failure=why) if why else reply


@blueprint.post("/raw")
def raw() -> PageResponse:
    text = format_raw(parse_input(request.get_json(silent=True)).message.template)
    return PageResponse(text, content_type="text/plain; charset=utf-8")


@cache
def warm_up(settings: Settings, version: str) -> None:
    """Send each service one request: a framework of this version loads at the first one, which takes time."""
    for endpoint in service_endpoints(settings):
        send(endpoint, build_message("GET", "/", (), None))


def bytes_for_first(message: Message, settings: Settings) -> bytes:
    """Return the bytes that the first service receives."""
    return b"".join(message.pieces_for(service_endpoints(settings)[0].server))


# -- bodies


def source_view(response: Response, offset: int) -> list[str]:
    """Return a body as the server sent it, except for JSON, which is indented."""
    text = decode(response.body)
    if text is None:
        return dump(response.body, offset)
    return indent_json(text) if JSON.fullmatch(response.get("Content-Type") or "") else text.splitlines()


VIEWS = (source_view, exact_view)


@dataclass(frozen=True, slots=True)
class BodyLine:
    """A line of a body, and the verdict that it is marked with."""

    text: str
    mark: str  # "same", "may" or "differs"


@dataclass(frozen=True, slots=True)
class BodyPane:
    """The body of one server's response."""

    endpoint: Endpoint
    lines: tuple[BodyLine, ...]
    body: bytes
    media_type: str

    @property
    def size(self) -> str:
        return format_size(len(self.body))

    @property
    def hexdump(self) -> str:
        return hexdump(self.body, MAX_DUMPED)

    @property
    def document(self) -> str | None:
        """The body as an HTML document for a frame, None if it is not one."""
        return self.body.decode(errors="replace") if self._is_small and HTML.fullmatch(self.media_type) else None

    @property
    def picture(self) -> str | None:
        """The body as a data URL, None if it is not a picture that browsers show."""
        found = PICTURE.fullmatch(self.media_type) if self._is_small else None
        return f"data:{found[1]};base64,{b64encode(self.body).decode()}" if found else None

    @property
    def _is_small(self) -> bool:
        return len(self.body) <= MAX_RENDERED


@dataclass(frozen=True, slots=True)
class ResponsePanes:
    """One response of each server: the rows without the body, and the bodies."""

    rows: tuple[Row, ...]
    panes: tuple[BodyPane, ...]

    @property
    def explanations(self) -> list[Explanation | None]:
        """The explanation of each row's label."""
        return [explanation_of(row.label) for row in self.rows]

    @property
    def status_explanations(self) -> list[Explanation | None]:
        return [explanation_of_status(cell) for cell in self.rows[0].cells]

    @property
    def has_different_bodies(self) -> bool:
        return any(line.mark == "differs" for pane in self.panes for line in pane.lines)

    @property
    def bodies_are_equal(self) -> bool:
        return len({pane.body for pane in self.panes}) == 1


def response_panes(comparison: Comparison) -> list[ResponsePanes]:
    """Return the first response of each server, the second of each, and so on, up to MAX_RESPONSES."""
    endpoints = [each.endpoint for each in comparison.replies]
    responses = [each.responses for each in comparison.replies]
    return [
        _panes(rows, endpoints, [each[index] if index < len(each) else None for each in responses])
        for index, rows in enumerate(comparison.responses[:MAX_RESPONSES])
    ]


def _panes(rows: Sequence[Row], endpoints: Sequence[Endpoint], responses: Sequence[Response | None]) -> ResponsePanes:
    rows = [replace(row, cells=shorten(row.cells)) for row in rows]
    body = [row for row in rows if row.is_body]
    panes = [_pane(endpoint, body, index, responses[index]) for index, endpoint in enumerate(endpoints)]
    return ResponsePanes(tuple(row for row in rows if not row.is_body), tuple(panes))


def _pane(endpoint: Endpoint, rows: Sequence[Row], index: int, response: Response | None) -> BodyPane:
    lines = tuple(_lines(rows, index))
    if response is None:
        return BodyPane(endpoint, lines, b"", "")
    return BodyPane(endpoint, lines, response.body, response.get("Content-Type") or "")


def _lines(rows: Sequence[Row], index: int) -> Iterator[BodyLine]:
    """Yield the lines of one server's body, with an empty line where only other servers have one."""
    for row in rows[:MAX_LINES]:
        yield BodyLine(row.cells[index] or "", row.verdict)
    if len(rows) > MAX_LINES:
        yield BodyLine(f"... {len(rows) - MAX_LINES} more lines", "same")

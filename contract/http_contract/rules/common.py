"""Requests, expectations and checks that rules of several stages share."""

import re
from calendar import timegm
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from http_contract.client.server import Server
from http_contract.client.transport import ConnectionFailed
from http_contract.http.params import Params, excerpt
from http_contract.http.request import (
    ANY_PAGE,
    get,
    head,
    request,
)
from http_contract.http.response import Response
from http_contract.http.transcript import Transcript
from http_contract.rules.content import text_of
from http_contract.rules.expectations import (
    Has,
    OfAnswer,
    Status,
    first,
)
from http_contract.rules.model import (
    Check,
    Failure,
    RuleFailed,
    failed,
    of_connection,
)

UNKNOWN = "/no-such-page"
NOT_STORED = Has("Cache-Control", r"(?i)(.*[, ])?(no-store|no-cache|max-age=0)\b.*", "`no-store`")
PAGE_PATHS = ("/", "/test", "/time", "/time.html")
ROOT = ("respond-page",)  # the rule that most rules need
STATUS = ("/status/<int:code>",)
OK = Status(200)
NOT_FOUND = (Status(404),)
ACCEPT_HTML = "Accept: text/html"
OWN_TAG = "<x7q>"  # a tag that no page contains
BAD_LENGTH = request("POST", ANY_PAGE, "Content-Length: abc")
DAY, MONTH = "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)", "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
IMF_FIXDATE = rf"{DAY}, \d\d {MONTH} \d{{4}} \d\d:\d\d:\d\d GMT"


BEFORE_STATUS = re.compile(rb"H|HT|HTT|HTTP|HTTP/.{0,6}")  # the part of `HTTP/1.1 200` before its status code


def responds(server: Server) -> None:
    """Send `GET /`. Any response is legal if it is long enough to contain a status and arrives in time."""
    with server.connect() as connection:
        connection.send(get("/"))
        connection.response()
        if connection.transport.ended == "timeout" and BEFORE_STATUS.fullmatch(connection.transport.received):
            raise failed(Failure("status-late"), connection.transcript)


def still_responds(server: Server, when: str) -> None:
    """Send `GET /` as `responds` does. `when` is a code for the situation in which the server must respond."""
    try:
        responds(server)
    except RuleFailed as found:
        raise RuleFailed(*(at_that_time(each, when) for each in found.failures)) from found
    except ConnectionFailed as lost:
        raise RuleFailed(at_that_time(of_connection(lost), when)) from lost


def at_that_time(failure: Failure, when: str) -> Failure:
    return replace(failure, params=failure.params.with_(when=when))


def in_three_packets(data: bytes) -> tuple[bytes, ...]:
    """Cut the request within its method, which leaves a useless first piece, and within its last field."""
    return data[:2], data[2:-9], data[-9:]


MAX_PAGE = 32 * 1024  # characters of a page that are searched for the time
FORMAT = "%H:%M:%S %d.%m.%Y"
TIME_TEXT = re.compile(r"(?<!\d)\d\d:\d\d:\d\d \d\d\.\d\d\.\d{4}(?!\d)", re.ASCII)


def page_text(response: Response) -> str:
    """Return the part of the page that is searched."""
    return text_of(response)[:MAX_PAGE]


def time_shown(response: Response) -> float | None:
    """Return the first time on the page, read as UTC, in seconds since the epoch."""
    written = TIME_TEXT.search(page_text(response))
    try:
        return timegm(datetime.strptime(written[0], FORMAT).timetuple()) if written else None
    except ValueError:
        return None


@dataclass(frozen=True)
class TimeShown(OfAnswer):
    """The page contains a time in the service's format."""

    def __str__(self) -> str:
        return "a time like `23:59:59 31.12.2026`"

    def about(self, response: Response) -> Iterator[Failure]:
        if time_shown(response) is None:
            yield Failure("no-time", offset=response.body_start)


Comparison = Callable[[Response, Response], Iterator[Failure]]
"""A comparison returns the failures of the second response, to HEAD, compared with the first, to GET."""
CORE_PATHS = (*PAGE_PATHS, UNKNOWN)
# Fields about the page. Other fields may differ between two responses.
METADATA = (
    "Content-Type",
    "Content-Encoding",
    "Content-Language",
    "Cache-Control",
    "Vary",
    "Allow",
    "Location",
)


def compare_head(compare: Comparison, paths: tuple[str, ...] = CORE_PATHS) -> Check:
    """Return a check that compares HEAD with GET on each path, by default the core routes and an unknown path."""

    def check(server: Server) -> None:
        for path in paths:
            get_transcript, head_transcript = server.ask(get(path)), server.ask(head(path))
            for failure in compare(first(get_transcript), first(head_transcript)):
                raise failed(replace(failure, params=failure.params.with_(path=path)), head_transcript)

    check.__doc__ = f"Send GET, then HEAD, for {', '.join(paths)}. {compare.__doc__}"
    return check


def same_values(get_response: Response, head_response: Response) -> Iterator[Failure]:
    """Fields about the page that both contain, such as Content-Type, must have the same value."""
    for name in METADATA:
        values = {response.get(name) for response in (get_response, head_response)} - {None}
        if len(values) > 1:
            yield Failure("unlike-get", Params(name=name), head_response.offset_of(name))


def length_is_right(get_response: Response, head_response: Response) -> Iterator[Failure]:
    """A Content-Length in the second response must be the length of the first response's body."""
    length = head_response.get("Content-Length")
    if length not in (None, str(len(get_response.body))):
        params = Params(value=excerpt(length or ""), count=len(get_response.body))
        yield Failure("head-length", params, head_response.offset_of("Content-Length"))


@dataclass(frozen=True)
class BodyIsNotARequest:
    """Each response belongs to a request, none to the content of a body."""

    def __str__(self) -> str:
        return "no response to the content of the body"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        for response in transcript.responses[1:]:
            if time_shown(response) is not None:
                yield Failure("body-answered", offset=response.start)

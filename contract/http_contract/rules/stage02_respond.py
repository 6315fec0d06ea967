"""Stage 2, Respond: a response that any client can read, to a request in any packets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from http_contract.client.server import Server
from http_contract.http.params import Params, excerpt
from http_contract.http.request import ANY_PAGE, get, last
from http_contract.http.transcript import Transcript
from http_contract.rules.common import IMF_FIXDATE, PAGE_PATHS, ROOT, in_three_packets
from http_contract.rules.expectations import (
    SERVER_ERRORS,
    Complete,
    Either,
    Framed,
    Has,
    NoReset,
    NothingAfter,
    SomeBody,
    Status,
    When,
    Without,
    first,
)
from http_contract.rules.model import Exchange, Expectation, Failure, Rule, expect

TWO_PATHS = ("/", "/test")
CLOCK_TOLERANCE = timedelta(seconds=2)  # between the server's clock and the judge's
HTML_TYPE = r"(?i)(text/html|application/xhtml\+xml)([ \t]*;.*)?"
ANY_CHARSET = r'(?i)[^;]*(;.*)?;[ \t]*charset=("?)[a-z0-9._:-]+\2[ \t]*(;.*)?'
FRAMING = (
    "length-invalid",
    "length-repeated",
    "length-and-coding",
    "chunk-size",
    "chunk-end",
)
SIX_KIB = last("GET", ANY_PAGE, *(f"X-Filler-{number}: {'x' * 600}" for number in range(10)))


@dataclass(frozen=True)
class DateIsNow:
    """Date is the time of the response."""

    def __str__(self) -> str:
        return "a Date field with the current time"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        for response in transcript.responses:
            value = response.get("Date") or ""
            if not is_between(value, transcript.began, transcript.finished):
                yield Failure("date-not-now", Params(value=excerpt(value)), response.offset_of("Date"))


def is_between(date: str, began: float, finished: float) -> bool:
    """Return whether an IMF-fixdate is between two times, with a tolerance for clocks that differ."""
    try:
        stated = datetime.strptime(date, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    except ValueError:
        return False
    earliest, latest = (datetime.fromtimestamp(seconds, UTC) for seconds in (began, finished))
    return earliest - CLOCK_TOLERANCE <= stated <= latest + CLOCK_TOLERANCE and date.startswith(f"{stated:%a}")


def on_pages(*expects: Expectation) -> tuple[Exchange, ...]:
    return tuple(Exchange((get(path),), expects) for path in TWO_PATHS)


def dated(expectation: Expectation) -> Expectation:
    """Return an expectation about Date, which a server may leave out where it has failed (RFC 9110 §6.6.1)."""
    return Either(expectation, Status(*SERVER_ERRORS))


def byte_by_byte(data: bytes) -> tuple[bytes, ...]:
    return tuple(data[at : at + 1] for at in range(len(data)))


# Each placeholder is one piece, because only a whole placeholder is replaced.
BYTE_BY_BYTE = tuple(
    piece
    for part in re.split(rb"(\{\w+\})", get(ANY_PAGE))
    for piece in ((part,) if part.startswith(b"{") else byte_by_byte(part))
)


def has_page(server: Server) -> None:
    """Send GET for /, /test, /time and /time.html, until one responds 200. If none does, the rule fails."""
    transcripts = []
    for path in PAGE_PATHS:
        transcripts.append(server.ask(get(path)))
        if first(transcripts[-1]).status == 200:
            return
    expect(transcripts[0], Status(200))


RULES = (
    Rule(
        id="respond-page",
        stage=2,
        sentence="The server responds to GET for /, /test, /time or /time.html with status 200.",
        hint="Begin with one page: respond to GET / with status 200. All rules about connections request that page.",
        section="RFC 9110 §15.3.1",
        needs=("listen-answers",),
        check=has_page,
    ),
    Rule(
        id="respond-status-line",
        stage=2,
        sentence="Every response begins with a status line: version, status code and reason phrase.",
        hint="The first line is `HTTP/1.1 200 OK`: the version, a space, three digits, a space, the reason phrase.",
        section="RFC 9112 §4",
        needs=("listen-answers",),
        exchanges=on_pages(Without("no-status-line", "status-line")),
    ),
    Rule(
        id="respond-crlf",
        stage=2,
        sentence="Every line of a response's head ends with CRLF.",
        hint="Write \\r\\n, not \\n. A line break in a text file or in a multi-line string is usually \\n alone.",
        section="RFC 9112 §2.1",
        needs=("respond-status-line",),
        exchanges=on_pages(Without("bare-lf", "bare-cr")),
    ),
    Rule(
        id="respond-empty-line",
        stage=2,
        sentence="An empty line separates the head of a response from its body.",
        hint="After the last header field send \\r\\n once more, so that \\r\\n\\r\\n stands between head and body.",
        section="RFC 9112 §2.1",
        needs=("respond-status-line",),
        exchanges=on_pages(Without("no-empty-line", "content-in-head", "head-short")),
    ),
    Rule(
        id="respond-fields",
        stage=2,
        sentence="Every line of a response's head after the first is a header field: name, colon, value.",
        hint="Write `Content-Type: text/html`, without a space before the colon and without a line break in the value.",
        section="RFC 9112 §5",
        needs=("respond-empty-line",),
        exchanges=on_pages(Without("no-colon", "field-name", "field-value", "obs-fold")),
    ),
    Rule(
        id="respond-length",
        stage=2,
        sentence="The body of a response is exactly as long as its head announces.",
        hint="Content-Length counts bytes, not characters. Encode the text first, then take the length of the bytes.",
        section="RFC 9112 §6.3",
        needs=("respond-empty-line",),
        exchanges=on_pages(Complete(), NothingAfter(), Without(*FRAMING)),
    ),
    Rule(
        id="respond-length-given",
        stage=2,
        sentence="Every response announces its length, so that the client need not wait for the end of the connection.",
        hint="Send Content-Length with every response that has a body.",
        section="RFC 9110 §8.6",
        level="SHOULD",
        needs=("respond-length",),
        exchanges=on_pages(Framed()),
    ),
    Rule(
        id="respond-content-type",
        stage=2,
        sentence="Every page is sent with the media type text/html.",
        hint="Send `Content-Type: text/html; charset=utf-8`. Without it a browser has to guess.",
        section="the service, every page",
        needs=("respond-empty-line",),
        exchanges=on_pages(When(SomeBody(), Has("Content-Type", HTML_TYPE, "`text/html`"))),
    ),
    Rule(
        id="respond-charset",
        stage=2,
        sentence="Every page is sent with the charset of its text.",
        hint="Append `; charset=utf-8` to Content-Type, and encode the page as UTF-8.",
        section="RFC 9110 §8.3.2",
        level="SHOULD",
        needs=("respond-content-type",),
        exchanges=on_pages(When(SomeBody(), Has("Content-Type", ANY_CHARSET, "with a charset"))),
    ),
    Rule(
        id="respond-date",
        stage=2,
        sentence="Every response contains a Date field, except errors of the server (5xx), which may lack it.",
        hint="Send `Date:` and the current time with every response.",
        section="RFC 9110 §6.6.1",
        needs=("respond-empty-line",),
        exchanges=on_pages(dated(Has("Date"))),
    ),
    Rule(
        id="respond-date-form",
        stage=2,
        sentence="The Date field has the format IMF-fixdate.",
        hint="Write the date like `Sun, 06 Nov 1994 08:49:37 GMT`, with English names. Most languages have a "
        "function for HTTP dates.",
        section="RFC 9110 §5.6.7",
        needs=("respond-date",),
        exchanges=on_pages(dated(Has("Date", IMF_FIXDATE, "like `Sun, 06 Nov 1994 08:49:37 GMT`"))),
    ),
    Rule(
        id="respond-date-now",
        stage=2,
        sentence="The Date field contains the current time.",
        hint="Use GMT, not local time, and read the clock for each response, not once when the program starts.",
        section="the service, every page",
        needs=("respond-date-form",),
        exchanges=on_pages(dated(DateIsNow())),
    ),
    Rule(
        id="respond-three-packets",
        stage=2,
        sentence="The server reads the whole request when it arrives in three packets.",
        hint="One read from the socket is not one request. Read until the empty line has arrived.",
        section="RFC 9112 §2.2",
        needs=ROOT,
        # Two exchanges: a server that reads once passes by luck if it reads after all three packets have arrived.
        exchanges=2 * (Exchange(in_three_packets(get(ANY_PAGE)), (Status(200), NoReset())),),
    ),
    Rule(
        id="respond-byte-by-byte",
        stage=2,
        sentence="The server reads the whole request when it arrives byte by byte.",
        hint="Append each piece to a buffer, and search for \\r\\n\\r\\n in the whole buffer, not in the last piece.",
        section="RFC 9112 §2.2",
        needs=("respond-three-packets",),
        # A reset is legal: a program that takes the last CR for the end of its line may leave the last LF unread.
        exchanges=(Exchange(BYTE_BY_BYTE, (Status(200),)),),
    ),
    Rule(
        id="respond-long-head",
        stage=2,
        sentence="The server reads a whole head of 6 KiB and then closes the connection without a reset.",
        hint="One read of 1,024 bytes is not enough. Closing a socket with unread bytes resets it, and the "
        "response may be lost.",
        section="the service, limits",
        needs=ROOT,
        exchanges=(Exchange((SIX_KIB,), (Status(200), NoReset())),),
    ),
)

"""Stage 2, Respond: an answer that any client can read, to a request that comes in any packets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from http_contract.http.params import Params, excerpt
from http_contract.http.request import get, last
from http_contract.http.transcript import Transcript
from http_contract.rules.expectations import Complete, Framed, Has, NoReset, NothingAfter, Status, Without
from http_contract.rules.model import Exchange, Expectation, Failure, Rule

PAGES = ("/", "/test")
CLOCK = timedelta(seconds=2)  # by how much the server's clock may differ from the judge's
DAY, MONTH = "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)", "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
IMF_FIXDATE = rf"{DAY}, \d\d {MONTH} \d{{4}} \d\d:\d\d:\d\d GMT"
HTML = r"(?i)(text/html|application/xhtml\+xml)([ \t]*;.*)?"
CHARSET = r'(?i)[^;]*(;.*)?;[ \t]*charset=("?)[a-z0-9._:-]+\2[ \t]*(;.*)?'
FRAMING = (
    "length-invalid",
    "length-repeated",
    "length-and-coding",
    "chunk-size",
    "chunk-end",
)
SIX_KIB = last("GET", "/", *(f"X-Filler-{number}: {'x' * 600}" for number in range(10)))


@dataclass(frozen=True)
class DateIsNow:
    """Date tells when the answer was made, by a clock that is right."""

    def __str__(self) -> str:
        return "a Date that is now"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        for response in transcript.responses:
            value = response.get("Date") or ""
            if not told_between(value, transcript.began, transcript.finished):
                yield Failure("date-not-now", Params(value=excerpt(value)), response.offset_of("Date"))


def told_between(date: str, began: float, finished: float) -> bool:
    """Tell whether an IMF-fixdate lies between two times, give or take what clocks differ by."""
    try:
        told = datetime.strptime(date, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    except ValueError:
        return False
    earliest, latest = (datetime.fromtimestamp(seconds, UTC) for seconds in (began, finished))
    return earliest - CLOCK <= told <= latest + CLOCK and date.startswith(f"{told:%a}")


def pages(*expects: Expectation) -> tuple[Exchange, ...]:
    return tuple(Exchange((get(path),), expects) for path in PAGES)


def in_three(data: bytes) -> tuple[bytes, ...]:
    """Cut within the method, so that nothing can be made of the first piece, and again within the last field."""
    return data[:2], data[2:-9], data[-9:]


def one_by_one(data: bytes) -> tuple[bytes, ...]:
    return tuple(data[at : at + 1] for at in range(len(data)))


# The authority is one piece, as only a whole one is filled in.
SLOWLY = tuple(
    piece
    for part in re.split(rb"(\{authority\})", get("/"))
    for piece in ((part,) if part == b"{authority}" else one_by_one(part))
)

RULES = (
    Rule(
        id="respond-status-line",
        stage=2,
        sentence="An answer begins with a status line: version, code and reason.",
        hint="The first line is `HTTP/1.1 200 OK`: version, space, three digits, space, reason.",
        section="RFC 9112 §4",
        needs=("listen-answers",),
        exchanges=pages(Without("no-status-line", "status-line")),
    ),
    Rule(
        id="respond-crlf",
        stage=2,
        sentence="Each line of the head ends with CRLF.",
        hint="Write \\r\\n, not \\n; and a text file or an editor's newline is only \\n.",
        section="RFC 9112 §2.2",
        needs=("respond-status-line",),
        exchanges=pages(Without("bare-lf", "bare-cr")),
    ),
    Rule(
        id="respond-empty-line",
        stage=2,
        sentence="An empty line ends the head and comes before the body.",
        hint="After the last header field send \\r\\n once more: head and body are parted by \\r\\n\\r\\n.",
        section="RFC 9112 §2.1",
        needs=("respond-status-line",),
        exchanges=pages(Without("no-empty-line", "content-in-head", "head-short")),
    ),
    Rule(
        id="respond-fields",
        stage=2,
        sentence="Each line of the head after the first is a header field: name, colon, value.",
        hint="`Content-Type: text/html`: no space before the colon, no line break within the value.",
        section="RFC 9112 §5",
        needs=("respond-empty-line",),
        exchanges=pages(Without("no-colon", "field-name", "field-value", "obs-fold")),
    ),
    Rule(
        id="respond-length",
        stage=2,
        sentence="The end of an answer is where its head says: Content-Length equals the body.",
        hint="Content-Length counts bytes, not characters: len(text.encode('utf-8')).",
        section="RFC 9112 §6.3",
        needs=("respond-empty-line",),
        exchanges=pages(Complete(), NothingAfter(), Without(*FRAMING)),
    ),
    Rule(
        id="respond-length-told",
        stage=2,
        sentence="An answer tells its length beforehand, so that a client need not wait for the connection's end.",
        hint="Send Content-Length with every answer that has a body.",
        section="RFC 9110 §8.6",
        level="SHOULD",
        needs=("respond-length",),
        exchanges=pages(Framed()),
    ),
    Rule(
        id="respond-content-type",
        stage=2,
        sentence="A page says that it is HTML.",
        hint="Send `Content-Type: text/html; charset=utf-8`; a browser must not have to guess.",
        section="RFC 9110 §8.3",
        needs=("respond-empty-line",),
        exchanges=pages(Has("Content-Type", HTML, "`text/html`")),
    ),
    Rule(
        id="respond-charset",
        stage=2,
        sentence="A page says how its characters are encoded.",
        hint="Add `; charset=utf-8` to Content-Type, and encode the text so.",
        section="RFC 9110 §8.3.2",
        level="SHOULD",
        needs=("respond-content-type",),
        exchanges=pages(Has("Content-Type", CHARSET, "with a charset")),
    ),
    Rule(
        id="respond-date",
        stage=2,
        sentence="An answer says when it was made.",
        hint="Send a Date field with every answer.",
        section="RFC 9110 §6.6.1",
        needs=("respond-empty-line",),
        exchanges=pages(Has("Date")),
    ),
    Rule(
        id="respond-date-form",
        stage=2,
        sentence="The Date has the form that all servers use.",
        hint="`Sun, 06 Nov 1994 08:49:37 GMT`; in Python: email.utils.formatdate(usegmt=True).",
        section="RFC 9110 §5.6.7",
        needs=("respond-date",),
        exchanges=pages(Has("Date", IMF_FIXDATE, "like `Sun, 06 Nov 1994 08:49:37 GMT`")),
    ),
    Rule(
        id="respond-date-now",
        stage=2,
        sentence="The Date is right.",
        hint="Date is in GMT, not in local time, and made anew for each answer.",
        section="RFC 9110 §6.6.1",
        needs=("respond-date-form",),
        exchanges=pages(DateIsNow()),
    ),
    Rule(
        id="respond-three-packets",
        stage=2,
        sentence="A request that comes in three packets is read whole.",
        hint="One recv() is not one request: receive until the empty line has come.",
        section="RFC 9112 §2.2",
        needs=("route-index", "route-test"),
        # Twice, since who reads but once has luck where it wakes so late that all three have come.
        exchanges=tuple(Exchange(in_three(get(path)), (Status(200), NoReset())) for path in PAGES),
    ),
    Rule(
        id="respond-byte-by-byte",
        stage=2,
        sentence="A request that comes byte by byte is read whole.",
        hint="Keep what has come of the request, add what comes, and look for \\r\\n\\r\\n in all of it.",
        section="RFC 9112 §2.2",
        needs=("respond-three-packets",),
        exchanges=(Exchange(SLOWLY, (Status(200), NoReset())),),
    ),
    Rule(
        id="respond-long-head",
        stage=2,
        sentence="A head of 6 KiB is read whole, and the connection ends in order.",
        hint="recv(1024) is not enough: closing a socket with unread bytes resets it, and the answer may be lost.",
        section="RFC 9112 §9.6",
        needs=("route-index",),
        exchanges=(Exchange((SIX_KIB,), (Status(200), NoReset())),),
    ),
)

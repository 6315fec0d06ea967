"""Stage 3, Route, still: the page behind /time and /time.html tells the time."""

import re
import time
from calendar import timegm
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from http_contract.client.server import Server
from http_contract.http.params import Params, excerpt
from http_contract.http.request import get
from http_contract.http.response import Response
from http_contract.http.transcript import Transcript
from http_contract.rules.content import text_of
from http_contract.rules.expectations import Has, OfAnswer, first
from http_contract.rules.model import Exchange, Expectation, Failure, Rule, failed

CLOCK = 2.0  # seconds by which the server's clock may differ from the judge's
ZONE = 15 * 60  # seconds; each zone's offset from UTC is a multiple of it
ZONES = range(-12 * 3600, 14 * 3600 + 1)  # seconds from UTC, the whole world
PATIENCE = 2.5  # seconds within which a clock that shows seconds has surely moved
TICK = 0.1  # seconds between looks at it
MAX_PAGE = 32 * 1024  # characters of a page in which the time is looked for
PATHS = ("/time", "/time.html")
FORM = "%H:%M:%S %d.%m.%Y"
TIME = re.compile(r"(?<!\d)\d\d:\d\d:\d\d \d\d\.\d\d\.\d{4}(?!\d)", re.ASCII)
HEADING = re.compile(r"<h1\b[^>]*>(.*?)</h1\s*>", re.DOTALL | re.IGNORECASE)
TAG = re.compile(r"<[^>]*>")
DATETIME = re.compile(r"<time\b[^>]*\bdatetime=([\"']?)([^\"'>]*)\1", re.IGNORECASE)
NOT_STORED = r"(?i)(.*[, ])?(no-store|no-cache|max-age=0)\b.*"


def page(response: Response) -> str:
    """Return as much of the page as is looked at."""
    return text_of(response)[:MAX_PAGE]


def time_shown(response: Response) -> float | None:
    """Return the first time on the page, as seconds since the epoch if it were UTC."""
    written = TIME.search(page(response))
    try:
        return timegm(datetime.strptime(written[0], FORM).timetuple()) if written else None
    except ValueError:
        return None


def distance(instant: float, transcript: Transcript) -> float:
    """Return the seconds by which an instant lies outside the conversation."""
    return max(transcript.began - instant, instant - transcript.finished, 0.0)


@dataclass(frozen=True)
class TimeShown(OfAnswer):
    """The page shows a time in the service's form."""

    def __str__(self) -> str:
        return "a time like `23:59:59 31.12.2026`"

    def about(self, response: Response) -> Iterator[Failure]:
        if time_shown(response) is None:
            yield Failure("no-time", offset=response.body_start)


@dataclass(frozen=True)
class InHeading(OfAnswer):
    """There is one <h1>, and the time is its text."""

    def __str__(self) -> str:
        return "the time, and nothing else, in the page's one <h1>"

    def about(self, response: Response) -> Iterator[Failure]:
        headings = [unescape(TAG.sub("", heading)).strip() for heading in HEADING.findall(page(response))]
        if len(headings) != 1:
            yield Failure("headings", Params(count=len(headings)), response.body_start)
        elif not TIME.fullmatch(headings[0]):
            yield Failure("heading-no-time", Params(value=excerpt(headings[0])), response.body_start)


@dataclass(frozen=True)
class TimeRight:
    """The time is now, wherever in the world the server is."""

    def __str__(self) -> str:
        return "the time of now"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        for response in transcript.responses:
            told = time_shown(response) or 0.0
            zone = round((told - transcript.finished) / ZONE) * ZONE
            if zone not in ZONES or distance(told - zone, transcript) > CLOCK:
                yield Failure("wrong-time", offset=response.body_start)


@dataclass(frozen=True)
class TimeLocal:
    """The time is that of this machine's time zone."""

    def __str__(self) -> str:
        return "the local time"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        zone = time.localtime(transcript.finished).tm_gmtoff
        for response in transcript.responses:
            if distance((time_shown(response) or 0.0) - zone, transcript) > CLOCK:
                yield Failure("not-local-time", offset=response.body_start)


@dataclass(frozen=True)
class ForMachines:
    """A <time datetime> has the time with its offset from UTC, and it is right."""

    def __str__(self) -> str:
        return "the time for machines, in <time datetime>"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        for response in transcript.responses:
            if not any(told_now(value, transcript) for _, value in DATETIME.findall(page(response))):
                yield Failure("no-datetime", offset=response.body_start)


def told_now(value: str, transcript: Transcript) -> bool:
    try:
        told = datetime.fromisoformat(value)
    except ValueError:
        return False
    return told.tzinfo is not None and distance(told.timestamp(), transcript) <= CLOCK


def moves(server: Server) -> None:
    """Ask for /time and /time.html until the time shown is another one, as a right clock's is within a second."""
    before = {path: shown_at(server, path) for path in PATHS}
    deadline = time.monotonic() + PATIENCE
    for path in PATHS:
        while shown_at(server, path) == before[path]:
            if time.monotonic() > deadline:
                raise failed(Failure("time-stands-still", Params(path=path)))
            time.sleep(TICK)


def shown_at(server: Server, path: str) -> float | None:
    return time_shown(first(server.ask(get(path))))


def both(*expects: Expectation) -> tuple[Exchange, ...]:
    return tuple(Exchange((get(path),), expects) for path in PATHS)


RULES = (
    Rule(
        id="route-time-shown",
        stage=3,
        sentence="The time page shows the time as HH:MM:SS DD.MM.YYYY.",
        hint="time.strftime('%H:%M:%S %d.%m.%Y').",
        section="the service, /time",
        needs=("route-time", "route-time-html"),
        exchanges=both(TimeShown()),
    ),
    Rule(
        id="route-time-right",
        stage=3,
        sentence="The time is right.",
        hint="Ask for the time when the request comes, not when the program starts; mind the order of day and month.",
        section="the service, /time",
        needs=("route-time-shown",),
        exchanges=both(TimeRight()),
    ),
    Rule(
        id="route-time-moves",
        stage=3,
        sentence="The time moves on: each request gets the time anew.",
        hint="Call the view for each request, instead of keeping its first result.",
        section="the service, /time",
        needs=("route-time-shown",),
        check=moves,
    ),
    Rule(
        id="route-time-local",
        stage=3,
        sentence="The time is the server's local time.",
        hint="Local time, not UTC: datetime.now().astimezone(), time.localtime().",
        section="the service, /time",
        level="SHOULD",
        needs=("route-time-right",),
        exchanges=both(TimeLocal()),
    ),
    Rule(
        id="route-time-heading",
        stage=3,
        sentence="The time is the page's one heading.",
        hint="Put the time, and only the time, into <h1>, and have no other <h1>.",
        section="the service, /time",
        needs=("route-time-shown",),
        exchanges=both(InHeading()),
    ),
    Rule(
        id="route-time-machines",
        stage=3,
        sentence="The time page tells machines the time as well.",
        hint="<time datetime='2026-12-31T23:59:59+01:00'> around the time: datetime.now().astimezone().isoformat().",
        section="the service, /time",
        level="SHOULD",
        needs=("route-time-shown",),
        exchanges=both(ForMachines()),
    ),
    Rule(
        id="route-time-fresh",
        stage=3,
        sentence="The time page is not to be kept by caches.",
        hint="Send `Cache-Control: no-store` with it.",
        section="RFC 9111 §5.2.2.5",
        level="SHOULD",
        needs=("route-time", "route-time-html"),
        exchanges=both(Has("Cache-Control", NOT_STORED, "`no-store`")),
    ),
)

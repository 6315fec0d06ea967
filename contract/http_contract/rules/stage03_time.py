"""Stage 3, Route: the time page at /time and /time.html."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from http_contract.client.server import Server
from http_contract.http.params import Params, excerpt
from http_contract.http.request import get
from http_contract.http.response import Response
from http_contract.http.transcript import Transcript
from http_contract.rules.common import NOT_STORED, TIME_TEXT, TimeShown, page_text, time_shown
from http_contract.rules.expectations import OfAnswer, first
from http_contract.rules.model import Exchange, Expectation, Failure, Rule, failed

CLOCK_TOLERANCE = 2.0  # seconds between the server's clock and the judge's
ZONE = 15 * 60  # seconds; the offset of each time zone is a multiple of it
ZONES = range(-12 * 3600, 14 * 3600 + 1)  # seconds from UTC, all time zones
PATIENCE = 2.5  # seconds after which a clock that shows seconds must have changed
TICK = 0.1  # seconds between two requests
TIME_PATHS = ("/time", "/time.html")
HEADING = re.compile(r"<h1\b[^>]*>(.*?)</h1\s*>", re.DOTALL | re.IGNORECASE)
HTML_TAG = re.compile(r"<[^>]*>")
DATETIME = re.compile(r"<time\b[^>]*\bdatetime=([\"']?)([^\"'>]*)\1", re.IGNORECASE)


def distance(instant: float, transcript: Transcript) -> float:
    """Return the seconds between an instant and the time of the transcript, 0 if it is within."""
    return max(transcript.began - instant, instant - transcript.finished, 0.0)


@dataclass(frozen=True)
class TimeInHeading(OfAnswer):
    """The page has one <h1>, and its text is the time."""

    def __str__(self) -> str:
        return "the time alone in the only <h1> of the page"

    def about(self, response: Response) -> Iterator[Failure]:
        headings = [unescape(HTML_TAG.sub("", heading)).strip() for heading in HEADING.findall(page_text(response))]
        if len(headings) != 1:
            yield Failure("headings", Params(count=len(headings)), response.body_start)
        elif not TIME_TEXT.fullmatch(headings[0]):
            yield Failure("heading-no-time", Params(value=excerpt(headings[0])), response.body_start)


@dataclass(frozen=True)
class TimeRight:
    """The time is the current time in some time zone."""

    def __str__(self) -> str:
        return "the current time"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        for response in transcript.responses:
            page_time = time_shown(response) or 0.0
            zone = round((page_time - transcript.finished) / ZONE) * ZONE
            if zone not in ZONES or distance(page_time - zone, transcript) > CLOCK_TOLERANCE:
                yield Failure("wrong-time", offset=response.body_start)


@dataclass(frozen=True)
class TimeLocal:
    """The time is in the time zone of this machine."""

    def __str__(self) -> str:
        return "the local time"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        zone = time.localtime(transcript.finished).tm_gmtoff
        for response in transcript.responses:
            if distance((time_shown(response) or 0.0) - zone, transcript) > CLOCK_TOLERANCE:
                yield Failure("not-local-time", offset=response.body_start)


@dataclass(frozen=True)
class MachineReadableTime:
    """The page has a <time datetime> with the current time and its offset from UTC."""

    def __str__(self) -> str:
        return "the machine-readable time in <time datetime>"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        for response in transcript.responses:
            if not any(is_now(value, transcript) for _, value in DATETIME.findall(page_text(response))):
                yield Failure("no-datetime", offset=response.body_start)


def is_now(value: str, transcript: Transcript) -> bool:
    try:
        stated = datetime.fromisoformat(value)
    except ValueError:
        return False
    return stated.tzinfo is not None and distance(stated.timestamp(), transcript) <= CLOCK_TOLERANCE


def time_moves(server: Server) -> None:
    """Send GET for /time and /time.html repeatedly. The time on each page must change within 2.5 seconds."""
    before = {path: time_at(server, path) for path in TIME_PATHS}
    deadline = time.monotonic() + PATIENCE
    for path in TIME_PATHS:
        while time_at(server, path) == before[path]:
            if time.monotonic() > deadline:
                raise failed(Failure("time-stands-still", Params(path=path)))
            time.sleep(TICK)


def time_at(server: Server, path: str) -> float | None:
    return time_shown(first(server.ask(get(path))))


def on_both_paths(*expects: Expectation) -> tuple[Exchange, ...]:
    return tuple(Exchange((get(path),), expects) for path in TIME_PATHS)


RULES = (
    Rule(
        id="time-shown",
        stage=3,
        sentence="The time page contains the time as HH:MM:SS DD.MM.YYYY.",
        hint="Format the time with two digits for hour, minute, second, day and month, and four digits for the year.",
        section="the service, /time",
        needs=("route-time", "route-time-html"),
        exchanges=on_both_paths(TimeShown()),
    ),
    Rule(
        id="time-right",
        stage=3,
        sentence="The time page contains the current time.",
        hint="Read the clock when the request arrives, not when the program starts. Check the order of day and month.",
        section="the service, /time",
        needs=("time-shown",),
        exchanges=on_both_paths(TimeRight()),
    ),
    Rule(
        id="time-moves",
        stage=3,
        sentence="The time page contains a new time for each new request.",
        hint="Call the function that makes the page for each request. Do not store its first result.",
        section="the service, /time",
        needs=("time-shown",),
        check=time_moves,
    ),
    Rule(
        id="time-local",
        stage=3,
        sentence="The time page contains the server's local time.",
        hint="Use local time, not UTC.",
        section="the service, /time",
        level="SHOULD",
        needs=("time-right",),
        exchanges=on_both_paths(TimeLocal()),
    ),
    Rule(
        id="time-heading",
        stage=3,
        sentence="The time is the only heading of the time page.",
        hint="Put the time, and only the time, into <h1>, and have no other <h1> on the page.",
        section="the service, /time",
        needs=("time-shown",),
        exchanges=on_both_paths(TimeInHeading()),
    ),
    Rule(
        id="time-machine-readable",
        stage=3,
        sentence="The time page contains the time in a machine-readable form too, with its offset from UTC.",
        hint='Put the time into an element like `<time datetime="2026-12-31T23:59:59+01:00">`.',
        section="the service, /time",
        level="SHOULD",
        needs=("time-shown",),
        exchanges=on_both_paths(MachineReadableTime()),
    ),
    Rule(
        id="time-not-stored",
        stage=3,
        sentence="The time page forbids caches to store it.",
        hint="Send `Cache-Control: no-store` with the page.",
        section="RFC 9111 §5.2.2.5",
        level="SHOULD",
        needs=("route-time", "route-time-html"),
        exchanges=on_both_paths(NOT_STORED),
    ),
)

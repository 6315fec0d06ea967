"""Broken servers for stage 3, Route: the time page."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from raw_router.messages import Request, Response
from tests.mutants.serving import Mutant, Serve, answering, replacing, with_body, with_field

Change: TypeAlias = Callable[[bytes], bytes]

FORM = "%H:%M:%S %d.%m.%Y"
TIME = rb"\d\d:\d\d:\d\d \d\d\.\d\d\.\d{4}"


def on_page(change: Change) -> Serve:
    """Serve a changed time page, and all other pages unchanged."""

    def changed(request: Request, response: Response) -> Response:
        is_page = request.path in ("/time", "/time.html") and response.content.startswith(b"<")
        return with_body(response, change(response.content)) if is_page else response

    return answering(changed)


def shifted(by: timedelta) -> Change:
    """Show a wrong time in the text, with the right machine-readable time."""

    def shift(match: re.Match[bytes]) -> bytes:
        return (datetime.strptime(match[0].decode(), FORM) + by).strftime(FORM).encode()

    return lambda body: re.sub(TIME, shift, body)


def stands_still() -> Serve:
    """Show the first time again in every response."""
    first: list[bytes] = []

    def keep(body: bytes) -> bytes:
        first.extend(re.findall(TIME, body)[: not first])
        return re.sub(TIME, first[0], body)

    return on_page(keep)


def for_caches(request: Request, response: Response) -> Response:
    return with_field(response, "Cache-Control", "max-age=3600")


MUTANTS = (
    Mutant(id="no-time-shown", breaks=("time-shown",), serve=on_page(replacing(TIME, b"noon"))),
    Mutant(
        id="us-date",
        breaks=("time-shown",),
        serve=on_page(replacing(rb"(\d\d)\.(\d\d)\.(\d{4})", rb"\2/\1/\3")),
    ),
    Mutant(
        id="wrong-time",
        breaks=("time-right",),
        serve=on_page(shifted(timedelta(minutes=5))),
    ),
    Mutant(id="wrong-day", breaks=("time-right",), serve=on_page(shifted(timedelta(days=1)))),
    Mutant(
        id="time-stands-still",
        breaks=("time-moves",),
        serve=stands_still(),
        inevitably="a time that does not change is wrong after two seconds",
        until=3,
    ),
    Mutant(id="other-zone", breaks=("time-local",), serve=on_page(shifted(timedelta(hours=-3)))),
    Mutant(
        id="two-headings",
        breaks=("time-heading",),
        serve=on_page(replacing(rb"(?=<h1)", b"<h1>The time is</h1>")),
    ),
    Mutant(
        id="talkative-heading",
        breaks=("time-heading",),
        serve=on_page(replacing(rb"(<h1[^>]*>)", rb"\1It is ")),
    ),
    Mutant(
        id="no-datetime",
        breaks=("time-machine-readable",),
        serve=on_page(replacing(rb"(?i) datetime=", b" data-time=")),
    ),
    Mutant(
        id="datetime-without-offset",
        breaks=("time-machine-readable",),
        serve=on_page(replacing(rb"(?i)( datetime=\"[^\"+]*)\+[^\"]*\"", rb'\1"')),
    ),
    Mutant(id="time-kept-by-caches", breaks=("time-not-stored",), serve=answering(for_caches), until=4),
)

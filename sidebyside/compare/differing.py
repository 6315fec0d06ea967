"""Whether values from several servers are the same, differ, or differ only because they must.

What must differ: each server names its own host and port; each tells the time, and is asked a moment after the one
before it. A time may differ by as many seconds as passed between the first question and the last answer.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from sidebyside.compare.sending import Heard

Verdict = Literal["same", "may", "differs"]
"""The same; different because it must be; different."""

Values: TypeAlias = Sequence[str | None]
"""A server's value each, None where it has none."""

ROUNDING = 1.0  # seconds by which two clocks that show whole seconds may seem apart
MOMENTS = (
    (re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT"), "%a, %d %b %Y %H:%M:%S GMT"),
    (re.compile(r"\d\d:\d\d:\d\d \d\d\.\d\d\.\d{4}"), "%H:%M:%S %d.%m.%Y"),
    (
        re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"),
        "%Y-%m-%dT%H:%M:%S",
    ),  # what follows, such as its zone, must be the same
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of looking at values, and why they may differ."""

    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Excuse:
    """A reason why values may differ, and whether it is one for these."""

    reason: str
    holds: Callable[[Values, Sequence[Heard]], bool]


SAME, DIFFERS = Finding("same"), Finding("differs")


def finding(values: Values, heard: Sequence[Heard], *excuses: Excuse) -> Finding:
    """Return whether the values are the same, or the first excuse that holds."""
    if len(set(values)) < 2:
        return SAME
    reasons = (excuse.reason for excuse in excuses if excuse.holds(values, heard))
    return next((Finding("may", reason) for reason in reasons), DIFFERS)


def masked(values: Values, heard: Sequence[Heard]) -> list[str]:
    """Return the values, all of which are there, with a placeholder for each server's own authority."""
    pairs = zip(values, heard, strict=True)
    return [_authority_of(each).sub("{authority}", value) for value, each in pairs if value is not None]


def _authority_of(heard: Heard) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-]){re.escape(heard.place.server.authority)}(?![\w:-]|\.\w)")


def _name_themselves(values: Values, heard: Sequence[Heard]) -> bool:
    return None not in values and len(set(masked(values, heard))) == 1


def _tell_the_time(values: Values, heard: Sequence[Heard]) -> bool:
    if None in values:
        return False
    passed = max(each.transcript.finished for each in heard) - min(each.transcript.began for each in heard)
    timeless, told = zip(*map(_without_moments, masked(values, heard)), strict=True)
    return len(set(timeless)) == 1 and all(_are_near(moments, passed + ROUNDING) for moments in zip(*told, strict=True))


def _without_moments(text: str) -> tuple[str, list[datetime]]:
    """Return a text with a placeholder for each time, and those times."""
    moments: list[datetime] = []
    for pattern, form in MOMENTS:
        found = list(_moments(pattern, form, text))
        text = pattern.sub("{time}", text)
        moments += found
    return text, moments


def _moments(pattern: re.Pattern[str], form: str, text: str) -> Iterator[datetime]:
    for found in pattern.findall(text):
        try:
            yield datetime.strptime(found, form)
        except ValueError:  # the 31st of February
            yield datetime.min


def _are_near(moments: Sequence[datetime], seconds: float) -> bool:
    return (max(moments) - min(moments)).total_seconds() <= seconds


AUTHORITY = Excuse("each names its own host and port", _name_themselves)
CLOCK = Excuse("the time when each was asked", _tell_the_time)
HOP = Excuse("the affair of each connection", lambda values, heard: True)
PACKETS = Excuse("sent or not, as packets happen to arrive", lambda values, heard: True)
LENGTH = Excuse("the length of a body that must differ", lambda values, heard: None not in values)

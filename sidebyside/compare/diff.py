"""Compares the replies of several servers, row by row: rows are the same, differ, or differ as expected.

Some differences are expected: each server names its own host and port, and each server is asked at a slightly later
time than the one before it. Times may differ by the seconds between the first request and the last response. Other
differences count, also those of the connection. Where applications run on different servers, a difference in what such
a server adds is named as theirs.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal, NamedTuple, TypeAlias

from http_contract.http.response import Response
from http_contract.reports.messages import SILENCE, defect_text
from sidebyside.compare.body import VIEWS, BodyView
from sidebyside.compare.request import Message
from sidebyside.compare.send import End, Reply, must_close

Verdict = Literal["same", "may", "differs"]
"""The same; different as expected; different."""

Values: TypeAlias = Sequence[str | None]
"""One value for each server, None if the server has none."""

WORST: Sequence[Verdict] = ("differs", "may", "same")
BODY = "body"  # the label of the first line of a body; the other lines have none
ROUNDING = 1.0  # seconds that two clocks of whole seconds may seem to be apart
TIME_FORMATS = (
    (re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT"), "%a, %d %b %Y %H:%M:%S GMT"),
    (re.compile(r"\d\d:\d\d:\d\d \d\d\.\d\d\.\d{4}"), "%H:%M:%S %d.%m.%Y"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"), "%Y-%m-%dT%H:%M:%S"),  # the time zone after it must be the same
)
MAX_ALIGNED = 2000  # lines of a text; longer texts are not aligned, and their further lines become one line

AlignedLines: TypeAlias = tuple[str | None, ...]
"""The corresponding line of each text, None if a text has none."""


# -- values


class ValueDiff(NamedTuple):
    """The result of comparing one value of each server, and the reason for an expected difference."""

    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """A reason why values may differ, and the test whether it applies to some values."""

    reason: str
    applies: Callable[[Values, Sequence[Reply]], bool]


def compare_values(values: Values, replies: Sequence[Reply], *expected: Expected) -> ValueDiff:
    """Return whether the values are the same, or the first reason that applies to their difference."""
    if len(set(values)) < 2:
        return ValueDiff("same")
    reasons = (each.reason for each in expected if each.applies(values, replies))
    return next((ValueDiff("may", reason) for reason in reasons), ValueDiff("differs"))


def without_authority(values: Values, replies: Sequence[Reply]) -> list[str]:
    """Return the values that are not None, with a placeholder for each server's own authority."""
    pairs = zip(values, replies, strict=True)
    return [_authority_pattern(reply).sub("{authority}", value) for value, reply in pairs if value is not None]


def _authority_pattern(reply: Reply) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-]){re.escape(reply.endpoint.server.authority)}(?![\w:-]|\.\w)")


def _contain_own_authority(values: Values, replies: Sequence[Reply]) -> bool:
    return None not in values and len(set(without_authority(values, replies))) == 1


def _contain_own_time(values: Values, replies: Sequence[Reply]) -> bool:
    if None in values:
        return False
    passed = max(each.transcript.finished for each in replies) - min(each.transcript.began for each in replies)
    texts, times = zip(*map(_without_times, without_authority(values, replies)), strict=True)
    return len(set(texts)) == 1 and all(_are_near(each, passed + ROUNDING) for each in zip(*times, strict=True))


def _without_times(text: str) -> tuple[str, list[datetime]]:
    """Return a text with a placeholder for each time, and the times."""
    times: list[datetime] = []
    for pattern, time_format in TIME_FORMATS:
        found = [_parse_time(each, time_format) for each in pattern.findall(text)]
        text = pattern.sub("{time}", text)
        times += found
    return text, times


def _parse_time(text: str, time_format: str) -> datetime:
    try:
        return datetime.strptime(text, time_format)
    except ValueError:  # such as the 31st of February
        return datetime.min


def _are_near(times: Sequence[datetime], seconds: float) -> bool:
    return (max(times) - min(times)).total_seconds() <= seconds


AUTHORITY = Expected("each server names its own host and port", _contain_own_authority)
CLOCK = Expected("the servers were asked at different times", _contain_own_time)
PACKETS = Expected("it depends on how packets arrive", lambda values, replies: True)
LENGTH = Expected("it is the length of a body with an expected difference", lambda values, replies: None not in values)

# Fields that may differ for another reason than the server's name (RFC 9110 §6.6.1, §5.3 of RFC 9111).
EXPECTED_FIELDS = {"date": CLOCK, "expires": CLOCK}
# Fields that a server adds to an application's response: those of one connection (RFC 9110 §7.6.1), and its own.
TRANSPORT_FIELDS = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
    | {"date", "server", "via"}
)
ENDS: Mapping[End, str] = {
    "kept": "the server keeps the connection open",
    "closed": "the server closes the connection",
    "reset": "the server resets the connection",
    "timeout": "nothing more comes in time",
    "overflow": "more comes than is read",
}
NOT_CLOSED = "the response announces that the connection closes, but the server keeps it open"


def first_difference(values: Sequence[Sequence[object]]) -> int:
    """Return the first index at which byte strings, or texts, differ from each other; 0 if they are."""
    columns = enumerate(zip_longest(*values))
    return next((at for at, column in columns if len(set(column)) > 1), 0)


# -- rows

Part: TypeAlias = Literal["status", "head", "body", "violation", "end"]
"""What a row is about. Its label is not enough to decide that: a header field may have any name."""


@dataclass(frozen=True, slots=True)
class Row:
    """One property of the responses, with a cell for each server; a cell is None if the server has no such value."""

    label: str
    cells: Values
    verdict: Verdict
    reason: str = ""  # of an expected difference; of another one, the servers that cause it
    part: Part = "head"

    @property
    def is_body(self) -> bool:
        return self.part == "body"

    @property
    def breaks(self) -> tuple[bool, ...]:
        """Which cells show that a server breaks the protocol. A value that only one server has is not a fault."""
        return tuple(self.part == "violation" and cell is not None for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All replies to one message, compared."""

    message: Message
    replies: tuple[Reply, ...]
    responses: tuple[tuple[Row, ...], ...]  # the rows of every server's first response, of its second, ...

    @property
    def verdict(self) -> Verdict:
        return worst_verdict(row for rows in self.responses for row in rows)

    @property
    def has_errors(self) -> bool:
        """Whether a server has printed the traceback of a request."""
        return any(each.errors for each in self.replies)

    @property
    def is_silent(self) -> bool:
        """Whether every server kept the connection open without a response."""
        return not any(each.responses or each.transcript.ended in ("closed", "reset") for each in self.replies)


def overall_verdict(comparisons: Iterable[Comparison]) -> Verdict:
    return worst_verdict(row for comparison in comparisons for rows in comparison.responses for row in rows)


def worst_verdict(rows: Iterable[Row]) -> Verdict:
    found = {row.verdict for row in rows}
    return next((verdict for verdict in WORST if verdict in found), "same")


def compare_replies(message: Message, replies: Sequence[Reply], views: Sequence[BodyView] = VIEWS) -> Comparison:
    """Compare the replies to a message, response by response. Silent servers are compared, too."""
    responses = list(zip_longest(*(each.responses for each in replies)))
    rows = [tuple(response_rows(each, replies, views)) for each in responses]
    if not rows:
        return Comparison(message, tuple(replies), ((status_row([None] * len(replies), replies),),))
    last = [each.responses[-1] if each.responses else None for each in replies]
    rows[-1] += tuple(end_rows(last, replies))
    return Comparison(message, tuple(replies), tuple(rows))


def response_rows(
    responses: Sequence[Response | None], replies: Sequence[Reply], views: Sequence[BodyView]
) -> Iterator[Row]:
    """Yield the rows of one response of each server. A server without a response has only a status cell."""
    yield status_row(responses, replies)
    there = [index for index, response in enumerate(responses) if response]
    present = [response for response in responses if response]
    for row in _present_rows(present, [replies[index] for index in there], views):
        cells = dict(zip(there, row.cells, strict=True))
        yield replace(row, cells=[cells.get(index) for index in range(len(replies))])


def _present_rows(responses: Sequence[Response], replies: Sequence[Reply], views: Sequence[BodyView]) -> Iterator[Row]:
    body = body_rows(responses, replies, views)
    yield from interim_row(responses, replies)
    yield from field_rows(responses, replies, worst_verdict(body))
    yield from trailer_row(responses, replies)
    yield from body
    yield from violation_row(["; ".join(violations(each)) for each in responses], replies)


def make_row(label: str, cells: Values, replies: Sequence[Reply], *expected: Expected, part: Part = "head") -> Row:
    return Row(label, cells, *compare_values(cells, replies, *expected), part)


def optional_row(label: str, texts: Sequence[str], replies: Sequence[Reply], *expected: Expected) -> Iterator[Row]:
    """Yield a row, unless all its texts are empty."""
    if any(texts):
        yield make_row(label, [text or None for text in texts], replies, *expected)


def violation_row(texts: Sequence[str], replies: Sequence[Reply]) -> Iterator[Row]:
    for row in optional_row("violation", texts, replies):
        yield replace(row, part="violation")


def end_rows(last: Sequence[Response | None], replies: Sequence[Reply]) -> Iterator[Row]:
    """Yield how each connection ended after its last response, and which server had announced another end."""
    cells = [None if each.failure else ENDS[each.end] for each in replies]
    yield of_transport(make_row("end", cells, replies, part="end"), replies)
    yield from violation_row([_broken_end(*each) for each in zip(last, replies, strict=True)], replies)


def _broken_end(last: Response | None, reply: Reply) -> str:
    return NOT_CLOSED if last and reply.end == "kept" and must_close(last) else ""


def of_transport(row: Row, replies: Sequence[Reply]) -> Row:
    """Name the servers in a row that differs if the difference is theirs: each has one value for its applications."""
    values: dict[str, set[str | None]] = {}
    for cell, each in zip(row.cells, replies, strict=True):
        values.setdefault(each.endpoint.runs_on or each.endpoint.name, set()).add(cell)
    are_known = any(each.endpoint.runs_on for each in replies)
    if row.verdict != "differs" or not are_known or any(len(found) > 1 for found in values.values()):
        return row
    return replace(row, reason=f"caused by the servers: {', '.join(values)}")


def status_row(responses: Sequence[Response | None], replies: Sequence[Reply]) -> Row:
    cells = [status_line(response, each) for response, each in zip(responses, replies, strict=True)]
    return make_row("status", cells, replies, part="status")


def status_line(response: Response | None, reply: Reply) -> str:
    if response is None:
        return reply.failure or f"no response: {SILENCE[reply.transcript.ended]}"
    if not response.version:
        return "no status line"
    return f"HTTP/{response.version} {response.status} {response.reason}".rstrip()


def violations(response: Response) -> Iterable[str]:
    """Return each violation of the grammar of RFC 9112 once."""
    return dict.fromkeys(map(defect_text, response.defects))


def interim_row(responses: Sequence[Response], replies: Sequence[Reply]) -> Iterator[Row]:
    lines = [", ".join(f"{each.status} {each.reason}" for each in response.interim) for response in responses]
    return optional_row("interim", lines, replies, PACKETS)


def field_rows(responses: Sequence[Response], replies: Sequence[Reply], body: Verdict) -> Iterator[Row]:
    """Yield the header fields by name, in any letter case; fields with the same name keep their order."""
    names = {line.name.lower(): line.name for response in reversed(responses) for line in response.fields}
    special = {**EXPECTED_FIELDS, **({"content-length": LENGTH} if body == "may" else {})}
    for name in sorted(names):
        expected = special.get(name, AUTHORITY)
        for cells in zip_longest(*(response.all(name) for response in responses)):
            row = make_row(names[name], cells, replies, AUTHORITY, expected)
            yield of_transport(row, replies) if name in TRANSPORT_FIELDS else row


def trailer_row(responses: Sequence[Response], replies: Sequence[Reply]) -> Iterator[Row]:
    lines = [", ".join(f"{line.name}: {line.value}" for line in response.trailers) for response in responses]
    return optional_row("trailers", lines, replies)


def body_rows(responses: Sequence[Response], replies: Sequence[Reply], views: Sequence[BodyView]) -> list[Row]:
    """Return the lines of the bodies, in the first view that hides no difference."""
    bodies = [response.body for response in responses]
    whole = compare_values([body.decode("latin-1") for body in bodies], replies, AUTHORITY, CLOCK)
    place = 0 if whole.verdict == "same" else first_difference(bodies)
    for view in views:
        texts = [view(response, place) for response in responses]
        rows = list(_line_rows(align(texts), replies))
        if worst_verdict(rows) == whole.verdict:
            return rows
    return list(_line_rows(zip_longest(*texts), replies))  # equal lines that do not correspond were aligned


def _line_rows(lines: Iterable[AlignedLines], replies: Sequence[Reply]) -> Iterator[Row]:
    label = BODY
    for cells in lines:
        yield make_row(label, cells, replies, AUTHORITY, CLOCK, part="body")
        label = ""


# -- the lines of several texts


@dataclass(frozen=True, slots=True)
class Alignment:
    """The lines of a text that correspond to a line of the first text, and those before a line of the first text."""

    beside: Mapping[int, str]
    before: Mapping[int, Sequence[str]]


def align(texts: Sequence[Sequence[str]]) -> list[AlignedLines]:
    """Return the lines of several texts, each beside the corresponding line of the first text."""
    if any(len(text) > MAX_ALIGNED for text in texts):
        return list(zip_longest(*map(_shorten, texts)))
    return list(_merge(texts[0], [align_pair(texts[0], text) for text in texts[1:]]))


def _shorten(text: Sequence[str]) -> Sequence[str]:
    """Return a text with its last lines joined: a body may consist of millions of line ends."""
    return [*text[:MAX_ALIGNED], " ".join(text[MAX_ALIGNED:])] if len(text) > MAX_ALIGNED else text


def align_pair(first: Sequence[str], text: Sequence[str]) -> Alignment:
    """Align a text with the first one. Replaced lines correspond one to one as far as there are enough lines."""
    beside: dict[int, str] = {}
    before: dict[int, Sequence[str]] = {}
    for _, start, end, other_start, other_end in SequenceMatcher(None, first, text, autojunk=False).get_opcodes():
        lines = text[other_start:other_end]
        beside.update(zip(range(start, end), lines, strict=False))
        before[end] = lines[end - start :]
    return Alignment(beside, before)


def _merge(first: Sequence[str], others: Sequence[Alignment]) -> Iterator[AlignedLines]:
    for at in range(len(first) + 1):
        for lines in zip_longest(*(other.before.get(at, ()) for other in others)):
            yield (None, *lines)
        if at < len(first):
            yield (first[at], *(other.beside.get(at) for other in others))

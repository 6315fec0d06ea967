"""The answers of several servers to one message, row by row, and what came of comparing them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from http_contract.http.response import Response
from http_contract.reports.messages import ENDINGS, SILENCE, defect_text
from sidebyside.compare.aligning import aligned
from sidebyside.compare.bodies import VIEWS, View, first_difference
from sidebyside.compare.differing import (
    AUTHORITY,
    CLOCK,
    HOP,
    LENGTH,
    PACKETS,
    Excuse,
    Finding,
    Values,
    Verdict,
    finding,
)
from sidebyside.compare.messages import Message
from sidebyside.compare.sending import Heard

# Why a field may differ that may for more than naming its server (RFC 9110 §7.6.1, 6.6.1).
EXCUSES = {"date": CLOCK, "expires": CLOCK, "connection": HOP, "keep-alive": HOP}
UNUSUAL: Mapping[str, str] = {how: words for how, words in ENDINGS.items() if how != "closed"}
WORST: Sequence[Verdict] = ("differs", "may", "same")


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that answers have, each server's in its place, None where it has none."""

    label: str
    cells: Values
    finding: Finding
    is_body: bool = False  # which its label does not tell: a header field may have any name

    @property
    def odd(self) -> tuple[bool, ...]:
        """Tell of each value whether it is one that most servers do not have."""
        return odd(self.cells)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All answers to one message."""

    message: Message
    transcript: tuple[Heard, ...]
    responses: tuple[tuple[Row, ...], ...]  # the first answer of each server, the second of each, ...

    @property
    def verdict(self) -> Verdict:
        return worst(row for rows in self.responses for row in rows)

    @property
    def is_silent(self) -> bool:
        """Tell whether no server has said anything, nor closed the connection."""
        return not any(each.responses or each.transcript.ended in ("closed", "reset") for each in self.transcript)


def odd(values: Values) -> tuple[bool, ...]:
    """Tell of each value whether it is one that most servers do not have; of all, where there is no majority."""
    value, count = Counter(values).most_common(1)[0]
    usual = {value} if count > len(values) / 2 else set()
    return tuple(each not in usual for each in values)


def overall(comparisons: Iterable[Comparison]) -> Verdict:
    """Return the worst verdict of all comparisons."""
    return worst(row for comparison in comparisons for answer in comparison.responses for row in answer)


def worst(rows: Iterable[Row]) -> Verdict:
    """Return the worst verdict of all rows."""
    found = {row.finding.verdict for row in rows}
    return next((verdict for verdict in WORST if verdict in found), "same")


def compared(message: Message, heard: Sequence[Heard], views: Sequence[View] = VIEWS) -> Comparison:
    """Compare what servers said to a message, answer by answer. Silence is compared, too."""
    answers = zip_longest(*(each.responses for each in heard))
    rows = [tuple(answer_rows(row, heard, views)) for row in answers]
    return Comparison(message, tuple(heard), tuple(rows or [tuple(silence(heard))]))


def silence(heard: Sequence[Heard]) -> Iterator[Row]:
    yield status_row([None] * len(heard), heard)


def answer_rows(answers: Sequence[Response | None], heard: Sequence[Heard], views: Sequence[View]) -> Iterator[Row]:
    """Yield what there is to see of one answer of each; who did not answer takes part in the first row alone."""
    yield status_row(answers, heard)
    there = [index for index, answer in enumerate(answers) if answer]
    present = [answer for answer in answers if answer]
    for row in _rows(present, [heard[index] for index in there], views):
        cells = dict(zip(there, row.cells, strict=True))
        yield replace(row, cells=[cells.get(index) for index in range(len(heard))])


def status_row(answers: Sequence[Response | None], heard: Sequence[Heard]) -> Row:
    cells = [status_line(answer, each) for answer, each in zip(answers, heard, strict=True)]
    return Row("status", cells, finding(cells, heard))


def status_line(answer: Response | None, heard: Heard) -> str:
    if answer is None:
        return heard.failure or f"no answer: {SILENCE[heard.transcript.ended]}"
    if not answer.version:
        return "no status line"
    return f"HTTP/{answer.version} {answer.status} {answer.reason}".rstrip()


def _rows(answers: Sequence[Response], heard: Sequence[Heard], views: Sequence[View]) -> Iterator[Row]:
    body = list(body_rows(answers, heard, views))
    yield from interim_row(answers, heard)
    yield from field_rows(answers, heard, worst(body))
    yield from trailer_rows(answers, heard)
    yield from body
    yield from _told("breach", ["; ".join(breaches(each)) for each in answers], heard)
    yield from _told("end", [UNUSUAL.get(each.transcript.ended, "") for each in heard], heard)


def breaches(answer: Response) -> Iterable[str]:
    """Return what is wrong with an answer by the grammar of RFC 9112, each once."""
    return dict.fromkeys(defect_text(defect) for defect in answer.defects)


def interim_row(answers: Sequence[Response], heard: Sequence[Heard]) -> Iterator[Row]:
    lines = [", ".join(f"{each.status} {each.reason}" for each in answer.interim) for answer in answers]
    return _told("interim", lines, heard, PACKETS)


def _told(label: str, texts: Sequence[str], heard: Sequence[Heard], *excuses: Excuse) -> Iterator[Row]:
    """Yield a row, unless there is nothing to tell of any server."""
    if any(texts):
        cells = [text or None for text in texts]
        yield Row(label, cells, finding(cells, heard, *excuses))


def field_rows(answers: Sequence[Response], heard: Sequence[Heard], body: Verdict) -> Iterator[Row]:
    """Yield header fields by name, those of one name in their order; letter case in names counts for nothing."""
    names = {line.name.lower(): line.name for answer in reversed(answers) for line in answer.fields}
    excuses = {**EXCUSES, **({"content-length": LENGTH} if body == "may" else {})}
    for name in sorted(names):
        excuse = excuses.get(name, AUTHORITY)
        for cells in zip_longest(*(answer.all(name) for answer in answers)):
            yield Row(names[name], cells, finding(cells, heard, AUTHORITY, excuse))


def trailer_rows(answers: Sequence[Response], heard: Sequence[Heard]) -> Iterator[Row]:
    lines = [", ".join(f"{line.name}: {line.value}" for line in answer.trailers) for answer in answers]
    return _told("trailers", lines, heard)


def body_rows(answers: Sequence[Response], heard: Sequence[Heard], views: Sequence[View]) -> Iterator[Row]:
    """Yield the lines of the bodies, in the first view that hides no difference."""
    bodies = [answer.body for answer in answers]
    whole = finding([body.decode("latin-1") for body in bodies], heard, AUTHORITY, CLOCK)
    place = 0 if whole.verdict == "same" else first_difference(bodies)
    for view in views:
        rows = list(line_rows(view, answers, place, heard))
        if worst(rows) == whole.verdict:
            break
    return iter(rows)


def line_rows(view: View, answers: Sequence[Response], place: int, heard: Sequence[Heard]) -> Iterator[Row]:
    label = "body"
    for cells in aligned([view(answer, place) for answer in answers]):
        yield Row(label, cells, finding(cells, heard, AUTHORITY, CLOCK), is_body=True)
        label = ""

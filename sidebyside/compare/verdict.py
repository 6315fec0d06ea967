"""The verdict on comparisons: a sentence, and the responses that differ, with the names of what differs in each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from http_contract.escaping import escape_controls
from sidebyside.compare.diff import Comparison, Part, Row, Verdict, overall_verdict

RANKS: dict[Part, int] = {"status": 0, "body": 1}  # what readers look at first comes first; everything else is later
MAX_PLACES = 6  # responses that the sentence names


@dataclass(frozen=True, slots=True)
class Place:
    """One response of each server, of one exchange, and what has a certain verdict in it; numbers start at 1."""

    exchange: int
    exchanges: int
    response: int
    responses: int
    items: tuple["Item", ...]

    @property
    def title(self) -> str:
        """The name of the response, "" if there is no other one."""
        exchange = f"exchange {self.exchange}" if self.exchanges > 1 else ""
        response = f"response {self.response} of {self.responses}" if self.responses > 1 else ""
        return ", ".join(filter(None, (exchange, response)))

    @property
    def text(self) -> str:
        """The names, those with the same reason together: "status, body, Connection, Server (caused by ...)"."""
        groups = groupby(self.items, lambda item: item.note)
        named = ((", ".join(item.label for item in group), note) for note, group in groups)
        return ", ".join(f"{labels} ({note})" if note else labels for labels, note in named)


class Item(NamedTuple):
    """A property of a response, with a note: how many lines of a body, or the reason."""

    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """The verdict as the beginning of a sentence, and the places that it names, of which `left` more are not listed."""

    verdict: Verdict
    lead: str
    places: tuple[Place, ...]
    left: int = 0

    def __str__(self) -> str:
        named = [f"{each.title}: {each.text}" if each.title else each.text for each in self.places]
        return "; ".join([self.lead + (named[0] if named else ""), *named[1:], *self.rest])

    @property
    def rest(self) -> list[str]:
        return [f"and {plural(self.left, 'more response')}"] if self.left else []


def summary(comparisons: Sequence[Comparison]) -> Summary:
    """Return the verdict on all comparisons, with a count of what differs, or of the expected differences."""
    verdict = overall_verdict(comparisons)
    found = list(places(comparisons, verdict)) if verdict != "same" else []
    count = sum(len(each.items) for each in found)
    where = exchanges(comparisons)
    if verdict == "differs":
        lead = f"The responses differ in {plural(count, 'place')}{where}: "
    else:
        lead = f"Identical{where}" + (f", except for {plural(count, 'expected difference')}: " if count else "")
    return Summary(verdict, lead, tuple(found[:MAX_PLACES]), max(0, len(found) - MAX_PLACES))


def places(comparisons: Sequence[Comparison], verdict: Verdict) -> Iterator[Place]:
    """Yield the responses with rows of this verdict."""
    for number, comparison in enumerate(comparisons, 1):
        for at, rows in enumerate(comparison.responses, 1):
            items = tuple(items_of([row for row in rows if row.verdict == verdict]))
            if items:
                yield Place(number, len(comparisons), at, len(comparison.responses), items)


def items_of(rows: Sequence[Row]) -> Iterator[Item]:
    """Yield each property once: the status, the body, then the others in their order."""
    ranked = sorted(rows, key=lambda row: RANKS.get(row.part, len(RANKS)))
    for part, group in groupby(ranked, lambda row: row.part):
        if part == "body":
            yield body_item(list(group))
        else:
            yield from dict.fromkeys(Item(escape_controls(row.label), row.reason) for row in group)


def body_item(rows: Sequence[Row]) -> Item:
    lines = f"{len(rows)} lines" if len(rows) > 1 else ""
    return Item("body", "; ".join(filter(None, dict.fromkeys((lines, rows[0].reason)))))


def exchanges(comparisons: Sequence[Comparison]) -> str:
    """Return in how many of several exchanges the responses differ."""
    differ = sum(comparison.verdict == "differs" for comparison in comparisons)
    return f" in {differ or 'all'} of {len(comparisons)} exchanges" if len(comparisons) > 1 else ""


def plural(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"

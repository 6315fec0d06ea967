"""Lines of several texts, put beside those that they correspond to in the first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TypeAlias

Line: TypeAlias = tuple[str | None, ...]
"""A line of each text, None where one has none."""

MOST = 2000  # lines of a text; longer ones are put side by side as they are, the lines past these as one


@dataclass(frozen=True, slots=True)
class Placed:
    """The lines of a text: those that stand for a line of the first, and those before a line of the first."""

    beside: dict[int, str]
    before: dict[int, Sequence[str]]


def aligned(texts: Sequence[Sequence[str]]) -> list[Line]:
    if any(len(text) > MOST for text in texts):
        return list(zip_longest(*map(_shortened, texts)))
    return list(_merged(texts[0], [placed(texts[0], text) for text in texts[1:]]))


def _shortened(text: Sequence[str]) -> Sequence[str]:
    """Return a text with its last lines as one: a body may be millions of line ends."""
    return [*text[:MOST], " ".join(text[MOST:])] if len(text) > MOST else text


def placed(first: Sequence[str], text: Sequence[str]) -> Placed:
    """Place a text beside the first; of lines that were replaced, one stands for one as long as there are any."""
    beside: dict[int, str] = {}
    before: dict[int, Sequence[str]] = {}
    for _, start, end, other_start, other_end in SequenceMatcher(None, first, text, autojunk=False).get_opcodes():
        lines = text[other_start:other_end]
        beside.update(zip(range(start, end), lines, strict=False))
        before[end] = lines[end - start :]
    return Placed(beside, before)


def _merged(first: Sequence[str], others: Sequence[Placed]) -> Iterator[Line]:
    for at in range(len(first) + 1):
        for lines in zip_longest(*(other.before.get(at, ()) for other in others)):
            yield (None, *lines)
        if at < len(first):
            yield (first[at], *(other.beside.get(at) for other in others))

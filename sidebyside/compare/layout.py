"""The rows of a comparison as lines: side by side where there is room, and else one server below the other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, TypeAlias

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from http_contract.escaping import escape_controls
from sidebyside.compare.comparing import Row, odd
from sidebyside.compare.differing import Verdict
from sidebyside.compare.sending import Place

LEAST = 28  # columns in which an answer can be read
LABEL = 25  # columns, as many as the longest name of a header field that is common
LONGEST = 400  # characters of a value that are shown
BEFORE = 60  # of them, before the first that differs
ALIKE = 8  # lines of bodies in a row that do not differ and are shown before, and after, those left out
NONE = "(none)"

Kind: TypeAlias = Verdict | Literal["untold"]
"""What is to be told of a line; of times nothing is."""

MARKS: dict[Kind, str] = {"same": " ", "may": "~", "differs": "!", "untold": " "}
STYLES: dict[Kind, str] = {"same": "", "may": "yellow", "differs": "bold red", "untold": "dim"}


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it is shown."""

    label: str
    cells: Sequence[str | None]
    verdict: Kind
    none: str = NONE  # what stands for a cell that is None


def lines_of(rows: Iterable[Row]) -> Iterator[Line]:
    """Yield rows as lines, without those of long bodies that do not differ, with long values cut."""
    for is_body, group in groupby(rows, lambda row: row.is_body):
        lines = [_line(row, "" if is_body else NONE) for row in group]
        yield from _elided(lines) if is_body else lines


def _line(row: Row, none: str) -> Line:
    return Line(
        escape_controls(row.label), cut(row.cells), row.finding.verdict, "" if row.finding.verdict == "same" else none
    )


def _elided(lines: Sequence[Line]) -> Iterator[Line]:
    for verdict, group in groupby(lines, lambda line: line.verdict):
        run = list(group)
        left = len(run) - 2 * ALIKE
        if verdict != "same" or left < 2:
            yield from run
            continue
        yield from run[:ALIKE]
        yield Line("", [f"... {left} more lines, the same ..."] * len(run[0].cells), "same")
        yield from run[-ALIKE:]


def cut(cells: Sequence[str | None]) -> list[str | None]:
    """Return values in which no terminal finds a command, long ones cut around where they differ."""
    shown = [None if cell is None else escape_controls(cell) for cell in cells]
    texts = [cell for cell in shown if cell is not None]
    start = max(0, _first_difference(texts) - BEFORE)
    return [cell if cell is None or len(cell) <= LONGEST else _cut(cell, start) for cell in shown]


def _first_difference(texts: Sequence[str]) -> int:
    return next((at for at, found in enumerate(zip(*texts, strict=False)) if len(set(found)) > 1), 0)


def _cut(text: str, start: int) -> str:
    end = start + LONGEST
    return f"{'...' if start else ''}{text[start:end]}{'...' if end < len(text) else ''} ({len(text)} characters)"


def laid_out(
    rows: Iterable[Row], times: Sequence[str], places: Sequence[Place], console: Console
) -> Iterator[RenderableType]:
    """Yield rows, and the time that each server took, in the way that there is room for."""
    lines = [*lines_of(rows), *([Line("first byte", times, "untold")] if times else [])]
    if not console.is_terminal:
        yield from unbroken(lines, places)
    elif console.width < 1 + LABEL + (LEAST + 2) * len(places):
        yield stacked(lines, places)
    else:
        yield side_by_side(lines, places)


def side_by_side(lines: Iterable[Line], places: Sequence[Place]) -> Table:
    """Return a column for each server; of a value that differs, those are marked that most do not have."""
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(width=1)
    table.add_column(max_width=LABEL, overflow="fold", style="cyan")
    for _ in places:
        table.add_column(ratio=1, overflow="fold")
    table.add_row("", "", *(Text(place.name, f"bold {place.colour}") for place in places))
    for line in lines:
        table.add_row(Text(MARKS[line.verdict], STYLES[line.verdict]), Text(line.label), *_cells(line))
    return table


def _cells(line: Line) -> Iterator[Text]:
    for cell, is_odd in zip(line.cells, odd(line.cells), strict=True):
        yield Text(line.none if cell is None else cell, STYLES[line.verdict] if is_odd else "")


def stacked(lines: Sequence[Line], places: Sequence[Place]) -> Table:
    """Return a line once where it is the same for all, and else once for each value, after who has it."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=1)
    table.add_column(max_width=LABEL, overflow="fold", style="cyan")
    table.add_column(overflow="fold")
    for line, text in _stacked(lines, places):
        style = STYLES[line.verdict]
        table.add_row(Text(MARKS[line.verdict], style), line.label, Text(text, style))
    return table


def unbroken(lines: Sequence[Line], places: Sequence[Place]) -> Iterator[Text]:
    """Yield the same for a pipe."""
    width = min(LABEL, max(len(line.label) for line in lines))
    for line, text in _stacked(lines, places):
        yield Text(f"{MARKS[line.verdict]}  {line.label:<{width}}  {text}".rstrip())


def _stacked(lines: Sequence[Line], places: Sequence[Place]) -> Iterator[tuple[Line, str]]:
    for line in lines:
        for text in _values(line, places):
            yield line, text


def _values(line: Line, places: Sequence[Place]) -> Iterator[str]:
    """Yield the values of a line; who has the same is named together."""
    if line.verdict == "same":
        yield next(filter(None, line.cells), "")
        return
    if line.verdict == "untold":
        yield ", ".join(f"{place.name} {cell}" for place, cell in zip(places, line.cells, strict=True))
        return
    who: dict[str, list[str]] = {}
    for place, cell in zip(places, line.cells, strict=True):
        if cell is not None or line.none:
            who.setdefault(line.none if cell is None else cell, []).append(place.name)
    width = max(len(", ".join(names)) for names in who.values())
    yield from (f"{', '.join(names):<{width}}  {value}" for value, names in who.items())

"""Comparisons as text for a terminal: the message, the responses side by side or one below the other, and a verdict."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby
from typing import Literal, TypeAlias

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from http_contract.escaping import escape_bytes, escape_controls
from sidebyside.compare.diff import BODY, Comparison, Row, Verdict, first_difference, worst_verdict
from sidebyside.compare.send import Endpoint, Reply
from sidebyside.compare.verdict import plural, summary

MESSAGE_LINES = 16  # of a message that are printed
CRLF = "\\r\\n"
LEGEND = "! differs   ~ expected difference   first byte: not compared"
MIN_COLUMN = 28  # characters in which a response is readable
MAX_LABEL = 25  # characters, as many as the longest common header field name has
MAX_VALUE = 400  # characters of a value that are printed
BEFORE_DIFFERENCE = 60  # characters of them before the first difference
EQUAL_LINES = 8  # equal body lines that are printed before, and after, those that are left out
NONE = "(none)"

RowKind: TypeAlias = Verdict | Literal["not compared"]
MARKS: dict[RowKind, str] = {"same": " ", "may": "~", "differs": "!", "not compared": " "}
STYLES: dict[RowKind, str] = {"same": "", "may": "dim", "differs": "bold", "not compared": "dim"}
BREAKS = "bold red"  # the style of what breaks the protocol, and of nothing else: no server is right because most agree
VERDICT_STYLES: dict[Verdict, str] = {"same": "bold green", "may": "bold green", "differs": "bold yellow"}


@dataclass(frozen=True, slots=True)
class TextRow:
    """A row as it is printed."""

    label: str
    cells: Sequence[str | None]
    kind: RowKind
    none: str = NONE  # is printed for a cell that is None
    breaks: bool = False  # whether its values break the protocol

    @property
    def style(self) -> str:
        return BREAKS if self.breaks else STYLES[self.kind]


# -- a comparison from its message to the verdict


RowsShown: TypeAlias = Callable[[Sequence[Row]], Sequence[Row]]
"""A function that chooses the rows of a response that are printed."""


def every_row(rows: Sequence[Row]) -> Sequence[Row]:
    return rows


def differing_rows(rows: Sequence[Row]) -> Sequence[Row]:
    """Return the rows that differ; the first line of the body that does has the body's label."""
    found = [row for row in rows if row.verdict == "differs"]
    body = next((row for row in found if row.is_body), None)
    return [replace(row, label=BODY) if row is body else row for row in found]


def render(
    comparisons: Sequence[Comparison], console: Console, shown: RowsShown = every_row
) -> Iterator[RenderableType]:
    """Yield everything that is printed; the verdict comes last."""
    for comparison in comparisons:
        yield from render_message(comparison)
        yield from render_responses(comparison, console, shown)
        yield from chain.from_iterable(map(render_errors, comparison.replies))
        yield Text()
    yield Text(LEGEND, "dim")
    yield format_verdict(comparisons)


def render_message(comparison: Comparison) -> Iterator[Text]:
    """Yield the lines of a message; a line end is visible only if it is not CRLF."""
    message = comparison.message
    packets = f" in {len(message.pieces)} packets" if len(message.pieces) > 1 else ""
    has_authority = b"{authority}" in b"".join(message.pieces)
    note = "; {authority} is the server's own host and port" if has_authority else ""
    yield Text(f"Sent to each server{packets}{note}:", "bold")
    lines = message.template.splitlines(keepends=True)
    for line in lines[:MESSAGE_LINES]:
        [text] = shorten([escape_bytes(line).removesuffix(CRLF)])
        yield Text(f"> {text}".rstrip(), "dim")
    if len(lines) > MESSAGE_LINES:
        yield Text(f"> ... {len(lines) - MESSAGE_LINES} more lines", "dim")


def render_responses(comparison: Comparison, console: Console, shown: RowsShown) -> Iterator[RenderableType]:
    """Yield the first response, and the later ones that differ; the other ones are counted."""
    count, equal = len(comparison.responses), 0
    endpoints = [each.endpoint for each in comparison.replies]
    for number, rows in enumerate(comparison.responses, 1):
        chosen = shown(rows)
        if not chosen or (number > 1 and worst_verdict(rows) != "differs"):
            equal += 1
            continue
        if count > 1:
            yield Text(f"Response {number} of {count}:", "bold")
        times = first_byte_times(comparison) if len(chosen) == len(rows) else []
        yield from render_rows(chosen, times, endpoints, console)
    if equal and count > 1:
        more = "more " if equal < count else ""
        yield Text(f"{plural(equal, f'{more}response')} {'does' if equal == 1 else 'do'} not differ.", "bold")


def render_errors(reply: Reply) -> Iterator[Text]:
    """Yield the last frames of each exception that a server has printed about the requests."""
    for error in reply.errors:
        yield Text.assemble((reply.endpoint.name, reply.endpoint.colour), " printed an exception:")
        for frame in error.last_frames:
            yield Text(f"   {escape_controls(str(frame))}", "dim")
            yield Text(f"      {escape_controls(frame.source)}")
        yield Text(f"   {escape_controls(error.message)}", "bold")


def first_byte_times(comparison: Comparison) -> list[str]:
    """Return the time to each server's first byte; an empty list if the message was sent with pauses."""
    if len(comparison.message.pieces) > 1:
        return []
    times = (each.first_byte for each in comparison.replies)
    return ["never" if seconds is None else f"{seconds * 1000:.1f} ms" for seconds in times]


def format_verdict(comparisons: Sequence[Comparison]) -> Text:
    """Return the last line, about all comparisons."""
    found = summary(comparisons)
    return Text(str(found), VERDICT_STYLES[found.verdict])


# -- rows that are short enough to print


def text_rows(rows: Iterable[Row]) -> Iterator[TextRow]:
    """Yield the rows as they are printed: long values shortened, and equal lines of long bodies left out."""
    for is_body, group in groupby(rows, lambda row: row.is_body):
        printed = [_text_row(row, "" if is_body else NONE) for row in group]
        yield from _without_equal_lines(printed) if is_body else printed


def _text_row(row: Row, none: str) -> TextRow:
    none = "" if row.verdict == "same" else none
    return TextRow(escape_controls(row.label), shorten(row.cells), row.verdict, none, any(row.breaks))


def _without_equal_lines(rows: Sequence[TextRow]) -> Iterator[TextRow]:
    for kind, group in groupby(rows, lambda row: row.kind):
        run = list(group)
        left = len(run) - 2 * EQUAL_LINES
        if kind != "same" or left < 2:
            yield from run
            continue
        yield from run[:EQUAL_LINES]
        yield TextRow("", [f"... {left} more lines, the same ..."] * len(run[0].cells), "same")
        yield from run[-EQUAL_LINES:]


def shorten(cells: Sequence[str | None]) -> list[str | None]:
    """Return values without terminal commands; long values are cut around their first difference."""
    safe = [None if cell is None else escape_controls(cell) for cell in cells]
    start = max(0, first_difference([cell for cell in safe if cell is not None]) - BEFORE_DIFFERENCE)
    return [cell if cell is None or len(cell) <= MAX_VALUE else _cut(cell, start) for cell in safe]


def _cut(text: str, start: int) -> str:
    end = start + MAX_VALUE
    return f"{'...' if start else ''}{text[start:end]}{'...' if end < len(text) else ''} ({len(text)} characters)"


# -- layout


def render_rows(
    rows: Iterable[Row], times: Sequence[str], endpoints: Sequence[Endpoint], console: Console
) -> Iterator[RenderableType]:
    """Yield the rows, and the time of each server's first byte, in the layout that fits the console."""
    printed = [*text_rows(rows), *([TextRow("first byte", times, "not compared")] if times else [])]
    if not console.is_terminal:
        yield from unbroken_lines(printed, endpoints)
    elif console.width < 1 + MAX_LABEL + (MIN_COLUMN + 2) * len(endpoints):
        yield stacked_table(printed, endpoints)
    else:
        yield side_by_side_table(printed, endpoints)


def side_by_side_table(rows: Iterable[TextRow], endpoints: Sequence[Endpoint]) -> Table:
    """Return a table with a column for each server."""
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(width=1)
    table.add_column(max_width=MAX_LABEL, overflow="fold", style="cyan")
    for _ in endpoints:
        table.add_column(ratio=1, overflow="fold")
    table.add_row("", "", *(Text(each.name, f"bold {each.colour}") for each in endpoints))
    for row in rows:
        cells = (Text(row.none if cell is None else cell, row.style if cell is not None else "") for cell in row.cells)
        table.add_row(Text(MARKS[row.kind], row.style), Text(row.label), *cells)
    return table


def stacked_table(rows: Sequence[TextRow], endpoints: Sequence[Endpoint]) -> Table:
    """Return a table with one line for each different value, after the names of the servers that have it."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=1)
    table.add_column(max_width=MAX_LABEL, overflow="fold", style="cyan")
    table.add_column(overflow="fold")
    for row, text in _stacked_lines(rows, endpoints):
        table.add_row(Text(MARKS[row.kind], row.style), Text(row.label), Text(text, row.style))
    return table


def unbroken_lines(rows: Sequence[TextRow], endpoints: Sequence[Endpoint]) -> Iterator[Text]:
    """Yield the lines of a stacked table for a pipe, each in one piece."""
    width = min(MAX_LABEL, max(len(row.label) for row in rows))
    for row, text in _stacked_lines(rows, endpoints):
        yield Text(f"{MARKS[row.kind]}  {row.label:<{width}}  {text}".rstrip())


def _stacked_lines(rows: Sequence[TextRow], endpoints: Sequence[Endpoint]) -> Iterator[tuple[TextRow, str]]:
    for row in rows:
        for text in _different_values(row, endpoints):
            yield row, text


def _different_values(row: TextRow, endpoints: Sequence[Endpoint]) -> Iterator[str]:
    """Yield the different values of a row, each after the names of the servers that have it."""
    if row.kind == "same":
        yield next(filter(None, row.cells), "")
        return
    if row.kind == "not compared":
        yield ", ".join(f"{each.name} {cell}" for each, cell in zip(endpoints, row.cells, strict=True))
        return
    names: dict[str, list[str]] = {}
    for each, cell in zip(endpoints, row.cells, strict=True):
        if cell is not None or row.none:
            names.setdefault(row.none if cell is None else cell, []).append(each.name)
    width = max(len(", ".join(each)) for each in names.values())
    yield from (f"{', '.join(each):<{width}}  {value}" for value, each in names.items())

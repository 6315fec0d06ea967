"""The short report: the points of each stage, the failures by cause, and last the failure to start with."""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.text import Text

from http_contract.diagnosis.tracebacks import telling_lines
from http_contract.escaping import escape_controls
from http_contract.reports.groups import Group, groups_of
from http_contract.reports.terminal import (
    COLOURS,
    LEVELS,
    coloured,
    columns,
    heading,
    print_texts,
    shown_lines,
    total,
    width_of,
    wrapped,
)
from http_contract.reports.text import (
    WIDTH,
    Extent,
    group_line,
    hidden_failed,
    lines,
    other_skips,
    remarks,
    start_command,
    stopped_early,
)
from http_contract.rules.model import Outcome
from http_contract.runner.report import Report

MOST_LINES = 60  # of the whole
LAST_WORDS = 5  # lines of the server's output
MOST_CAUSES = 15
MARGIN = 16  # columns before the bytes, and for the dots of a line that is cut
NOTE = "The points are an estimate: what the score would gain if these rules, and the skipped ones, passed."
AGAIN = "contract check"
MOST_FIRST_LINES = 24  # of the failure to start with, if its texts are short
ROWS = (7, 5, 3, 2)  # lines of bytes that are shown of a request, and of a response
LONGEST_COMMAND = 400  # characters of a command that reproduces the failure; --all shows a longer one


def show_brief(report: Report, console: Console, again: str = AGAIN, news: Iterable[str] = ()) -> None:
    """Show at most MOST_LINES lines; `again` is the command that judges this server.

    The news are what has changed since an earlier report.
    """
    width = width_of(console)
    told = [Text(row, "bold green") for line in news for row in wrapped(line, width)]
    first = [*([Text(), *told] if told else []), *start_here(report, width, again)]
    above = list(overview(report, width))
    room = MOST_LINES - sum(height(text, width) for text in (*above, *first))
    print_texts(console, [*above, *causes(groups_of(report), width, room), *first])


def height(text: Text, width: int) -> int:
    """Return the number of lines that a text takes on a terminal."""
    return sum(max(1, -(-len(line) // width)) if width else 1 for line in text.plain.split("\n"))


def overview(report: Report, width: int) -> Iterator[Text]:
    """Yield a line for each stage, why rules were skipped or judging ended, and the total."""
    yield Text(columns(), "dim")
    yield from map(heading, report.scores)
    yield from (Text(line, COLOURS["skipped"]) for text in other_skips(report) for line in wrapped(text, width))
    yield from (Text(row, "blue") for line in remarks(report) for row in wrapped(line, width))
    yield from (Text(line, "red") for line in (*hidden_failed(report, report.outcomes), *stopped_early(report)))
    yield from total(report, width)


def causes(groups: Sequence[Group], width: int, room: int) -> Iterator[Text]:
    """Yield a line for each cause, as many as there is room for."""
    if not groups:
        return
    yield Text()
    yield Text("Failures by cause:", "bold")
    note = wrapped(NOTE, width) if any(group.counts for group in groups) else []
    room -= 4 + len(note)  # the lines before the causes, the number of the others, and the empty line
    for number, group in enumerate(groups):
        texts = [
            Text(line, "" if group.counts else "yellow")
            for line in wrapped(escape_controls(group_line(group)), width, 2)
        ]
        room -= len(texts)
        if room < 0 or number == MOST_CAUSES:
            yield Text(f"  and {len(groups) - number} more; --all shows all failures", "dim")
            break
        yield from texts
    yield from (Text(line, "dim") for line in note)


def start_here(report: Report, width: int = 0, again: str = AGAIN) -> Iterator[Text]:
    """Yield the most urgent failure in full, and the command that judges its rule again; nothing without failures."""
    for group in groups_of(report)[:1]:
        yield Text()
        yield Text("Start here:", "bold reverse")
        yield from first_failure(report, group.first, width)
        if group.cause:
            yield from _labelled("More:", f"contract explain {group.cause}")
        yield from _labelled("Check again:", f"{again} --rule {group.first.rule.id}")


def first_failure(report: Report, outcome: Outcome, width: int) -> list[Text]:
    """Return the lines about a failure, with fewer bytes if they take too much room."""
    sizes = (list(_failure(report, outcome, width, rows)) for rows in ROWS)
    shortest: list[Text] = []
    for texts in sizes:
        shortest = texts
        if sum(height(text, width) for text in texts) <= MOST_FIRST_LINES:
            break
    return shortest


def _failure(report: Report, outcome: Outcome, width: int, rows: int) -> Iterator[Text]:
    extent = Extent(failures=1, octets=400, rows=rows, width=width - MARGIN if width else WIDTH)
    for line in lines(outcome, extent):
        if line.kind != "reproduce":
            yield from coloured(line, LEVELS[outcome.rule.level], width)
        elif len(line.content) <= LONGEST_COMMAND:
            yield from _labelled("Start it:", start_command(report, outcome))
            yield from coloured(line, "", width)
    yield from (Text(f"     server | {line}".rstrip(), "dim") for line in last_words(report, outcome))


def last_words(report: Report, outcome: Outcome) -> list[str]:
    """Return the lines of the server's output about a failure that tell most.

    There are none if they are shown already, or may be about hidden rules.
    """
    if report.hidden or any(failure.params.get("output") for failure in outcome.failures):
        return []
    output = outcome.crash.output if outcome.crash else outcome.output
    return shown_lines(telling(output))


def telling(output: str) -> list[str]:
    """Return the lines of a server's output that a report has room for, and that tell most."""
    return telling_lines(output, LAST_WORDS)


def _labelled(label: str, text: str) -> Iterator[Text]:
    if text:
        yield Text(f"     {label} {text}", "green")

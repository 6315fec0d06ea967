"""A report in a terminal, stage by stage with every failure in full, and the progress bar before it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from textwrap import wrap

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from http_contract.escaping import escape_controls
from http_contract.reports.text import (
    Kind,
    Line,
    before_reproducing,
    cut,
    exchanges,
    hidden_failed,
    lines,
    public,
    remarks,
    skipped,
    stopped_early,
    verdicts,
)
from http_contract.rules.model import Outcome
from http_contract.runner.report import Report, Score

BAR_WIDTH = 10  # columns
TITLE_WIDTH = 31  # columns
OUTPUT_LINES = 20  # of the server's output
COLOURS = {"passed": "green", "failed": "red", "skipped": "blue", "warned": "yellow"}
LEVELS = {"MUST": "bold red", "SHOULD": "bold yellow"}
STYLES: Mapping[Kind, str] = {"failure": "bold", "bytes": "cyan", "caret": "bold red", "cause": "bold"}
PROSE: tuple[Kind, ...] = ("rule", "failure", "note", "cause", "hint", "section")  # which may be wrapped


def show_full(report: Report, console: Console) -> None:
    """Show the points and the failures of each stage, then the total."""
    print_texts(console, report_lines(report, width_of(console)))


def show_exchanges(report: Report, console: Console) -> None:
    """Show every exchange of every rule that is not hidden, then the rest."""
    for outcome in public(report, report.outcomes):
        texts = (text for line in exchanges(outcome) for text in coloured(line, "", width_of(console)))
        print_texts(console, [Text(f"{outcome.rule.id}: {outcome.verdict}", COLOURS[outcome.verdict]), *texts])
    show_full(report, console)


def width_of(console: Console) -> int:
    """Return the width of a terminal, or 0: elsewhere no line is wrapped, so that each can be copied."""
    return console.width if console.is_terminal else 0


def print_texts(console: Console, texts: Iterable[Text]) -> None:
    for text in texts:
        console.print(text, soft_wrap=True)


def report_lines(report: Report, width: int = 0) -> Iterator[Text]:
    yield Text(columns(), "dim")
    for score in report.scores:
        yield heading(score)
        yield from stage_lines(report, score.stage, width)
    yield from endings(report, width)
    yield from total(report, width)


def columns() -> str:
    """Return the names of the columns of the stages."""
    return f"{'':<{TITLE_WIDTH + 3}}points {'':<{BAR_WIDTH}} passed failed skipped warned"


def heading(score: Score) -> Text:
    """Return the line of a stage: its points, a bar that shows their share, and the number of rules in each state."""
    share = score.points * BAR_WIDTH // score.weight if score.weight else 0
    colour = "green" if score.passed == score.total else "yellow" if score.passed else "red"
    return Text.assemble(
        (f"{score.stage:>2} {score.title:<{TITLE_WIDTH}}", "bold"),
        (f"{score.points:>3}/{score.weight:<2} ", colour),
        ("█" * share, colour),
        ("░" * (BAR_WIDTH - share), "dim"),
        *_numbers(score),
    )


def _numbers(score: Score) -> Iterator[tuple[str, str]]:
    for name, width in (("passed", 7), ("failed", 7), ("skipped", 8), ("warned", 7)):
        count: int = getattr(score, name)
        yield f"{count:>{width}}", COLOURS[name] if count else "dim"


def stage_lines(report: Report, stage: int, width: int = 0) -> Iterator[Text]:
    """Yield the failed rules and the number of skipped ones; for hidden rules only the number that failed."""
    outcomes = report.of(stage)
    for outcome in public(report, outcomes):
        if outcome.verdict == "failed":
            yield from failure(outcome, width)
    yield from (Text(indented(line), "red") for line in hidden_failed(report, outcomes))
    yield from (Text(indented(line), COLOURS["skipped"]) for line in skipped(report, stage))


def failure(outcome: Outcome, width: int = 0) -> Iterator[Text]:
    for line in lines(outcome):
        yield from coloured(line, LEVELS[outcome.rule.level], width)
    yield Text()


def coloured(line: Line, rule: str, width: int = 0) -> Iterator[Text]:
    """Yield a line with its colour, wrapped to a width unless it is to be copied; 0 means no width."""
    style = rule if line.kind == "rule" else STYLES.get(line.kind, "")
    text = indented(line.text)
    rows = wrapped(text, width) if line.kind in PROSE else [text]
    yield from (Text(row, style) for row in rows)


def indented(text: str) -> str:
    """Return an indented text, whose control characters are escaped."""
    return "\n".join(f"   {line}".rstrip() for line in escape_controls(text).split("\n"))


def wrapped(text: str, width: int, indent: int = 0) -> list[str]:
    """Return the lines of a text, wrapped between words; 0 means no width. Wrapped lines are indented by two more."""
    return [row for line in text.split("\n") for row in _wrapped(" " * indent + line, width)]


def _wrapped(line: str, width: int) -> list[str]:
    margin = " " * (len(line) - len(line.lstrip()))
    if not width or len(line) <= width:
        return [line]
    return wrap(
        line.lstrip(),
        width,
        initial_indent=margin,
        subsequent_indent=f"{margin}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def endings(report: Report, width: int = 0) -> Iterator[Text]:
    """Yield the lines after the stages; the server's output only where it cannot reveal hidden rules."""
    if report.output and not (report.passed or report.hidden):
        yield Text("Last lines of the server's output:", "dim")
        yield from (Text(f"server | {line}".rstrip(), "dim") for line in last_lines(report.output))
    yield from (Text(line, "dim") for line in before_reproducing(report))
    yield from (Text(line, "red") for line in stopped_early(report))
    yield from (Text(row, "blue") for line in remarks(report) for row in wrapped(line, width))


def last_lines(output: str) -> list[str]:
    return shown_lines(output.removesuffix("\n").split("\n")[-OUTPUT_LINES:])


def shown_lines(lines: Iterable[str]) -> list[str]:
    """Return lines of a server's output without control characters, and cut to the width of a report."""
    return [cut(escape_controls(line.removesuffix("\r"))) for line in lines]


def total(report: Report, width: int = 0) -> Iterator[Text]:
    """Yield the last line: the points, and the number of rules in each state."""
    colour = "bold green" if report.passed else "bold red"
    for row in wrapped(f"{verdicts(report)} (seed {report.seed}, {report.seconds:.1f} s)", width):
        yield Text(row, colour)


@contextmanager
def progress(rules: int, volume: str | None) -> Iterator[Callable[[Outcome], None]]:
    """Show a bar on a terminal while rules are judged; yields a function to call with each outcome."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    hidden = volume == "quiet" or not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task("judging", total=rules)
        yield lambda outcome: bar.update(task, advance=1, description=f"stage {outcome.rule.stage:>2}")

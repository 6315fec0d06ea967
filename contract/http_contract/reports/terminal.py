"""A report in a terminal, stage by stage, and the progress bar before it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

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
    rules_failed,
    skipped,
    stopped_early,
)
from http_contract.rules.model import Outcome
from http_contract.runner.report import Report, Score

BAR_WIDTH = 10  # columns
OUTPUT_LINES = 20  # of the server's output
COLOURS = {"passed": "green", "failed": "red", "skipped": "dim"}
LEVELS = {"MUST": "bold red", "SHOULD": "bold yellow"}
STYLES: Mapping[Kind, str] = {"failure": "bold", "bytes": "cyan", "caret": "bold red", "cause": "bold"}


def show(report: Report, console: Console) -> None:
    """Show the points and the failed rules of each stage, then the total. No line is wrapped, so each can be copied."""
    for line in report_lines(report):
        console.print(line, soft_wrap=True)


def show_all(report: Report, console: Console) -> None:
    """Show every exchange of every rule that is not hidden, then the rest."""
    for outcome in public(report, report.outcomes):
        console.print(Text(f"{outcome.rule.id}: {outcome.verdict}", COLOURS[outcome.verdict]), soft_wrap=True)
        for line in exchanges(outcome):
            console.print(coloured(line, ""), soft_wrap=True)
    show(report, console)


def report_lines(report: Report) -> Iterator[Text]:
    for score in report.scores:
        yield heading(score)
        yield from stage_lines(report, score.stage)
    yield from endings(report)
    yield total(report)


def heading(score: Score) -> Text:
    """Return the heading of a stage: its points, and a bar that shows their share."""
    share = score.points * BAR_WIDTH // score.weight if score.weight else 0
    colour = "green" if score.passed == score.total else "yellow" if score.passed else "red"
    return Text.assemble(
        (f"{score.stage:>2} {score.title:<32}", "bold"),
        (f"{score.points:>3}/{score.weight} ", colour),
        ("█" * share, colour),
        ("░" * (BAR_WIDTH - share), "dim"),
        f"  {score.passed} of {score.total} MUST rules passed",
    )


def stage_lines(report: Report, stage: int) -> Iterator[Text]:
    """Yield the failed rules and the number of skipped ones; for hidden rules only the number that failed."""
    outcomes = report.of(stage)
    for outcome in public(report, outcomes):
        if outcome.verdict == "failed":
            yield from failure(outcome)
    yield from (Text(f"   {line}", "red") for line in hidden_failed(report, outcomes))
    yield from (Text(indented(line), "dim") for line in skipped(report, stage))


def failure(outcome: Outcome) -> Iterator[Text]:
    for line in lines(outcome):
        yield coloured(line, LEVELS[outcome.rule.level])
    yield Text()


def coloured(line: Line, rule: str) -> Text:
    return Text(indented(line.text), rule if line.kind == "rule" else STYLES.get(line.kind, ""))


def indented(text: str) -> str:
    """Return an indented text, whose control characters are escaped."""
    return "\n".join(f"   {line}".rstrip() for line in escape_controls(text).split("\n"))


def endings(report: Report) -> Iterator[Text]:
    """Yield the lines after the stages; the server's output only where it cannot reveal hidden rules."""
    if report.output and not (report.passed or report.hidden):
        yield Text("Last lines of the server's output:", "dim")
        yield from (Text(f"server | {line}".rstrip(), "dim") for line in last_lines(report.output))
    yield from (Text(line, "dim") for line in before_reproducing(report))
    yield from (Text(line, "red") for line in stopped_early(report))


def last_lines(output: str) -> list[str]:
    lines = output.removesuffix("\n").split("\n")[-OUTPUT_LINES:]
    return [cut(escape_controls(line.removesuffix("\r"))) for line in lines]


def total(report: Report) -> Text:
    """Return the last line: the points and the number of failed rules."""
    failed = Counter(outcome.rule.level for outcome in report.outcomes if outcome.verdict == "failed")
    verdict = "all MUST rules passed" if report.passed else rules_failed(failed["MUST"], "MUST")
    return Text.assemble(
        (f"{report.points} of {report.max_points} points: {verdict}", "bold green" if report.passed else "bold red"),
        f", {rules_failed(failed['SHOULD'], 'SHOULD')} (seed {report.seed}, {report.seconds:.1f} s)",
    )


@contextmanager
def progress(rules: int, volume: str | None) -> Iterator[Callable[[Outcome], None]]:
    """Show a bar on a terminal while rules are judged; yields a function to call with each outcome."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    hidden = volume == "quiet" or not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task("judging", total=rules)
        yield lambda outcome: bar.update(task, advance=1, description=f"stage {outcome.rule.stage:>2}")

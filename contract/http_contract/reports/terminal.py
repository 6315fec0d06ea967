"""The terminal's face of the judge: how far it is, and what came of it, stage by stage."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from http_contract.escaping import escape_controls
from http_contract.reports.text import Kind, Part, broken_rules, cut, exchanges, hidden_broken, parts, public, unjudged
from http_contract.rules.model import Outcome
from http_contract.runner.report import Report, Score

BAR = 10  # columns
OUTPUT = 20  # lines of the server's output that are shown
COLOURS = {"passed": "green", "failed": "red", "skipped": "dim"}
URLS = ("http://", "https://")
LEVELS = {"MUST": "bold red", "SHOULD": "bold yellow"}
STYLES: Mapping[Kind, str] = {"complaint": "bold", "bytes": "cyan", "caret": "bold red", "cause": "bold"}


def show(report: Report, console: Console) -> None:
    """Show each stage's points and what does not hold, then the whole. No line is broken, so all can be pasted."""
    for line in lines(report):
        console.print(line, soft_wrap=True)


def show_all(report: Report, console: Console) -> None:
    """Show every exchange of every rule that is not hidden, then the rest."""
    for outcome in public(report, report.outcomes):
        console.print(Text(f"{outcome.rule.id}: {outcome.verdict}", COLOURS[outcome.verdict]), soft_wrap=True)
        for part in exchanges(outcome):
            console.print(coloured(part, ""), soft_wrap=True)
    show(report, console)


def lines(report: Report) -> Iterator[Text]:
    for score in report.scores:
        yield heading(score)
        yield from told(report, score.stage)
    yield from endings(report)
    yield total(report)


def heading(score: Score) -> Text:
    """Return a stage's line: its points, and a bar as long as their share."""
    share = score.points * BAR // score.worth if score.worth else 0
    colour = "green" if score.kept == score.counted else "yellow" if score.kept else "red"
    return Text.assemble(
        (f"{score.stage:>2} {score.title:<32}", "bold"),
        (f"{score.points:>3}/{score.worth} ", colour),
        ("█" * share, colour),
        ("░" * (BAR - share), "dim"),
        f"  {score.kept} of {score.counted} MUST rules hold",
    )


def told(report: Report, stage: int) -> Iterator[Text]:
    """Yield what does not hold and what was not judged; of hidden rules only how many do not hold."""
    outcomes = report.of(stage)
    for outcome in public(report, outcomes):
        if outcome.verdict == "failed":
            yield from failure(outcome)
    yield from (Text(f"   {line}", "red") for line in hidden_broken(report, outcomes))
    yield from (Text(indented(line), "dim") for line in unjudged(report, stage))


def failure(outcome: Outcome) -> Iterator[Text]:
    for part in parts(outcome):
        yield coloured(part, LEVELS[outcome.rule.level])
    yield Text()


def coloured(part: Part, rule: str) -> Text:
    return Text(indented(part.text), rule if part.kind == "rule" else STYLES.get(part.kind, ""))


def indented(text: str) -> str:
    """Return the lines of a text below a stage, with nothing in them that a terminal would obey."""
    return "\n".join(f"   {line}".rstrip() for line in escape_controls(text).split("\n"))


def endings(report: Report) -> Iterator[Text]:
    """Yield what is to be said after the stages; what the server wrote only where that can't tell of hidden rules."""
    if report.output and not (report.holds or report.hidden):
        yield Text("The last that the server wrote:", "dim")
        yield from (Text(f"server | {line}".rstrip(), "dim") for line in last_lines(report.output))
    if not report.target.startswith(URLS) and any(map(can_be_repeated, public(report, report.outcomes))):
        yield Text(before_again(report.target), "dim")
    if report.stopped:
        yield Text(f"Judging ended early: {report.stopped}", "red")


def can_be_repeated(outcome: Outcome) -> bool:
    return outcome.verdict == "failed" and any(part.kind == "again" for part in parts(outcome))


def before_again(target: str) -> str:
    """Return what to do before a line that shows a failure again, where the judge has started the server."""
    return f"Before a line after `Again`, start the server on the port in that line: {by_hand(target)}"


def by_hand(command: str) -> str:
    """Return what to type to start a server on a port: one without {port} finds it in its environment."""
    return command if "{port}" in command else f"PORT={{port}} {command}"


def last_lines(output: str) -> list[str]:
    lines = output.removesuffix("\n").split("\n")[-OUTPUT:]
    return [cut(escape_controls(line.removesuffix("\r"))) for line in lines]


def total(report: Report) -> Text:
    """Return the line about the whole."""
    broken = Counter(outcome.rule.level for outcome in report.outcomes if outcome.verdict == "failed")
    verdict = "all MUST rules hold" if report.holds else broken_rules(broken["MUST"], "MUST")
    return Text.assemble(
        (f"{report.points} of {report.most} points: {verdict}", "bold green" if report.holds else "bold red"),
        f", {broken_rules(broken['SHOULD'], 'SHOULD')} (seed {report.seed}, {report.seconds:.1f} s)",
    )


@contextmanager
def progress(rules: int, volume: str | None) -> Iterator[Callable[[Outcome], None]]:
    """Show a bar on a terminal while rules are judged; yields what is to be told of each outcome."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    hidden = volume == "quiet" or not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task("judging", total=rules)
        yield lambda outcome: bar.update(task, advance=1, description=f"stage {outcome.rule.stage:>2}")

"""A report as text: each failed rule with its exchange, its cause, a hint and a line that reproduces the failure.

The outcomes of the report must be diagnosed (see diagnosis/diagnose.py). The report may be new or loaded from a file.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from http_contract.escaping import escape_bytes
from http_contract.http.transcript import Transcript
from http_contract.reports.messages import (
    ENDINGS,
    advice_on,
    cause_text,
    failure_text,
    number_of,
    skip_text,
)
from http_contract.rules.model import Failure, Outcome, Skip
from http_contract.runner.report import Report, Score

BYTES_SHOWN = 600  # octets of the sent bytes, and of the received ones
FAILURES_SHOWN = 3  # for one rule, all with different sentences
WIDTH = 160  # characters of one line
URLS = ("http://", "https://")
BYTES_BEFORE = 200  # octets shown before the place of the failure

Kind = Literal["rule", "failure", "output", "note", "bytes", "caret", "cause", "hint", "section", "reproduce"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the text about an outcome."""

    kind: Kind
    content: str
    label: str = ""  # before the content: "Cause:"
    indent: int = 2  # spaces

    @property
    def text(self) -> str:
        return " " * self.indent + " ".join(filter(None, (self.label, self.content)))


def format_failure(outcome: Outcome) -> str:
    """Return the whole text about a failed rule, for learners."""
    return "\n".join(line.text for line in lines(outcome))


def lines(outcome: Outcome) -> Iterator[Line]:
    """Yield the lines of this text; the failure with a known cause comes first."""
    rule, diagnosis, selected = outcome.rule, outcome.diagnosis, failures_shown(outcome)
    yield Line("rule", f"{rule.id} ({rule.level}): {rule.sentence}", indent=0)
    for failure in selected:
        yield from _failure(failure)
    if len(outcome.failures) > len(selected):
        yield Line("note", f"And {number_of(len(outcome.failures) - len(selected), 'similar failure')}")
    if diagnosis:
        yield Line("cause", cause_text(diagnosis), "Cause:")
    yield Line("hint", advice_on(outcome), "Hint:")
    yield Line("section", rule.section, "See")
    if outcome.reproduce:
        yield Line("reproduce", outcome.reproduce, "Reproduce:")


def failures_shown(outcome: Outcome) -> list[Failure]:
    """Return the failures to show, with different sentences; the failure with a known cause comes first."""
    explained = outcome.diagnosis.failure if outcome.diagnosis else None
    different: dict[str, Failure] = {}
    for failure in sorted(outcome.failures, key=lambda failure: failure is not explained):
        different.setdefault(failure_text(failure), failure)
    return list(different.values())[:FAILURES_SHOWN]


def reason(outcome: Outcome) -> str:
    """Return the cause of a failed rule, if it is known, or else its first failure, as one sentence."""
    if outcome.diagnosis:
        return cause_text(outcome.diagnosis)
    return next(map(failure_text, outcome.failures), "")


def exchanges(outcome: Outcome) -> Iterator[Line]:
    """Yield the lines about all connections of a rule, whether or not it passed."""
    for transcript in outcome.transcripts:
        yield from _exchange(transcript, None)


def _failure(failure: Failure) -> Iterator[Line]:
    yield Line("failure", failure_text(failure), "But")
    for line in str(failure.params.get("output", "")).splitlines():
        yield Line("output", line, indent=4)
    if failure.transcript:
        yield from _exchange(failure.transcript, failure.offset)


def _exchange(transcript: Transcript, offset: int | None) -> Iterator[Line]:
    ending = ENDINGS.get(transcript.ended, "")
    yield from _bytes("sent", b"".join(transcript.sent), transcript.sent_size, None)
    yield from _bytes(
        "received", transcript.received, transcript.received_size, offset, f", {ending}" if ending else ""
    )


def _bytes(what: str, data: bytes, size: int, offset: int | None, end: str = "") -> Iterator[Line]:
    """Yield the lines of the bytes around the offset, with escaped control characters, and a caret below the offset."""
    start = max(0, offset - BYTES_BEFORE) if offset and offset > BYTES_SHOWN // 2 else 0
    count = number_of(size, "byte") if data else "nothing"
    yield Line("note", f"{what} {count}{end}{f', from byte {start}' if start else ''}{':' if data else ''}", indent=4)
    place = None if offset is None else min(offset, len(data) - 1) - start
    for line in data[start : start + BYTES_SHOWN].splitlines(keepends=True):
        yield from _line(line, place)
        place = None if place is None else place - len(line)


def _line(line: bytes, place: int | None) -> Iterator[Line]:
    """Yield a line, and a caret under the byte at the place if this line contains it; a long line is cut around it."""
    text = escape_bytes(line)
    if place is None or not 0 <= place < len(line):
        yield Line("bytes", cut(text), indent=6)
        return
    column, width = len(escape_bytes(line[:place])), len(escape_bytes(line[place : place + 1]))
    first = max(0, min(column - WIDTH // 2, len(text) - WIDTH))
    yield Line("bytes", cut(text, first), indent=6)
    yield Line("caret", " " * (column - first + (3 if first else 0)) + "^" * width, indent=6)


def cut(text: str, first: int = 0) -> str:
    """Return WIDTH characters of a line, from this column on, with dots for the rest."""
    left, right = "..." if first else "", "..." if len(text) - first > WIDTH else ""
    return f"{left}{text[first : first + WIDTH]}{right}"


def title(score: Score) -> str:
    return f"Stage {score.stage}: {score.title}"


def is_full(score: Score) -> bool:
    """Return whether all rules of a stage passed that count for points."""
    return score.passed == score.total


def public(report: Report, outcomes: Iterable[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.rule.id not in report.hidden]


def failures(report: Report, stage: int) -> list[Outcome]:
    """Return the failed public rules of a stage, those that only warn last."""
    failed = [outcome for outcome in public(report, report.of(stage)) if outcome.verdict == "failed"]
    return sorted(failed, key=lambda outcome: outcome.rule.level)


def overview(report: Report) -> str:
    """Return the result in a few lines, with the end of the server's output if no rules are hidden."""
    return "\n".join(_overview(report))


def summary(report: Report, stage: int) -> str:
    """Return how many rules of a stage passed, how many hidden ones failed, how many were skipped, and why."""
    return "\n".join((*standing(report, report.of(stage)), *skipped(report, stage)))


def standing(report: Report, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield how many rules passed, and how many hidden ones failed."""
    known = public(report, outcomes)
    yield _passed(known, "rules" if len(known) == len(outcomes) else "public rules")
    yield from hidden_failed(report, outcomes)


def skipped(report: Report, stage: int) -> Iterator[str]:
    """Yield how many public rules of a stage were skipped, for each reason."""
    skips = [outcome.skip for outcome in public(report, report.of(stage)) if outcome.skip]
    return skipped_because(skips, {outcome.rule.id for outcome in report.outcomes})


def skipped_because(skips: Iterable[Skip], chosen: Collection[str]) -> Iterator[str]:
    """Yield how many rules were skipped for each reason, and how to see the failure of a rule that was not judged."""
    for skip, times in Counter(skips).items():
        id = skip.params.get("rule", "")
        advice = f" (`--rule {id}` shows why)" if id and id not in chosen else ""
        yield f"{number_of(times, 'rule')} skipped because {skip_text(skip)}{advice}."


def stopped_early(report: Report) -> Iterator[str]:
    if report.stopped:
        yield f"Judging stopped early: {skip_text(report.stopped)}"


def _overview(report: Report) -> Iterator[str]:
    yield f"{report.points} of {report.max_points} points."
    yield from standing(report, report.outcomes)
    yield from stopped_early(report)
    yield f"The seed of the random data was {report.seed}."
    if report.output and not report.hidden:
        yield from ("", "Last lines of the server's output:", report.output)


def _passed(outcomes: Iterable[Outcome], kind: str) -> str:
    counted = [outcome for outcome in outcomes if _counts(outcome)]
    passed = sum(outcome.verdict == "passed" for outcome in counted)
    if not counted:
        return f"No {kind} make points here."
    return f"All {kind} passed." if passed == len(counted) else f"{passed} of {len(counted)} {kind} passed."


def hidden_failed(report: Report, outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Yield how many hidden rules failed, if there are any."""
    hidden = (outcome for outcome in outcomes if outcome.rule.id in report.hidden)
    failed = sum(_counts(outcome) and outcome.verdict != "passed" for outcome in hidden)
    if failed:
        yield f"{rules_failed(failed, 'hidden')}."


def rules_failed(count: int, kind: str) -> str:
    return f"{number_of(count, f'{kind} rule')} failed"


def _counts(outcome: Outcome) -> bool:
    return outcome.counts and outcome.rule.level == "MUST"


def before_reproducing(report: Report) -> Iterator[str]:
    """Yield how to start the server before a failure is reproduced, if the judge started it."""
    lines = any(outcome.reproduce for outcome in public(report, report.outcomes))
    if lines and not report.target.startswith(URLS):
        yield f"To reproduce a failure, first start the server on the port in its line: {by_hand(report.target)}"


def by_hand(command: str) -> str:
    """Return the command that starts the server on a port; without {port}, the port is in its environment."""
    return command if "{port}" in command else f"PORT={{port}} {command}"

"""A report as text: each failed rule with its exchange, its cause, a hint and a line that reproduces the failure.

The outcomes of the report must be diagnosed (see diagnosis/diagnose.py). The report may be new or loaded from a file.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from http_contract.client.findings import OK
from http_contract.diagnosis.evidence import Evidence
from http_contract.escaping import escape_bytes
from http_contract.http.transcript import Transcript
from http_contract.reports.groups import Group
from http_contract.reports.messages import (
    AFTER_EXIT,
    DETAILS,
    ENDINGS,
    advice_on,
    cause_of,
    cause_text,
    failure_text,
    number_of,
    skip_text,
)
from http_contract.rules.model import Failure, Outcome, Skip
from http_contract.runner.report import Report, Score

WIDTH = 160  # characters of one line
URLS = ("http://", "https://")
BYTES_BEFORE = 200  # octets shown before the place of the failure
SKIPS_SHOWN = 3  # reasons
PACKETS_SHOWN = 20  # with more packets, only their number is shown
NOT_FOUND = 404
SLOW = 0.5  # seconds for a response
ENDS = ("ended", "start-ended")  # codes of failures whose sentences say how the program ended


class Extent(NamedTuple):
    """How much is shown of a failed rule."""

    failures: int = 3  # all with different sentences
    octets: int = 600  # of the sent bytes, and of the received ones
    rows: int = 1000  # lines of either
    width: int = WIDTH  # characters of a line of bytes


FULL = Extent()

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


def lines(outcome: Outcome, extent: Extent = FULL) -> Iterator[Line]:
    """Yield the lines of this text; the failure with a known cause comes first."""
    rule, diagnosis, selected = outcome.rule, outcome.diagnosis, failures_shown(outcome, extent.failures)
    yield Line("rule", f"{rule.id} ({rule.level}): {rule.sentence}", indent=0)
    for failure in selected:
        yield from _failure(failure, extent, fatal_transcript(outcome, failure) if failure is selected[0] else None)
    if len(outcome.failures) > len(selected):
        yield Line("note", f"And {number_of(len(outcome.failures) - len(selected), 'more failure')}")
    if diagnosis:
        details = AFTER_EXIT if any(failure.code in ENDS for failure in selected) else DETAILS
        yield Line("cause", cause_text(diagnosis, details), "Cause:")
    yield Line("hint", advice_on(outcome), "Hint:")
    yield Line("section", rule.section, "See")
    if outcome.reproduce:
        yield Line("reproduce", outcome.reproduce, "Reproduce:")


def failures_shown(outcome: Outcome, most: int = FULL.failures) -> list[Failure]:
    """Return the failures to show, with different sentences; the failure with a known cause comes first."""
    explained = outcome.diagnosis.failure if outcome.diagnosis else None
    different: dict[str, Failure] = {}
    for failure in sorted(outcome.failures, key=lambda failure: failure is not explained):
        different.setdefault(failure_text(failure), failure)
    return list(different.values())[:most]


def reason(outcome: Outcome) -> str:
    """Return the cause of a failed rule, if it is known, or else its first failure, as one sentence."""
    if outcome.diagnosis:
        return cause_text(outcome.diagnosis)
    return next(map(failure_text, outcome.failures), "")


def exchanges(outcome: Outcome) -> Iterator[Line]:
    """Yield the lines about all connections of a rule, whether or not it passed."""
    for transcript in outcome.transcripts:
        yield from _exchange(transcript, None, FULL)


def fatal_transcript(outcome: Outcome, failure: Failure) -> Transcript | None:
    """Return the transcript of the connection that ended the program, if the failure was found by a later one."""
    return None if outcome.rule.restarts else Evidence(outcome, failure).other_fatal_transcript


def shown_part(transcript: Transcript, place: int) -> tuple[Transcript, int]:
    """Return the bytes that a full report shows around a place, and the new place."""
    return transcript.first_sent(FULL.octets).shortened(place, FULL.octets, BYTES_BEFORE)


def _failure(failure: Failure, extent: Extent, fatal: Transcript | None) -> Iterator[Line]:
    yield Line("failure", failure_text(failure), "But")
    for line in str(failure.params.get("output", "")).splitlines()[-extent.rows :]:
        yield Line("output", line, indent=4)
    if fatal:
        yield Line("note", "the program ended at this connection:", indent=4)
        yield from _exchange(fatal, None, extent)
    if fatal and failure.transcript:
        yield Line("note", "so the next connection failed:", indent=4)
    if failure.transcript:
        yield from _exchange(failure.transcript, failure.offset, extent)


def _exchange(transcript: Transcript, offset: int | None, extent: Extent) -> Iterator[Line]:
    yield from _sent(transcript, extent)
    ending = ENDINGS.get(transcript.ended, "")
    yield from _received(transcript, offset, f", {ending}" if ending else "", extent)


def _sent(transcript: Transcript, extent: Extent) -> Iterator[Line]:
    """Yield the lines of the sent bytes; each packet begins a line."""
    packets = [packet for packet in transcript.sent if packet]
    count = number_of(transcript.sent_size, "byte") if packets else "nothing"
    number = f" in {len(packets)} packets" if len(packets) > 1 else ""
    yield Line("note", f"sent {count}{number}{':' if packets else ''}", indent=4)
    if not 1 < len(packets) <= PACKETS_SHOWN:
        yield from _rows(b"".join(packets)[: extent.octets], None, extent)
        return
    for position, packet in enumerate(packets, 1):
        yield Line("note", f"packet {position}:", indent=6)
        yield from _rows(packet[: extent.octets // len(packets)], None, extent)


def _received(transcript: Transcript, offset: int | None, end: str, extent: Extent) -> Iterator[Line]:
    """Yield the lines of the received bytes around the offset, and a caret below the offset."""
    data = transcript.received
    start = max(0, offset - BYTES_BEFORE) if offset and offset > extent.octets // 2 else 0
    count = number_of(transcript.received_size, "byte") if data else "nothing"
    first = f", from byte {start}" if start else ""
    if not data and transcript.ended == "timeout":
        end = " in time"
    yield Line("note", f"received {count}{end}{first}{':' if data else ''}", indent=4)
    place = None if offset is None else min(offset, len(data) - 1) - start
    yield from _rows(data[start : start + extent.octets], place, extent)


def _rows(data: bytes, place: int | None, extent: Extent) -> Iterator[Line]:
    """Yield lines of bytes with escaped control characters, at most `rows`: those around the place, or the first."""
    rows: list[tuple[bytes, int | None]] = []
    last = at = 0
    for line in data.splitlines(keepends=True):
        if place is not None and at <= place:
            last = len(rows)
        rows.append((line, None if place is None else place - at))
        at += len(line)
    first = max(0, last - extent.rows + 2)
    for line, column in rows[first : first + extent.rows]:
        yield from _line(line, column, extent.width)
    if left_out := len(rows[first + extent.rows :]):
        yield Line("note", f"and {number_of(left_out, 'more line')}", indent=6)


def _line(line: bytes, place: int | None, width: int) -> Iterator[Line]:
    """Yield a line, and a caret under the byte at the place if this line contains it; a long line is cut around it."""
    text = escape_bytes(line)
    if place is None or not 0 <= place < len(line):
        yield Line("bytes", cut(text, width=width), indent=6)
        return
    column, carets = len(escape_bytes(line[:place])), len(escape_bytes(line[place : place + 1]))
    first = max(0, min(column - width // 2, len(text) - width))
    yield Line("bytes", cut(text, first, width), indent=6)
    yield Line("caret", " " * (column - first + (3 if first else 0)) + "^" * carets, indent=6)


def cut(text: str, first: int = 0, width: int = WIDTH) -> str:
    """Return `width` characters of a line, from this column on, with dots for the rest."""
    left, right = "..." if first else "", "..." if len(text) - first > width else ""
    return f"{left}{text[first : first + width]}{right}"


def group_title(group: Group) -> str:
    """Return what the program does wrong, or what the failure is if the cause is not known."""
    first = group.first
    return cause_of(first.diagnosis).title if first.diagnosis else reason(first) or first.rule.sentence


def group_size(group: Group) -> str:
    """Return how many rules the group contains, and the points that it would bring."""
    skipped = f", {len(group.skipped)} skipped" if group.skipped else ""
    return f"{number_of(len(group.failed), 'rule')} failed{skipped}, {_gain(group)}"


def _gain(group: Group) -> str:
    if not group.counts:
        return "no points"
    return number_of(group.points, "point") if group.points else "less than 1 point"


def group_line(group: Group) -> str:
    """Return one line about a group; the name in parentheses is for `contract explain`."""
    name = group.cause or group.first.rule.id
    others = f" and {len(group.failed) - 1} more" if not group.cause and len(group.failed) > 1 else ""
    return f"{group_title(group)} ({name}{others}): {group_size(group)}"


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


def remarks(report: Report) -> Iterator[str]:
    """Yield what learners should notice about the server besides its failures: which page was requested, and its time.

    A server without any response has no pages.
    """
    page = next((path for path, status in report.pages.items() if status == OK), "")
    if report.pages and not page:
        yield f"No page responded 200 ({', '.join(report.pages)}), so rules about connections requested /."
    elif page not in ("", "/"):
        yield f"/ responded {report.pages.get('/') or 'nothing'}, so rules about connections requested {page}."
    if report.pages.get("/test") == NOT_FOUND:
        yield "/test responded 404. If another page of the server can stand for it, add --route /test=/PAGE."
    if report.response_time >= SLOW:
        yield f"Responses took up to {report.response_time:.1f} seconds each; the judge waited for them."


def _overview(report: Report) -> Iterator[str]:
    yield f"{report.points} of {report.max_points} points."
    yield from standing(report, report.outcomes)
    yield from (*stopped_early(report), *remarks(report))
    yield f"The seed of the random data was {report.seed}."
    if report.output and not report.hidden:
        yield from ("", "Last lines of the server's output:", report.output)


def _passed(outcomes: Iterable[Outcome], kind: str) -> str:
    counted = [outcome for outcome in outcomes if _counts(outcome)]
    passed = sum(outcome.verdict == "passed" for outcome in counted)
    if not counted:
        return f"No {kind} make points here."
    if passed == len(counted):
        return f"All {kind} passed."
    verdicts = Counter(outcome.verdict for outcome in counted)
    return f"{passed} of {len(counted)} {kind} passed, {verdicts['failed']} failed, {verdicts['skipped']} skipped."


def hidden_failed(report: Report, outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Yield how many hidden rules failed, if there are any."""
    hidden = (outcome for outcome in outcomes if outcome.rule.id in report.hidden)
    failed = sum(_counts(outcome) and outcome.verdict != "passed" for outcome in hidden)
    if failed:
        yield f"{rules_failed(failed, 'hidden')}."


def verdicts(report: Report) -> str:
    """Return the points, and how many rules passed, failed and were skipped, in one line."""
    scores = report.scores
    passed, failed, skipped, warned = (
        sum(getattr(score, name) for score in scores) for name in ("passed", "failed", "skipped", "warned")
    )
    must = "all MUST rules passed" if report.passed else f"{number_of(passed, 'MUST rule')} passed, {failed} failed"
    others = f", {skipped} skipped" if skipped else ""
    unfinished = "; unfinished" if report.stopped else ""
    should = rules_failed(warned, "SHOULD")
    return f"{report.points} of {report.max_points} points: {must}{others}; {should}{unfinished}"


def other_skips(report: Report) -> Iterator[str]:
    """Yield how many public rules were skipped for reasons other than another rule that failed here."""
    failed = {outcome.rule.id for outcome in report.outcomes if outcome.verdict == "failed"}
    skips = [each.skip for each in public(report, report.outcomes) if each.skip]
    others = [skip for skip in skips if skip.params.get("rule") not in failed]
    lines = list(skipped_because(others, {outcome.rule.id for outcome in report.outcomes}))
    yield from lines[:SKIPS_SHOWN]
    if len(lines) > SKIPS_SHOWN:
        yield "More rules were skipped for other reasons; --all shows them."


def rules_failed(count: int, kind: str) -> str:
    return f"{number_of(count, f'{kind} rule')} failed"


def _counts(outcome: Outcome) -> bool:
    return outcome.counts and outcome.rule.level == "MUST"


def before_reproducing(report: Report) -> Iterator[str]:
    """Yield how to start the server before a failure is reproduced, if the judge started it."""
    for outcome in [each for each in public(report, report.outcomes) if each.reproduce][:1]:
        if command := start_command(report, outcome):
            yield f"To reproduce a failure, first start the server on the port in its line, for example: {command}"


def start_command(report: Report, outcome: Outcome) -> str:
    """Return the command that starts the server on the port of an outcome, or nothing if the judge did not start it.

    Without {port} in the command, the port is in its environment.
    """
    used = (*outcome.transcripts, *(failure.transcript for failure in outcome.failures if failure.transcript))
    ports = [number for each in used if (number := urlsplit(each.url).port)]
    if report.target.startswith(URLS) or not ports:
        return ""
    command, port = report.target, str(ports[-1])
    return command.replace("{port}", port) if "{port}" in command else f"PORT={port} {command}"

"""An outcome in words: what was promised, what was sent, what came back, why, what to do about it, how to see it."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from http_contract.diagnosis.diagnose import diagnose
from http_contract.diagnosis.evidence import Evidence
from http_contract.diagnosis.reproduce import again
from http_contract.escaping import escape_bytes
from http_contract.http.response import CloseReason
from http_contract.http.transcript import Failure
from http_contract.rules.model import Outcome
from http_contract.runner.report import Report, Score
from http_contract.runner.rule_runner import BROKEN

SHOWN = 600  # octets that are shown of what was sent, and of what was received
COMPLAINTS = 3  # that are shown of one rule, each in other words
WIDTH = 160  # characters that are shown of one line
BEFORE = 200  # octets of it that stand before the place in question
BUT, CAUSE, AGAIN = "  But ", "  Cause: ", "  Again: "  # how lines begin that are looked for in what was told
ENDS: dict[CloseReason, str] = {
    "closed": ", then the end",
    "reset": ", then a reset",
    "timeout": ", then no more in time",
    "flood": ", and stopped reading",
}

Kind = Literal["rule", "complaint", "note", "bytes", "caret", "cause", "hint", "section", "again"]


@dataclass(frozen=True, slots=True)
class Part:
    """One line of what there is to tell, indented, and what kind of line it is."""

    kind: Kind
    text: str


def tell(outcome: Outcome) -> str:
    """Return all that a learner needs to know of a rule that does not hold."""
    return "\n".join(part.text for part in parts(outcome))


def parts(outcome: Outcome) -> Iterator[Part]:
    """Yield the lines of it; the complaint whose cause is known comes before the others."""
    rule, diagnosis = outcome.rule, diagnose(outcome)
    explained = diagnosis.failure if diagnosis else None
    told = _different(sorted(outcome.failures, key=lambda failure: failure is not explained))[:COMPLAINTS]
    yield Part("rule", f"{rule.id} ({rule.level}): {rule.sentence}")
    for failure in told:
        yield from _complaint(failure)
    if len(outcome.failures) > len(told):
        yield Part("note", f"  And {len(outcome.failures) - len(told)} more like these")
    if diagnosis:
        yield Part("cause", f"{CAUSE}{diagnosis.text}")
    yield Part("hint", f"  Hint: {diagnosis.advice if diagnosis else rule.hint}")
    yield Part("section", f"  See {rule.section}")
    for failure in told[:1]:
        yield from _repetition(Evidence(outcome, failure))


def exchanges(outcome: Outcome) -> Iterator[Part]:
    """Yield the lines of all that was said, whether or not the rule holds."""
    for transcript in outcome.transcripts:
        yield from _shown("sent", b"".join(transcript.sent), None)
        yield from _shown("received", transcript.received, None, ENDS.get(transcript.ended, ""))


def _different(failures: Iterable[Failure]) -> list[Failure]:
    """Return the first complaint of each wording."""
    first: dict[str, Failure] = {}
    for failure in failures:
        first.setdefault(failure.text, failure)
    return list(first.values())


def _complaint(failure: Failure) -> Iterator[Part]:
    yield Part("complaint", f"{BUT}{failure.text}")
    if failure.transcript:
        yield from _shown("sent", b"".join(failure.transcript.sent), None)
        yield from _shown(
            "received", failure.transcript.received, failure.offset, ENDS.get(failure.transcript.ended, "")
        )


def _repetition(evidence: Evidence) -> Iterator[Part]:
    """Yield the line that shows it again: by what the program did not survive, or by what the complaint is about.

    There is none where the server must be started anew in between.
    """
    if evidence.outcome.rule.restarts:
        return
    transcript = evidence.fatal if evidence.gone else evidence.failure.transcript
    line = again(transcript, evidence.meanwhile) if transcript else ""
    if line:
        yield Part("again", f"{AGAIN}{line}")


def _shown(what: str, data: bytes, offset: int | None, end: str = "") -> Iterator[Part]:
    """Yield the bytes around the offset, a line each, control characters made visible, a caret below the offset."""
    start = max(0, offset - BEFORE) if offset and offset > SHOWN // 2 else 0
    size = f"{len(data)} bytes" if data else "nothing"
    yield Part("note", f"    {what} {size}{end}{f', from byte {start}' if start else ''}{':' if data else ''}")
    place = None if offset is None else min(offset, len(data) - 1) - start
    for line in data[start : start + SHOWN].splitlines(keepends=True):
        yield from _line(line, place)
        place = None if place is None else place - len(line)


def _line(line: bytes, place: int | None) -> Iterator[Part]:
    """Yield a line, and a caret under the byte at that place, if it is in this line; a long one is cut around it."""
    text = escape_bytes(line)
    if place is None or not 0 <= place < len(line):
        yield Part("bytes", f"      {cut(text)}")
        return
    column, width = len(escape_bytes(line[:place])), len(escape_bytes(line[place : place + 1]))
    first = max(0, min(column - WIDTH // 2, len(text) - WIDTH))
    yield Part("bytes", f"      {cut(text, first)}")
    yield Part("caret", " " * (6 + column - first + (3 if first else 0)) + "^" * width)


def cut(text: str, first: int = 0) -> str:
    """Return as much of a line as is shown, from that column on, with dots for what is left out."""
    left, right = "..." if first else "", "..." if len(text) - first > WIDTH else ""
    return f"{left}{text[first : first + WIDTH]}{right}"


# -- reports.learners


def title(score: Score) -> str:
    return f"Stage {score.stage}: {score.title}"


def is_full(score: Score) -> bool:
    """Tell whether all rules of a stage that make points hold."""
    return score.kept == score.counted


def public(report: Report, outcomes: Iterable[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.rule.id not in report.hidden]


def failures(report: Report, stage: int) -> list[Outcome]:
    """Return what a learner can mend in a stage: public rules that do not hold, warnings last."""
    failed = [outcome for outcome in public(report, report.of(stage)) if outcome.verdict == "failed"]
    return sorted(failed, key=lambda outcome: outcome.rule.level)


def overview(report: Report) -> str:
    """Return the whole in a few lines, with the end of what the server wrote where that can't tell of hidden rules."""
    return "\n".join(_overview(report))


def summary(report: Report, stage: int) -> str:
    """Return how many rules of a stage hold, how many hidden ones do not, how many were not judged, and why."""
    return "\n".join((*standing(report, report.of(stage)), *unjudged(report, stage)))


def standing(report: Report, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield how many of the rules hold, and how many hidden ones do not."""
    known = public(report, outcomes)
    yield _kept(known, "rules" if len(known) == len(outcomes) else "public rules")
    yield from hidden_broken(report, outcomes)


def unjudged(report: Report, stage: int) -> Iterator[str]:
    """Yield how many rules of a stage were not judged, for each reason."""
    skipped = (outcome for outcome in public(report, report.of(stage)) if outcome.verdict == "skipped")
    return not_judged((outcome.reason for outcome in skipped), {outcome.rule.id for outcome in report.outcomes})


def not_judged(reasons: Iterable[str], asked: Collection[str]) -> Iterator[str]:
    """Yield how many rules there are for each reason; how to hear of a rule that was not asked for."""
    for reason, times in Counter(reasons).items():
        id = reason.removesuffix(BROKEN)
        unasked = id != reason and id not in asked
        yield f"{number_of(times, 'rule')} not judged: {reason}{f' (`--rule {id}` tells why)' if unasked else ''}."


def _overview(report: Report) -> Iterator[str]:
    yield f"{report.points} of {report.most} points."
    yield from standing(report, report.outcomes)
    if report.stopped:
        yield f"Judging stopped early: {report.stopped}"
    yield f"Random data was made from seed {report.seed}."
    if report.output and not report.hidden:
        yield from ("", "The end of what the server wrote:", report.output)


def _kept(outcomes: Iterable[Outcome], kind: str) -> str:
    counted = [outcome for outcome in outcomes if _counts(outcome)]
    kept = sum(outcome.verdict == "passed" for outcome in counted)
    if not counted:
        return f"No {kind} make points here."
    return f"All {kind} passed." if kept == len(counted) else f"{kept} of {len(counted)} {kind} passed."


def hidden_broken(report: Report, outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Yield how many hidden rules do not hold, if there are any."""
    hidden = (outcome for outcome in outcomes if outcome.rule.id in report.hidden)
    broken = sum(_counts(outcome) and outcome.verdict != "passed" for outcome in hidden)
    if broken:
        yield f"{broken_rules(broken, 'hidden')}."


def broken_rules(count: int, kind: str) -> str:
    return f"{number_of(count, f'{kind} rule')} {'does' if count == 1 else 'do'} not hold"


def _counts(outcome: Outcome) -> bool:
    return outcome.counts and outcome.rule.level == "MUST"


def number_of(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"

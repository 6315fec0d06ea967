"""What a learner is told of a report: all about the public rules, and of hidden ones only how many do not hold."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from contract.judging import BROKEN
from contract.model import Outcome
from contract.report import Report, Score


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

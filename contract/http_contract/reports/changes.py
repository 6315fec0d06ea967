"""What changed between two reports on the same server: what was fixed, and what no longer passes."""

from collections.abc import Iterator, Sequence

from http_contract.reports.groups import groups_of
from http_contract.reports.messages import number_of
from http_contract.reports.text import group_title, public
from http_contract.runner.report import Report

MOST_IDS = 6  # rules that are named


def changes(before: Report, now: Report) -> Iterator[str]:
    """Yield a line for each fixed cause, then the rules that pass now, and those that no longer pass."""
    earlier, passing = passed(before), passed(now)
    for group in groups_of(before):
        if passing.issuperset(outcome.rule.id for outcome in group.failed):
            yield f"Fixed: {group_title(group)} ({group.cause or group.first.rule.id})"
    if ids := in_order(now, passing - earlier):
        yield f"{number_of(len(ids), 'more rule')} passed: {names(ids)}"
    if ids := in_order(now, earlier - passing):
        yield f"{number_of(len(ids), 'rule')} no longer passed: {names(ids)}"
    if now.points != before.points:
        yield f"{number_of(now.points, 'point')} instead of {before.points}"
    elif passing == earlier:
        yield "The same rules passed as before"


def passed(report: Report) -> set[str]:
    """Return the ids of the public rules that passed."""
    return {outcome.rule.id for outcome in public(report, report.outcomes) if outcome.verdict == "passed"}


def in_order(report: Report, ids: set[str]) -> list[str]:
    return [outcome.rule.id for outcome in report.outcomes if outcome.rule.id in ids]


def names(ids: Sequence[str]) -> str:
    """Return the ids, as many as fit in a line or two."""
    others = f" and {len(ids) - MOST_IDS} more" if len(ids) > MOST_IDS else ""
    return f"{', '.join(ids[:MOST_IDS])}{others}"

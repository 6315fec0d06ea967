"""The failures of a report, grouped by cause, the most urgent first."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace

from http_contract.reports.messages import DEFECTS, STARTS
from http_contract.rules.model import Outcome
from http_contract.runner.report import Report

FIRST_RULES = ("listen-accepts", "listen-answers")  # without them, there is no response at all
FIRST_STAGES = (1, 2)  # whose requests are plain
NOT_HTTP = frozenset(DEFECTS) - {"body-short", "never-ends"}


@dataclass(frozen=True, slots=True)
class Group:
    """The rules that failed for one cause, the most urgent first, and those that were skipped because of them."""

    cause: str  # the id, or "" if it is not known
    failed: tuple[Outcome, ...]
    skipped: tuple[Outcome, ...]
    points: int  # that the score would gain if all of them passed

    @property
    def first(self) -> Outcome:
        return self.failed[0]

    @property
    def counts(self) -> bool:
        """Return whether a rule in it counts for points."""
        return any(each.counts and each.rule.level == "MUST" for each in (*self.failed, *self.skipped))


def groups_of(report: Report) -> list[Group]:
    """Return the failures that learners see, grouped by cause, or by failure where the cause is not known.

    The points are an approximation: a rule that was skipped may fail for another cause, and the points of a stage are
    rounded down.
    """
    shown = [outcome for outcome in report.outcomes if outcome.rule.id not in report.hidden]
    groups: dict[Hashable, list[Outcome]] = {}
    for outcome in sorted((each for each in shown if each.verdict == "failed"), key=urgency):
        groups.setdefault(_key(outcome), []).append(outcome)
    return [_group(report, shown, tuple(failed)) for failed in groups.values()]


def _key(outcome: Outcome) -> Hashable:
    """Return what the outcomes of one group have in common."""
    if outcome.diagnosis:
        return outcome.diagnosis.cause
    codes = (failure.code for failure in outcome.failures[:1])
    params = (failure.params.get("route") or failure.params for failure in outcome.failures[:1])
    return (*codes, *params) or outcome.rule.id


def _group(report: Report, shown: Iterable[Outcome], failed: tuple[Outcome, ...]) -> Group:
    ids = {outcome.rule.id for outcome in failed}
    skipped = tuple(each for each in shown if each.skip and each.skip.params.get("rule") in ids)
    repaired = {*ids, *(outcome.rule.id for outcome in skipped)}
    diagnosis = failed[0].diagnosis
    return Group(diagnosis.cause if diagnosis else "", failed, skipped, _gain(report, repaired))


def _gain(report: Report, repaired: set[str]) -> int:
    """Return the points that the score would gain if these rules passed."""
    outcomes = (replace(each, verdict="passed") if each.rule.id in repaired else each for each in report.outcomes)
    return replace(report, outcomes=tuple(outcomes)).points - report.points


def urgency(outcome: Outcome) -> tuple[int, bool, int]:
    """Return a key for sorting: how much of the server the failure hides, then the level, then the stage."""
    rule = outcome.rule
    rank = next((rank for rank, is_so in enumerate(_signs(outcome)) if is_so), len(URGENT))
    return rank, rule.level != "MUST", rule.stage


URGENT = ("does not start", "gives no response", "hangs", "is not HTTP", "dies")
"""The states of a server that come before the order of the stages."""


def _signs(outcome: Outcome) -> Iterator[bool]:
    """Yield whether the server is in each of the URGENT states."""
    codes = {failure.code for failure in outcome.failures}
    is_early = outcome.rule.stage in FIRST_STAGES
    is_first = outcome.rule.id in FIRST_RULES
    yield is_first and bool(codes & STARTS.keys())
    yield is_first
    yield "stopped-responding" in codes or (is_early and "never-ends" in codes)
    yield is_early and bool(codes & NOT_HTTP)
    yield outcome.crash is not None

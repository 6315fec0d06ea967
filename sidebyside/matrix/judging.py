"""From pairs to what the contract says of them: a judge for each, in a process of its own, some at a time."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from http_contract.errors import CannotJudge
from http_contract.grading.pool import Job, results, run_in_place, threads
from http_contract.grading.store import Result
from http_contract.reports.messages import failure_text, skip_text
from http_contract.reports.text import failures_shown
from http_contract.rules.model import Outcome, Rule
from http_contract.rules.registry import BY_ID
from sidebyside.matrix.pairs import Pair

LIMIT = 300.0  # seconds for a pair


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair, and what the contract says of it."""

    pair: Pair
    points: Mapping[int, int]  # by stage
    verdicts: Mapping[str, str]  # by the id of the rule: passed, failed, skipped
    failures: Mapping[str, str]  # what was wrong first, by the id of the rule that does not hold
    reasons: Mapping[str, str]  # why it could not be judged, by the id of the rule

    @property
    def total(self) -> int:
        return sum(self.points.values())

    def rules(self, verdict: str) -> list[Rule]:
        return [BY_ID[id] for id, each in self.verdicts.items() if each == verdict]

    def holds(self, rule: str) -> bool:
        return self.verdicts[rule] == "passed"

    def skipped_for(self, rule: Rule) -> list[Rule]:
        """Return the rules that could not be judged because this one does not hold."""
        return [each for each in self.rules("skipped") if self._cause(each) == rule.id]

    @property
    def unexplained(self) -> Mapping[str, int]:
        """Return how many rules could not be judged though all they need holds, of what was judged; by the reason."""
        return Counter(self.reasons[each.id] for each in self.rules("skipped") if not self._cause(each))

    def _cause(self, rule: Rule) -> str:
        """Return the first rule of a chain that does not hold."""
        needed = next((id for id in rule.needs if self.verdicts.get(id, "passed") != "passed"), "")
        return self._cause(BY_ID[needed]) if self.verdicts.get(needed) == "skipped" else needed


def judge(
    pairs: Sequence[Pair], options: Sequence[str], at_a_time: int, tell: Callable[[Judged], None]
) -> list[Judged]:
    """Judge the pairs by `contract check` with these options; tell is called with each that is done."""
    by_name = {str(pair): pair for pair in pairs}
    found: dict[Pair, Judged] = {}
    with threads(at_a_time) as workers:
        for result in results(jobs(pairs, options), workers, run_in_place):
            found[by_name[result.name]] = judged = read(by_name[result.name], result)
            tell(judged)
    return [found[pair] for pair in pairs]


def jobs(pairs: Sequence[Pair], options: Sequence[str]) -> Iterator[Job]:
    for pair in pairs:
        yield Job(str(pair), str(Path.cwd()), "", ("--command", pair.command, *options), LIMIT)


def read(pair: Pair, result: Result) -> Judged:
    """Return what a report says. CannotJudge where there is none, or the server did not last."""
    report = result.report
    if report is None or report.stopped:
        raise CannotJudge(f"{pair} could not be judged: {result.why or (report and skip_text(report.stopped))}")
    outcomes = report.outcomes
    return Judged(
        pair,
        {score.stage: score.points for score in report.scores},
        {outcome.rule.id: outcome.verdict for outcome in outcomes},
        {outcome.rule.id: first_failure(outcome) for outcome in outcomes if outcome.verdict == "failed"},
        {outcome.rule.id: skip_text(outcome.skip) for outcome in outcomes if outcome.verdict == "skipped"},
    )


def first_failure(outcome: Outcome) -> str:
    return next(map(failure_text, failures_shown(outcome)), "")

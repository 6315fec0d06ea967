"""The report on one server: the outcomes of all rules, and the points that they make."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from http_contract.rules.model import Outcome, Skip
from http_contract.rules.registry import STAGES

POINTS = 10  # of a stage, unless --points gives others


@dataclass(frozen=True, slots=True)
class Score:
    """The points of one stage: its weight, times the share of passed rules among the MUST rules that count.

    `passed`, `failed` and `skipped` count these rules, and are `total` together. A stage without any has weight 0.
    """

    stage: int
    passed: int
    total: int
    weight: int = POINTS  # the points if all of them passed
    failed: int = 0
    warned: int = 0  # SHOULD rules that failed

    @property
    def title(self) -> str:
        return STAGES.get(self.stage, "")

    @property
    def skipped(self) -> int:
        return self.total - self.passed - self.failed

    @property
    def points(self) -> int:
        """Return whole points, rounded down."""
        return self.weight * self.passed // self.total if self.total else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The outcomes of all rules for one server, and how it was judged."""

    target: str  # the URL, or the command that started it
    seed: int
    began: float  # seconds since the epoch
    seconds: float
    outcomes: tuple[Outcome, ...]
    output: str = ""  # the end of its output, if the judge started it
    stopped: Skip | None = None  # why judging ended before all rules were judged
    hidden: frozenset[str] = frozenset()  # ids of rules whose details are hidden from learners
    weights: Mapping[int, int] = field(default_factory=dict)  # of stages whose weight is not POINTS
    pages: Mapping[str, int] = field(
        default_factory=dict
    )  # the status of each page that was requested before the rules
    response_time: float = 0.0  # the longest of a few plain requests, in seconds

    @property
    def scores(self) -> tuple[Score, ...]:
        """Return the score of each judged stage, in order."""
        return tuple(self._scores())

    @property
    def points(self) -> int:
        return sum(score.points for score in self.scores)

    @property
    def max_points(self) -> int:
        """Return the points of a server that passes all rules."""
        return sum(score.weight for score in self.scores)

    @property
    def passed(self) -> bool:
        """Return whether all MUST rules that count passed."""
        return not self.stopped and all(score.passed == score.total for score in self.scores)

    def of(self, stage: int) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.rule.stage == stage]

    def _scores(self) -> Iterator[Score]:
        for stage in sorted({outcome.rule.stage for outcome in self.outcomes}):
            outcomes = self.of(stage)
            verdicts = [each.verdict for each in outcomes if each.counts and each.rule.level == "MUST"]
            warned = sum(each.verdict == "failed" for each in outcomes if each.rule.level == "SHOULD")
            weight = self.weights.get(stage, POINTS) if verdicts else 0
            yield Score(stage, verdicts.count("passed"), len(verdicts), weight, verdicts.count("failed"), warned)

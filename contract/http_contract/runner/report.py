"""All that came of judging one server, and the points that it makes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from http_contract.rules.model import Outcome
from http_contract.rules.registry import STAGES

POINTS = 10  # that a stage is worth where nobody says otherwise


@dataclass(frozen=True, slots=True)
class Score:
    """The points of one stage: its share of the MUST rules that are kept among those that count.

    A stage in which none counts is worth nothing.
    """

    stage: int
    kept: int
    counted: int
    worth: int = POINTS

    @property
    def title(self) -> str:
        return STAGES.get(self.stage, "")

    @property
    def points(self) -> int:
        """Return whole points, rounded down."""
        return self.worth * self.kept // self.counted if self.counted else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that came of judging one server."""

    target: str  # the URL, or the command that started it
    seed: int
    began: float  # seconds since the epoch
    seconds: float
    outcomes: tuple[Outcome, ...]
    output: str = ""  # the end of what the server wrote, where the judge started it
    stopped: str = ""  # what made an end of judging before all rules were judged
    hidden: frozenset[str] = frozenset()  # ids of rules of which a learner sees only whether they hold
    worth: Mapping[int, int] = field(default_factory=dict)  # points of stages that are not worth POINTS

    @property
    def scores(self) -> tuple[Score, ...]:
        """Return the score of each stage that was judged, in order."""
        return tuple(self._scores())

    @property
    def points(self) -> int:
        return sum(score.points for score in self.scores)

    @property
    def most(self) -> int:
        """Return the points that there were to make."""
        return sum(score.worth for score in self.scores)

    @property
    def holds(self) -> bool:
        """Tell whether all MUST rules that count hold."""
        return not self.stopped and all(score.kept == score.counted for score in self.scores)

    def of(self, stage: int) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.rule.stage == stage]

    def _scores(self) -> Iterator[Score]:
        for stage in sorted({outcome.rule.stage for outcome in self.outcomes}):
            counted = [each for each in self.of(stage) if each.counts and each.rule.level == "MUST"]
            kept = sum(each.verdict == "passed" for each in counted)
            yield Score(stage, kept, len(counted), self.worth.get(stage, POINTS) if counted else 0)

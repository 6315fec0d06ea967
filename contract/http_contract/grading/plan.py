"""From a folder and the teacher's choices to jobs: what is to be judged, and how."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from http_contract.errors import CannotJudge
from http_contract.grading.pool import UNSETTLED, Job
from http_contract.grading.store import Result
from http_contract.grading.submissions import Submission, digest
from http_contract.rules.registry import LAST_STAGE, Choice, rules_from
from http_contract.runner.report import POINTS
from http_contract.runner.session import Settings, read_settings, rules_by


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How each submission is judged."""

    command: str | None  # for those that name none
    stages: Sequence[int]
    until: int | None
    hidden: Path | None
    points: Sequence[tuple[int, int]]
    routes: Sequence[tuple[str, str]]
    seed: int
    start_within: float | None
    timeout: float | None
    patience: float
    isolate: bool
    hide: Sequence[Path]  # what isolated submissions must not see, the submissions and all results among it
    time_limit: float  # seconds

    @cached_property
    def max_points(self) -> int:
        """The points of a server that passes all rules. CannotJudge where there is nothing to judge by."""
        own = rules_from(self.hidden) if self.hidden else ()
        rules = rules_by(Choice(self.stages, self.until), own)
        weights = dict(self.points)
        return sum(weights.get(stage, POINTS) for stage in {rule.stage for rule in rules if rule.level == "MUST"})

    def job(self, submission: Submission) -> Job | Result:
        """Return what is to be done; where that can't be said, the result is that."""
        try:
            settings = read_settings(submission.folder)
            options = (*self._start(settings), *self._options())
        except CannotJudge as error:
            why = str(error).replace(f"{submission.folder}/", f"{submission.name}/")  # learners read it, too
            return Result(submission.name, UNSETTLED, why=why)
        choices = [*options, str(self.time_limit), self.hidden.read_text("latin-1") if self.hidden else ""]
        hashed = digest(submission.folder, choices)
        return Job(
            name=submission.name,
            folder=str(submission.folder),
            digest=hashed,
            options=options,
            limit=self.time_limit,
            port=settings.port,
            isolated=self.isolate,
        )

    def _start(self, settings: Settings) -> Iterator[str]:
        if settings.command:
            return  # the judge finds it there
        if not self.command:
            raise CannotJudge("there is no command: neither in contract.toml, nor by --command")
        yield from ("--command", self.command)
        if settings.port:
            yield from ("--port", str(settings.port))

    def _options(self) -> Iterator[str]:
        """Yield the options of `contract check`; the stages are the teacher's to choose, whatever a submission says."""
        yield from _each("--until", [self.until or LAST_STAGE])
        yield from _each("--stage", self.stages)
        yield from _each("--hidden", [self.hidden])
        yield from _each("--points", (f"{stage}={worth}" for stage, worth in self.points))
        yield from _each("--route", (f"{old}={new}" for old, new in self.routes))
        yield from _each("--seed", [self.seed])
        yield from _each("--start-within", [self.start_within])
        yield from _each("--timeout", [self.timeout])
        yield from _each("--patience", [self.patience])
        if self.isolate:
            yield from ("--isolate", *_each("--hide", self.hide))


def _each(option: str, values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if value is not None:
            yield from (option, str(value))

"""The plan of a class: which options of `contract check` judge each submission, and how many points it can make."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from http_contract.errors import CannotJudge
from http_contract.grading.pool import NO_DIGEST, Job
from http_contract.grading.store import Result
from http_contract.grading.submissions import Submission, digest
from http_contract.rules.registry import LAST_STAGE, Choice, rules_from
from http_contract.runner.report import POINTS
from http_contract.runner.session import Settings, read_settings, rules_by


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The options of `contract grade` that affect how each submission is judged."""

    command: str | None  # for submissions whose contract.toml contains none
    stages: Sequence[int]
    until: int | None
    hidden: Path | None
    points: Sequence[tuple[int, int]]
    routes: Sequence[tuple[str, str]]
    seed: int
    start_within: float | None
    timeout: float | None
    patience: float
    slow: bool
    isolate: bool
    hide: Sequence[Path]  # files and folders that isolated submissions must not see
    allow: Sequence[Path]  # files and folders that isolated submissions may read
    time_limit: float  # seconds for each submission

    @cached_property
    def max_points(self) -> int:
        """The points for a submission that passes all MUST rules. CannotJudge where the options choose no rules."""
        own = rules_from(self.hidden) if self.hidden else ()
        rules = rules_by(Choice(self.stages, self.until, slow=self.slow), own)
        weights = dict(self.points)
        return sum(weights.get(stage, POINTS) for stage in {rule.stage for rule in rules if rule.level == "MUST"})

    def job(self, submission: Submission) -> Job | Result:
        """Return the job for a submission, or a result with the reason why it cannot be judged."""
        try:
            settings = read_settings(submission.folder)
            options = (*self._command(settings), *self._options())
        except CannotJudge as error:
            why = str(error).replace(f"{submission.folder}/", f"{submission.name}/")  # learners read this
            return Result(submission.name, NO_DIGEST, why=why)
        affecting = [*options, str(self.time_limit), self.hidden.read_text("latin-1") if self.hidden else ""]
        return Job(
            name=submission.name,
            folder=str(submission.folder),
            digest=digest(submission.folder, affecting),
            options=options,
            time_limit=self.time_limit,
            port=settings.port,
            isolated=self.isolate,
        )

    def _command(self, settings: Settings) -> Iterator[str]:
        if settings.command:
            return  # `contract check` reads it there
        if not self.command:
            raise CannotJudge("there is no command: neither in contract.toml, nor by --command")
        yield from ("--command", self.command)
        if settings.port:
            yield from ("--port", str(settings.port))

    def _options(self) -> Iterator[str]:
        """Yield options of `contract check`; they override the stages in the submission's contract.toml."""
        yield from _each("--until", [self.until or LAST_STAGE])
        yield from _each("--stage", self.stages)
        yield from _each("--hidden", [self.hidden])
        yield from _each("--points", (f"{stage}={weight}" for stage, weight in self.points))
        yield from _each("--route", (f"{old}={new}" for old, new in self.routes))
        yield from _each("--seed", [self.seed])
        yield from _each("--start-within", [self.start_within])
        yield from _each("--timeout", [self.timeout])
        yield from _each("--patience", [self.patience])
        if self.slow:
            yield "--slow"
        if self.isolate:
            yield from ("--isolate", *_each("--hide", self.hide), *_each("--allow", self.allow))


def _each(option: str, values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if value is not None:
            yield from (option, str(value))

"""From a folder and the teacher's choices to jobs: what is to be judged, and how."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from contract.choosing import LAST_STAGE
from contract.errors import CannotJudge
from contract.grading.jobs import UNSETTLED, Job, Result
from contract.grading.submissions import Submission, digest
from contract.settings import Settings, read_settings


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How each submission is judged."""

    command: str | None  # for those that name none
    stages: Sequence[int]
    until: int | None
    hidden: Path | None
    seed: int
    isolate: bool
    time_limit: float  # seconds
    secret: Sequence[Path] = ()  # what isolated submissions must not see: those of others, and all results

    def job(self, submission: Submission) -> Job | Result:
        """Return what is to be done; where that can't be said, the result is that."""
        try:
            settings = read_settings(submission.folder)
            options = (*self._start(settings), *self._options())
        except CannotJudge as error:
            return Result(submission.name, UNSETTLED, why=str(error))
        choices = [*options, str(self.time_limit), self.hidden.read_text("latin-1") if self.hidden else ""]
        hashed = digest(submission.folder, choices)
        return Job(submission.name, str(submission.folder), hashed, options, self.time_limit, settings.port)

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
        yield from ("--until", str(self.until or LAST_STAGE), "--seed", str(self.seed))
        for stage in self.stages:
            yield from ("--stage", str(stage))
        if self.hidden:
            yield from ("--hidden", str(self.hidden))
        if self.isolate:
            yield "--isolate"
            for path in self.secret:
                yield from ("--hide", str(path))

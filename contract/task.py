"""What is to be judged, and by which rules: from the choices of a command line to a report."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from contract.checking import Checker, Progress
from contract.choosing import Choice
from contract.errors import CannotJudge
from contract.isolation import Apart
from contract.launch import Launched, none
from contract.loading import rules_from
from contract.locating import server_at
from contract.model import Rule
from contract.output import Show
from contract.renaming import names_of
from contract.report import Report
from contract.rules import RULES
from contract.server import Server
from contract.settings import Settings
from contract.subject import Remote, Subject


def rules_by(choice: Choice, own: Sequence[Rule]) -> list[Rule]:
    """Return the rules to judge by, a teacher's own among them. CannotJudge where there are none."""
    rules = choice.among((*RULES, *own))
    if not rules:
        raise CannotJudge("there is nothing to judge by: no rule is in all that --stage and --until leave")
    return rules


@dataclass(frozen=True, kw_only=True)
class Task:
    """One server to judge, as `contract check --help` explains it."""

    url: str | None
    settings: Settings  # its command, and what goes with it
    ca: str | None
    choice: Choice
    hidden: Path | None
    show_hidden: bool
    points: Sequence[tuple[int, int]]
    routes: Sequence[tuple[str, str]]
    seed: int
    patience: float
    timeout: float | None
    start_within: float | None
    secret: Sequence[Path]  # what an isolated server must not see
    isolate: bool

    @cached_property
    def own(self) -> tuple[Rule, ...]:
        """The rules of the teacher's own."""
        return rules_from(self.hidden) if self.hidden else ()

    @cached_property
    def rules(self) -> list[Rule]:
        """All that are to be judged. CannotJudge where that is none."""
        return rules_by(self.choice, self.own)

    def report(self, progress: Progress, show: Show) -> Report:
        """Judge, and return what came of it once all of the server's processes have ended."""
        began = time.time()
        with self._subject(show) as subject:
            outcomes = Checker(subject, self.rules, (*RULES, *self.own), progress, self.timeout).outcomes()
        return Report(
            target=self.url or self.settings.command,
            seed=self.seed,
            began=began,
            seconds=time.time() - began,
            outcomes=outcomes,
            output=subject.output,
            stopped=subject.violation,
            hidden=frozenset() if self.show_hidden else frozenset(rule.id for rule in self.own),
            worth=dict(self.points),
        )

    @contextmanager
    def _subject(self, show: Show) -> Iterator[Subject]:
        """Yield what is to be judged, which ends with the block where the judge has started it."""
        if self.url:
            yield Remote(self._told(server_at(self.url, self.ca)))
            return
        with self._launched(show) as launched:
            launched.server = self._told(launched.server)
            yield launched

    def _told(self, server: Server) -> Server:
        names = names_of(dict(self.routes))
        return replace(server, seed=self.seed, patience=self.patience, names=names)

    def _launched(self, show: Show) -> Launched:
        if not self.settings.command:
            raise CannotJudge("there is nothing to judge: name a URL, or --command, or a command in contract.toml")
        return Launched(
            self.settings.command,
            port=self.settings.port,
            folder=self.settings.folder,
            isolation=Apart(self.secret) if self.isolate else none,
            show=show,
            start_within=self.start_within,
        )

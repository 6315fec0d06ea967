"""A session: the settings of one server in contract.toml, which are not trusted, and the task to judge it."""

import math
import os
import time
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

from http_contract.client.findings import Findings
from http_contract.client.server import Server, server_at
from http_contract.errors import CannotJudge
from http_contract.http.rewrite import names_of
from http_contract.rules.model import Outcome, Rule, Skip
from http_contract.rules.registry import RULES, STAGES, Choice, rules_from
from http_contract.runner.report import Report
from http_contract.runner.scheduler import TIME_IS_UP, Progress, Scheduler
from http_contract.runner.target import RemoteTarget, Target
from http_contract.sandbox.bubblewrap import BubblewrapSandbox
from http_contract.sandbox.launcher import Isolation, LocalTarget, no_isolation
from http_contract.sandbox.output import ShowLine

NAME = "contract.toml"
MAX_SIZE = 64 * 1024  # bytes in contract.toml
PORTS = range(1, 65536)


@dataclass(frozen=True, slots=True)
class Settings:
    """How to start the server in a folder, and which stages to judge."""

    command: str = ""  # "" if the file contains none, or is missing
    folder: Path = Path()  # the working directory of the command
    port: int | None = None  # if it is hard-coded in the server
    stages: tuple[int, ...] = ()  # to judge by default; () means all


def read_settings(folder: Path) -> Settings:
    """Return the settings in the folder's contract.toml, empty ones if there is none. CannotJudge if it is invalid."""
    file = folder / NAME
    if not os.path.exists(file):  # also False if we may not look
        return Settings(folder=folder)
    table = _table(file)
    for key in table:
        _check_key(file, key)
    return Settings(
        command=_command(file, table.get("command", "")),
        folder=_folder(file, table.get("folder", ".")),
        port=_port(file, table.get("port")),
        stages=_stages(file, table.get("stages", [])),
    )


def _table(file: Path) -> dict[str, Any]:
    if not file.is_file():  # opening a pipe would block
        raise CannotJudge(f"{file} is not a regular file. Write it as a text file.")
    if not file.resolve().is_relative_to(file.parent.resolve()):  # an error would print parts of another file
        raise CannotJudge(f"{file} is a link that leads out of its folder. Write it as a text file.")
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_SIZE + 1)
        if len(data) > MAX_SIZE:
            raise CannotJudge(f"{file} is longer than {MAX_SIZE} bytes. Make it shorter.")
        return tomllib.loads(data.decode())
    except OSError as error:
        raise CannotJudge(f"{file} cannot be read: {error.strerror}. Check its permissions.") from error
    except ValueError as error:
        raise CannotJudge(f"{file} is not valid TOML in UTF-8: {error}") from error
    except RecursionError as error:
        raise CannotJudge(f"{file} is nested too deeply. Use only the keys {', '.join(Settings.__slots__)}.") from error


def _check_key(file: Path, key: str) -> None:
    keys = Settings.__slots__
    if key not in keys:
        similar = get_close_matches(key, keys, n=1)
        hint = f"Did you mean {similar[0]!r}?" if similar else f"The keys are {', '.join(keys)}."
        raise CannotJudge(f"{file}: {key!r} is not a valid key. {hint}")


def _command(file: Path, value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise CannotJudge(f'{file}: command must be a text, such as "python server.py {{port}}"')
    return value.strip()


def _folder(file: Path, value: object) -> Path:
    """Return the folder that the value names. It must be in the folder of the file."""
    home = file.parent.resolve()
    if not isinstance(value, str) or "\0" in value:
        raise CannotJudge(f'{file}: folder must be a text, such as "src"')
    folder = (home / value).resolve()
    if not folder.is_relative_to(home) or not folder.is_dir():
        raise CannotJudge(f"{file}: {value!r} is not a folder in {home.name}. Correct `folder`.")
    return folder


def _port(file: Path, value: object) -> int | None:
    if value is not None and (type(value) is not int or value not in PORTS):
        raise CannotJudge(f"{file}: port must be a number from {PORTS.start} to {PORTS.stop - 1}")
    return value


def _stages(file: Path, value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(type(stage) is int and stage in STAGES for stage in value):
        raise CannotJudge(f"{file}: stages must be a list of numbers from {min(STAGES)} to {max(STAGES)}")
    return tuple(value)


def rules_by(choice: Choice, own: Sequence[Rule]) -> list[Rule]:
    """Return the chosen rules, with a teacher's own. CannotJudge if there are none."""
    rules = choice.among((*RULES, *own))
    if not rules:
        raise CannotJudge("No rule is in these stages. Change --stage or --until.")
    return rules


@dataclass(frozen=True, kw_only=True)
class Task:
    """One server to judge, as `contract check --help` explains it."""

    url: str | None
    settings: Settings
    ca: str | None
    choice: Choice
    hidden: Path | None
    show_hidden: bool
    points: Sequence[tuple[int, int]]
    routes: Sequence[tuple[str, str]]
    seed: int
    patience: float
    timeout: float | None
    time_limit: float | None  # seconds for all rules
    start_within: float | None
    isolate: bool
    secret: Sequence[Path]  # files and folders that an isolated server must not see
    allowed: Sequence[Path]  # files and folders that an isolated server may read

    @property
    def command(self) -> str:
        """The command that starts the server. CannotJudge if there is none."""
        if not self.settings.command:
            raise CannotJudge("There is no server to judge. Give a URL, --command, or a command in contract.toml.")
        return self.settings.command

    @cached_property
    def own(self) -> tuple[Rule, ...]:
        """The teacher's own rules."""
        return rules_from(self.hidden) if self.hidden else ()

    @cached_property
    def rules(self) -> list[Rule]:
        """All rules to judge. CannotJudge if there are none."""
        return rules_by(self.choice, self.own)

    def report(self, progress: Progress, show: ShowLine) -> Report:
        """Judge the server, and return the report after all processes of the server have ended."""
        began = time.time()
        findings = Findings(ends=time.monotonic() + (self.time_limit or math.inf))
        among = (*RULES, *self.own)
        with self._target(findings, show) as target:
            scheduler = Scheduler(target, self.rules, among, progress, self.timeout, findings=findings)
            outcomes = scheduler.outcomes()
        return Report(
            target=self.url or self.settings.command,
            seed=self.seed,
            began=began,
            seconds=time.time() - began,
            outcomes=outcomes,
            output=target.output,
            stopped=why_stopped(target, outcomes),
            pages=findings.pages,
            response_time=findings.response_time,
            hidden=frozenset() if self.show_hidden else frozenset(rule.id for rule in self.own),
            weights=dict(self.points),
        )

    @contextmanager
    def _target(self, findings: Findings, show: ShowLine) -> Iterator[Target]:
        """Yield the target. A server that the judge starts ends with the block."""
        if self.url:
            yield RemoteTarget(self._configured(server_at(self.url, self.ca), findings))
            return
        with self._isolation() as isolation, self._launched(isolation, show) as launched:
            launched.server = self._configured(launched.server, findings)
            yield launched

    def _configured(self, server: Server, findings: Findings) -> Server:
        names = names_of(dict(self.routes))
        return replace(server, seed=self.seed, patience=self.patience, names=names, findings=findings)

    def _isolation(self) -> AbstractContextManager[Isolation]:
        if not self.isolate:
            return nullcontext(no_isolation)
        return BubblewrapSandbox(Path.cwd(), self.secret, self.allowed)

    def _launched(self, isolation: Isolation, show: ShowLine) -> LocalTarget:
        return LocalTarget(
            self.command,
            port=self.settings.port,
            folder=self.settings.folder,
            isolation=isolation,
            show=show,
            start_within=self.start_within,
        )


def why_stopped(target: Target, outcomes: Iterable[Outcome]) -> Skip | None:
    """Return the reason why judging stopped before the last rule, or None."""
    if target.violation:
        return Skip(target.violation.code, target.violation.params)
    return TIME_IS_UP if any(outcome.skip == TIME_IS_UP for outcome in outcomes) else None

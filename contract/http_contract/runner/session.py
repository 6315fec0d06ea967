"""contract.toml: what a folder says of the server in it, read without trusting the folder."""

import os
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

from http_contract.client.server import Server, server_at
from http_contract.errors import CannotJudge
from http_contract.http.rewrite import names_of
from http_contract.rules.model import Rule, Skip
from http_contract.rules.registry import RULES, STAGES, Choice, rules_from
from http_contract.runner.report import Report
from http_contract.runner.scheduler import Progress, Scheduler
from http_contract.runner.target import RemoteTarget, Target
from http_contract.sandbox.bubblewrap import BubblewrapSandbox
from http_contract.sandbox.launcher import LocalTarget, none
from http_contract.sandbox.output import Show

NAME = "contract.toml"
MOST = 64 * 1024  # bytes of the file
PORTS = range(1, 65536)


@dataclass(frozen=True, slots=True)
class Settings:
    """How to start the server in a folder, and what of it to judge."""

    command: str = ""  # "" where the file names none, or is not there
    folder: Path = Path()  # in which the command is run
    port: int | None = None  # where it is fixed in the submission's code
    stages: tuple[int, ...] = ()  # to be judged where nobody says otherwise; () for all


def read_settings(folder: Path) -> Settings:
    """Return what the folder's contract.toml says; where there is none, that nothing is set. CannotJudge if bad."""
    file = folder / NAME
    if not os.path.exists(file):  # False, too, where it may not be seen
        return Settings(folder=folder)
    table = _table(file)
    for key in table:
        _known(file, key)
    return Settings(
        command=_command(file, table.get("command", "")),
        folder=_inside(file, table.get("folder", ".")),
        port=_port(file, table.get("port")),
        stages=_stages(file, table.get("stages", [])),
    )


def _table(file: Path) -> dict[str, Any]:
    if not file.is_file():  # opening a pipe would wait for ever
        raise CannotJudge(f"{file} is no file")
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST + 1)
        if len(data) > MOST:
            raise CannotJudge(f"{file} is longer than {MOST} bytes")
        return tomllib.loads(data.decode())
    except OSError as error:
        raise CannotJudge(f"{file} can't be read: {error.strerror}") from error
    except ValueError as error:  # no UTF-8, or no TOML
        raise CannotJudge(f"{file} is no TOML: {error}") from error
    except RecursionError as error:
        raise CannotJudge(f"{file} is nested too deeply") from error


def _known(file: Path, key: str) -> None:
    keys = Settings.__slots__
    if key not in keys:
        near = get_close_matches(key, keys, n=1)
        raise CannotJudge(f"{file}: there is no {key!r}" + (f"; {near[0]!r} is meant?" if near else ""))


def _command(file: Path, value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise CannotJudge(f'{file}: command is a text, such as "python server.py {{port}}"')
    return value.strip()


def _inside(file: Path, value: object) -> Path:
    """Return the folder named, which must lie in that of the file."""
    home = file.parent.resolve()
    if not isinstance(value, str) or "\0" in value:
        raise CannotJudge(f'{file}: folder is a text, such as "src"')
    folder = (home / value).resolve()
    if not folder.is_relative_to(home) or not folder.is_dir():
        raise CannotJudge(f"{file}: {value!r} is no folder in {home.name}")
    return folder


def _port(file: Path, value: object) -> int | None:
    if value is not None and (type(value) is not int or value not in PORTS):
        raise CannotJudge(f"{file}: port is a number from {PORTS.start} to {PORTS.stop - 1}")
    return value


def _stages(file: Path, value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(type(stage) is int and stage in STAGES for stage in value):
        raise CannotJudge(f"{file}: stages is a list of numbers from {min(STAGES)} to {max(STAGES)}")
    return tuple(value)


# -- task


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
        with self._subject(show) as target:
            outcomes = Scheduler(target, self.rules, (*RULES, *self.own), progress, self.timeout).outcomes()
        return Report(
            target=self.url or self.settings.command,
            seed=self.seed,
            began=began,
            seconds=time.time() - began,
            outcomes=outcomes,
            output=target.output,
            stopped=stop(target),
            hidden=frozenset() if self.show_hidden else frozenset(rule.id for rule in self.own),
            weights=dict(self.points),
        )

    @contextmanager
    def _subject(self, show: Show) -> Iterator[Target]:
        """Yield what is to be judged, which ends with the block where the judge has started it."""
        if self.url:
            yield RemoteTarget(self._told(server_at(self.url, self.ca)))
            return
        with self._launched(show) as launched:
            launched.server = self._told(launched.server)
            yield launched

    def _told(self, server: Server) -> Server:
        names = names_of(dict(self.routes))
        return replace(server, seed=self.seed, patience=self.patience, names=names)

    def _launched(self, show: Show) -> LocalTarget:
        if not self.settings.command:
            raise CannotJudge("there is nothing to judge: name a URL, or --command, or a command in contract.toml")
        return LocalTarget(
            self.settings.command,
            port=self.settings.port,
            folder=self.settings.folder,
            isolation=BubblewrapSandbox(self.secret) if self.isolate else none,
            show=show,
            start_within=self.start_within,
        )


def stop(target: Target) -> Skip | None:
    """Return why not all rules were judged, if not all were."""
    return Skip(target.violation.code, target.violation.params) if target.violation else None

"""What a run of the judge judges: a server that runs already, or a command, which the run starts and ends."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from http_contract.client.server import Crash, Server
from http_contract.runner.target import RemoteTarget, Target
from http_contract.sandbox.launcher import LocalTarget
from http_contract.sandbox.output import ShowLine
from sidebyside.compare.send import Endpoint

CheckRun: TypeAlias = Callable[[], None]
"""Raises an exception once the run must end."""


@dataclass(frozen=True, slots=True)
class Command:
    """The command line that the reader has given to the page, with `{port}` for the port of its server."""

    text: str
    folder: Path  # in which it is run
    name: str = "your command"


Subject: TypeAlias = Endpoint | Command


def target_of(subject: Subject, check_run: CheckRun, show: ShowLine) -> AbstractContextManager[Target]:
    """Return the target of a run; `show` gets each line that a command prints. A command ends with the block."""
    if isinstance(subject, Command):
        return WatchedCommand(subject, check_run, show)
    return nullcontext(WatchedServer(subject.server, check_run=check_run))


@dataclass(kw_only=True)
class WatchedServer(RemoteTarget):
    """A server that is only available while its run continues."""

    check_run: CheckRun

    def running(self) -> Server:
        self.check_run()
        return super().running()

    def crash(self) -> Crash | None:
        self.check_run()
        return super().crash()


class WatchedCommand(LocalTarget):
    """A command that is only started, and available, while its run continues."""

    def __init__(self, command: Command, check_run: CheckRun, show: ShowLine) -> None:
        super().__init__(command.text, folder=command.folder, show=show)
        self._check_run = check_run

    def running(self) -> Server:
        self._check_run()
        return super().running()

    def crash(self) -> Crash | None:
        self._check_run()
        return super().crash()

"""contract watch: judge a server again whenever one of its files changes."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from http_contract.cli.console import console, orderly, say
from http_contract.cli.explain import description
from http_contract.cli.judging import command_again, judge, task_of
from http_contract.cli.options import check_isolation, one_server
from http_contract.cli.watching import FileWatcher, Keyboard, folders_of, is_source, modified, wait_for
from http_contract.errors import CannotJudge
from http_contract.reports.brief import show_brief
from http_contract.reports.changes import changes
from http_contract.reports.groups import groups_of
from http_contract.reports.messages import number_of
from http_contract.reports.terminal import show_full
from http_contract.rules.model import Outcome
from http_contract.runner.report import Report
from http_contract.runner.session import Task

KEYS = "Waiting for a change. Keys: h hint, a all failures, r judge again, q quit"
NO_KEYS = "Waiting for a change. Press Ctrl-C to end."
EXAMPLES = """\b
Examples:
  contract watch
  contract watch --until 3
  contract watch --command "node server.js {port}"
"""


@click.command(epilog=EXAMPLES)
@one_server
def watch(hide: tuple[Path, ...], allow: tuple[Path, ...], **options: Any) -> None:
    """Judge a server again whenever one of its files changes, and show the fixed failures and the next one.

    The server is started with --command, or with the command in contract.toml in this folder.
    """
    check_isolation(options["isolate"], hide=hide, allow=allow)
    secret = [*hide, *filter(None, [options["hidden"]])]

    def task() -> Task:
        return task_of(url=None, ca=None, secret=secret, allowed=allow, **options)

    first = task()
    folders = folders_of(first.command, first.settings.folder)
    say(f"Watching {first.settings.folder.resolve()}: {number_of(len(first.rules), 'rule')}", err=True)
    again = command_again(click.get_current_context())
    with orderly(), Keyboard() as keyboard, FileWatcher({*folders, Path.cwd()}) as files:
        Watch(task, again, keyboard, files, console()).run()


class Interrupted(Exception):
    """A key was pressed, or a file has changed, while the server was being judged."""


@dataclass
class Watch:
    """The loop: judge, show the report, and wait for a key or a change."""

    task: Callable[[], Task]
    again: str  # the command that judges the server once
    keyboard: Keyboard
    files: FileWatcher
    console: Console
    report: Report | None = None
    key: str = ""  # the last one
    kept: list[str] = field(default_factory=list)  # keys that were pressed while the server was being judged
    ended: float = 0.0  # when the server was last judged, in seconds since the epoch

    def run(self) -> None:
        while self.key != "q":
            if self._judge():
                while not self._wait():
                    pass

    def _judge(self) -> bool:
        """Judge the server and show the report; return whether this was not interrupted."""
        self.key = ""
        try:
            self._show(judge(self.task(), None, self._look))
        except Interrupted:
            return False
        except CannotJudge as error:
            self._clear()
            say(f"Error: {error}")
        self.ended = time.time()
        self._ask()
        return True

    def _show(self, report: Report) -> None:
        self._clear()
        show_brief(report, self.console, self.again, changes(self.report, report) if self.report else ())
        self.report = report

    def _look(self, outcome: Outcome) -> None:
        """Interrupt the judge if `q` is pressed, or a source file changes: the server may write other files.

        Other keys are for the report, which is not there yet.
        """
        self.key = self.keyboard.pressed()
        if self.key == "q" or any(map(is_source, self.files.changed())):
            raise Interrupted
        if self.key and self.key not in self.kept:
            self.kept.append(self.key)

    def _wait(self) -> bool:
        """Wait for a key or a change; return whether to judge again, or to end."""
        self.key = self._next_key()
        if self.key == "h":
            self._explain()
        elif self.key == "a" and self.report:
            show_full(self.report, self.console)
            self._ask()
        return self.key in ("q", "r") or any(map(self._counts, self.files.changed()))

    def _next_key(self) -> str:
        """Return a key that was kept, or wait for one; an empty text if a file has changed instead."""
        if self.kept:
            return self.kept.pop(0)
        wait_for(self.keyboard, self.files)
        return self.keyboard.pressed()

    def _counts(self, name: str) -> bool:
        """Return whether a change is not one that the server made while it ran."""
        return is_source(name) or modified(name) > self.ended

    def _explain(self) -> None:
        """Explain the cause of the first failure, or its rule if the cause is not known."""
        for group in groups_of(self.report)[:1] if self.report else ():
            diagnosis = group.first.diagnosis
            self.console.print(
                description(diagnosis.cause, diagnosis.language) if diagnosis else description(group.first.rule.id)
            )
        self._ask()

    def _clear(self) -> None:
        if self.keyboard.is_there:
            self.console.clear()

    def _ask(self) -> None:
        self.console.print(KEYS if self.keyboard.is_there else NO_KEYS, style="bold" if self.keyboard.is_there else "")
        sys.stdout.flush()

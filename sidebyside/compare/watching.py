"""Comparing again whenever a source changes, until a signal ends it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic, sleep
from typing import NoReturn

import click

from http_contract.cli.console import say
from http_contract.cli.watching import FileWatcher, is_source, wait_for
from http_contract.client.transport import ConnectionFailed
from http_contract.errors import CannotJudge
from http_contract.reports.messages import connection_text
from sidebyside.checkout import ROOT
from sidebyside.launch.requirements import LaunchError
from sidebyside.sources import PACKAGES

WAITING = "Waiting for a change. Press Ctrl-C to end."
RESTART = 5.0  # seconds in which a server that somebody else starts again accepts connections
PAUSE = 0.2  # seconds between two attempts


def compare_at_each_change(compare: Callable[[], object], urls: Sequence[str]) -> NoReturn:
    """Compare now, and again whenever a source changes: of the implementations, or in this folder if there are URLs.

    What cannot be compared is printed as an error, and the next change is awaited.
    """
    folders = [Path.cwd()] if urls else [Path(ROOT, package) for package in PACKAGES]
    with FileWatcher(folders) as files:
        while True:
            click.clear()
            report_errors(compare, RESTART if urls else 0.0)
            say(WAITING, err=True)
            wait_for(files)
            while not any(map(is_source, files.changed())):
                wait_for(files)


def report_errors(compare: Callable[[], object], patience: float) -> None:
    """Compare, and print why that is not possible, unless it is within `patience` seconds."""
    deadline = monotonic() + patience
    while True:
        try:
            compare()
            return
        except (CannotJudge, LaunchError, ConnectionFailed) as error:
            if monotonic() > deadline:
                say(f"Error: {connection_text(error) if isinstance(error, ConnectionFailed) else error}", err=True)
                return
            sleep(PAUSE)

"""Ending in order: the signals that ask us to end (Ctrl-C, SIGTERM, a closed terminal), as one exception."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import click

from http_contract.cli.console import Unable
from http_contract.client.transport import ConnectionFailed
from http_contract.errors import CannotJudge
from http_contract.reports.messages import connection_text
from sidebyside.launch.requirements import LaunchError

INTERRUPTED = 130  # the exit status that shells expect


class Stopped(BaseException):
    """We are asked to end."""


class StopSignals:
    """Notes the signals that ask us to end, and raises Stopped: once, and only inside raised()."""

    def __init__(self) -> None:
        self._received = False
        self._raises = False
        signal.signal(signal.SIGINT, self._note)
        signal.signal(signal.SIGTERM, self._note)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup ignores it
            signal.signal(signal.SIGHUP, self._note)

    @contextmanager
    def raised(self) -> Iterator[None]:
        """Raise Stopped as soon as a signal comes, or has come before; blocking calls are interrupted."""
        self._raises = True
        try:
            self._raise()
            yield
        finally:
            self._raises = False

    def _note(self, *_: object) -> None:
        self._received = True
        self._raise()

    def _raise(self) -> None:
        if self._received and self._raises:
            self._raises = False
            raise Stopped


@contextmanager
def interruptible() -> Iterator[None]:
    """Run a command that starts servers: a signal ends it in order, and an error becomes one line on stderr."""
    signals = StopSignals()
    try:
        with signals.raised():
            yield
    except Stopped:
        click.echo("Interrupted. All servers have been stopped.", err=True)
        raise SystemExit(INTERRUPTED) from None
    except ConnectionFailed as lost:
        raise Unable(connection_text(lost)) from lost
    except (CannotJudge, LaunchError) as error:
        raise Unable(str(error)) from error

"""How a command ends that has started servers: in order when told to, in one line where something cannot be done."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from http_contract.cli.console import Unable
from http_contract.client.transport import ConnectionFailed
from http_contract.errors import CannotJudge
from http_contract.reports.messages import connection_text
from sidebyside.serving import Failed
from sidebyside.signals import Stopped, StopSignals

INTERRUPTED = 130  # the exit status that shells know


@contextmanager
def orderly() -> Iterator[None]:
    """End in order when told to, and say in one line what cannot be done."""
    signals = StopSignals()
    try:
        with signals.raised():
            yield
    except Stopped:
        click.echo("Stopped; no server is left.", err=True)
        raise SystemExit(INTERRUPTED) from None
    except ConnectionFailed as lost:
        raise Unable(connection_text(lost)) from lost
    except (CannotJudge, Failed) as error:
        raise Unable(str(error)) from error

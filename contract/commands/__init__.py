"""What `contract` can be told to do, a module each."""

import click
from rich.console import Console

PIPED = 300  # columns where there is no terminal to tell them


class Unable(click.ClickException):
    """What was asked for can't be done; the message is one line that says why."""

    exit_code = 2


def console() -> Console:
    """Return what prints tables, as wide as the terminal."""
    made = Console(highlight=False)
    if not made.is_terminal:
        made.width = PIPED
    return made

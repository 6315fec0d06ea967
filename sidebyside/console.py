"""The console that commands print to: a terminal, or a pipe, whose reader may leave early, as `head` does."""

import sys
from collections.abc import Iterable
from io import TextIOWrapper
from typing import cast

from rich.console import Console, RenderableType

from http_contract.cli.console import Output


def console() -> Console:
    """Return a console that drops what nobody reads, and escapes what the terminal's encoding lacks."""
    cast(TextIOWrapper, sys.stdout).reconfigure(errors="backslashreplace")
    return Output(highlight=False)


def print_lines(console: Console, lines: Iterable[RenderableType]) -> None:
    """Print one after the other. A terminal wraps long lines; a pipe receives each line whole."""
    for line in lines:
        console.print(line, soft_wrap=not console.is_terminal)

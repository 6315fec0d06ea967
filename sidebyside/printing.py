"""Where commands print: a terminal, or a pipe in which no line is broken, and which may end early, as with head."""

import sys
from collections.abc import Iterable

from rich.console import Console, RenderableType

from http_contract.cli.console import Output


def console() -> Console:
    """Return what prints; what the terminal's encoding lacks is escaped."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure:
        reconfigure(errors="backslashreplace")
    return Output(highlight=False)


def show(console: Console, lines: Iterable[RenderableType]) -> None:
    """Print one after the other. A terminal breaks what is too long for it; a pipe gets each line whole."""
    for line in lines:
        console.print(line, soft_wrap=not console.is_terminal)

"""The console that commands print to: a terminal, or a pipe, whose reader may leave early, as `head` does."""

import sys
from collections.abc import Iterable
from io import TextIOWrapper
from typing import cast

from rich.console import Console, RenderableType
from rich.text import Text

from http_contract.cli.console import Output
from http_contract.escaping import UNSAFE, escape_controls

INDENT = 4  # columns of what does not fit on a line


def console() -> Console:
    """Return a console that drops what nobody reads, and escapes what the terminal's encoding lacks."""
    cast(TextIOWrapper, sys.stdout).reconfigure(errors="backslashreplace")
    return Output(highlight=False)


def print_lines(console: Console, lines: Iterable[RenderableType]) -> None:
    """Print one after the other. A terminal folds long lines; a pipe receives each line whole."""
    for line in lines:
        safe = printable(line) if isinstance(line, Text) else line
        if console.is_terminal and isinstance(safe, Text):
            console.print(*folded(safe, console), sep="\n")
        else:
            console.print(safe, soft_wrap=not console.is_terminal)


def printable(text: Text) -> Text:
    """Return text in which no character controls the terminal or reverses the order of others; its styles stay."""
    found, position = Text(style=text.style), 0
    for match in UNSAFE.finditer(text.plain):
        found.append_text(text[position : match.start()]).append(escape_controls(match[0]))
        position = match.end()
    return found.append_text(text[position:]) if position else text


def folded(line: Text, console: Console) -> list[Text]:
    """Return a line as lines that fit the console. Those after the first are indented more than the first is."""
    if line.cell_len <= console.width:
        return [line]
    indent = len(line.plain) - len(line.plain.lstrip()) + INDENT
    head = line.wrap(console, console.width)[0]
    rest = line[len(head.plain) :]
    rest = rest[len(rest.plain) - len(rest.plain.lstrip()) :]
    rest.style = line.style
    lines = [head, *(Text(" " * indent).append_text(part) for part in rest.wrap(console, console.width - indent))]
    for each in lines:
        each.rstrip()
    return lines

"""Shell scripts: those that a command names, and the commands in them."""

import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from itertools import dropwhile, groupby
from pathlib import Path

MOST_READ = 10_000  # characters of a script
FIRST_LINE = re.compile(r"#!(?:.*[/ ])?\w*sh(?: -.*)?\s*$", re.M)
HERE_DOCUMENT = re.compile(r"<<-? *['\"]?(\w+)['\"]?(.*\n)(?:.*\n)*?\s*\1$", re.M)
VALUE = re.compile(r"\$(?:\([^()]*\)|\{[^}]*\}|\w+|#)")
BEFORE_PROGRAM = re.compile(
    r"then|do|else|if|while|until|!|\{|coproc|exec|env|nice|nohup|setsid|stdbuf|sudo|time|timeout|\w+=.*|-.*|\d+",
    re.S,
)


def scripts_in(words: list[str], folder: Path) -> Iterator[Path]:
    """Yield the paths of the shell scripts among the words of a command."""
    paths = (folder / word for word in words if word)
    yield from (path for path in paths if path.suffix == ".sh" or FIRST_LINE.match(_text_of(path)))


def commands_in(script: Path) -> Iterator[list[str]]:
    """Yield the words of each command of a script, from its program on. A pattern of `case` looks like a command.

    Each value is replaced by ".": "$(dirname "$0")/server" becomes "./server". A script that cannot be read is empty.
    """
    text = VALUE.sub(".", HERE_DOCUMENT.sub(r"\2", _text_of(script).replace("\\\n", " ")))
    for is_end, words in groupby(_words_in(text), frozenset(";&|()").issuperset):
        command = [*dropwhile(BEFORE_PROGRAM.fullmatch, words)]
        if command and not is_end:
            yield command


def _words_in(text: str) -> Iterator[str]:
    """Yield the words and operators of a script, up to a quotation mark that is not closed, and ";" before a line."""
    lexer = shlex.shlex(text.replace("\n", "\n;"), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    with suppress(ValueError):
        yield from lexer


def _text_of(path: Path) -> str:
    with suppress(OSError):
        if path.is_file():  # a FIFO would block
            with path.open(encoding="utf-8", errors="replace") as file:
                return file.read(MOST_READ)
    return ""

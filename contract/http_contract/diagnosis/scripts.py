"""Shell scripts: those that a command names, and the commands in them."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import dropwhile
from pathlib import Path
from stat import S_ISREG

MOST_READ = 10_000  # characters of a script
FIRST_LINE = re.compile(r"#!(?:.*[/ ])?\w*sh(?: -.*)?\s*$", re.M)
WORD = r"""(?:'[^']*'|"(?:\\[\s\S]|[^"\\])*"|\\.|\$\([^()]*\)|[^\s;&|()<>`'"\\])+"""
COMMENT = r"(?<!\S)#.*"
REDIRECTION = rf"\d*[<>]+&?[ \t]*(?:{WORD})?"
PIECE = re.compile(rf"{COMMENT}|{REDIRECTION}|(?P<word>{WORD})|(?P<end>[;&|()`\n])")
HERE_DOCUMENT = re.compile(r"<<-?[ \t]*(['\"]?)(\w+)\1(.*\n)(?:.*\n)*?[ \t]*\2$", re.M)
FOLDER_OF_SCRIPT = re.compile(r"^\$(?:\([^()]*\)|\w+|\{\w+\})/")  # "$(dirname "$0")/", most often
BEFORE_PROGRAM = re.compile(
    r"then|do|else|if|while|until|!|\{|coproc|exec|env|nice|nohup|setsid|stdbuf|sudo|time|timeout"
    r"|[A-Za-z_]\w*=[\s\S]*|-.*|\d+"
)


@dataclass(frozen=True, slots=True)
class Script:
    """A shell script, and the folder from which it starts programs."""

    text: str
    home: Path

    def commands(self) -> Iterator[list[str]]:
        """Yield the words of each command, without quotation marks, from its program on.

        A pattern of `case` looks like a command. The text of a here-document does not.
        """
        text = HERE_DOCUMENT.sub(r"\3", self.text.replace("\\\n", " "))
        words: list[str] = []
        for piece in PIECE.finditer(f"{text}\n"):
            if piece["word"]:
                words.append(FOLDER_OF_SCRIPT.sub("./", re.sub("[\"']", "", piece["word"])))
            elif piece["end"]:
                command = [*dropwhile(BEFORE_PROGRAM.fullmatch, words)]
                words = []
                yield from [command] if command else []


def scripts_in(words: list[str], folder: Path) -> Iterator[Script]:
    """Yield the shell scripts among the words of a command. The text of a script that cannot be read is empty."""
    for path in (folder / word for word in words if word):
        text = _text_of(path)
        if path.suffix == ".sh" or FIRST_LINE.match(text):
            yield Script(text, folder if is_inside(path, folder) else path.parent)


def is_inside(path: Path, folder: Path) -> bool:
    return Path(os.path.abspath(path)).is_relative_to(os.path.abspath(folder))


def _text_of(path: Path) -> str:
    try:
        if not S_ISREG(path.stat().st_mode):  # a FIFO would block
            return ""
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(MOST_READ)
    except (OSError, ValueError):
        return ""

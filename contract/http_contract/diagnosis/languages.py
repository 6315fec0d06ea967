"""The programming language of a server, from its command, its files, or an error in its output."""

import os
import re
import shlex
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePath

FOLDERS = ("", "src", "cmd")  # in which the files of a program are, below its own folder
MOST_FILES = 1000  # that are looked at in one folder


@dataclass(frozen=True, slots=True)
class Language:
    """A language: the programs that run or build it, the suffixes of its files, and its errors in an output."""

    id: str
    programs: re.Pattern[str]
    suffixes: tuple[str, ...]
    error: re.Pattern[str]


def language(id: str, programs: str, suffixes: str, error: str = "(?!)") -> Language:
    return Language(id, re.compile(programs), tuple(suffixes.split()), re.compile(error, re.M))


LANGUAGES = (
    language("python", r"python[\d.]*|pypy[\d.]*|gunicorn|uvicorn|flask", ".py", r"^Traceback \(most recent call last"),
    language("javascript", "node|nodejs|deno|bun|npm", ".js .mjs .cjs .ts", r"^ +at .*(?:node:|\.[cm]?[jt]s:\d+:\d)"),
    language("go", "go", ".go", r"^goroutine \d+|^\t\S+\.go:\d+"),
    language("rust", "cargo|rustc", ".rs", "^thread '.*panicked at"),
    language("java", "javac?|gradle|mvn", ".java .jar .class", r"^\s+at [\w.$]+\([\w.]+\.java:\d+\)"),
    language("c", "cc|gcc|tcc", ".c"),
    language("cpp", r"[cg]\+\+|clang\+\+", ".cpp .cc .cxx", "^terminate called"),
    language("ruby", "ruby|rackup|puma", ".rb", r"^\S+\.rb:\d+:in "),
    language("perl", "perl", ".pl", r" at \S+\.p[lm] line \d+\.$"),
    language("shell", "bash|dash|zsh|ksh", ".sh", r"^\S+: line \d+: "),
)
SHELL = LANGUAGES[-1]


def language_of(command: str, folder: Path, output: str = "") -> str:
    """Return the id of the language of a server, or an empty text if nothing shows it.

    A shell that starts another program is not the language: it counts only if nothing else is known.
    """
    signs = (*in_words(words_of(command)), *(in_folder(folder) if command else ()), *in_output(output))
    return next((sign for sign in signs if sign != SHELL.id), next(iter(signs), ""))


def words_of(command: str) -> list[str]:
    """Return the words of a command, and those of a command in quotation marks."""
    try:
        return [word for part in shlex.split(command) for word in re.split(r"[\s;&|]+", part)]
    except ValueError:
        return command.split()


def in_words(words: list[str]) -> Iterator[str]:
    """Yield the languages that the words of a command show: first those of files, then those of programs."""
    for word in words:
        yield from by_suffix(word)
    for word in words:
        yield from (each.id for each in LANGUAGES if each.programs.fullmatch(PurePath(word).name))


def by_suffix(name: str) -> Iterator[str]:
    suffix = PurePath(name).suffix
    yield from (each.id for each in LANGUAGES if suffix in each.suffixes)


def in_folder(folder: Path) -> Iterator[str]:
    """Yield the language of most source files in a folder."""
    names = (name for each in FOLDERS for name in names_in(folder / each))
    counted = Counter(found for name in names for found in by_suffix(name))
    yield from (found for found, _ in counted.most_common(1))


def names_in(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in islice(entries, MOST_FILES)]
    except OSError:
        return []


def in_output(output: str) -> Iterator[str]:
    yield from (each.id for each in LANGUAGES if each.error.search(output))

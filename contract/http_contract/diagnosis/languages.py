"""The programming language of a server, from its command and its scripts, an error in its output, or its files."""

import os
import re
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePath

from http_contract.diagnosis.scripts import commands_in, scripts_in

FOLDERS = ("", "src", "cmd")  # in which the files of a program are, below its own folder
NOT_PROGRAMS = ("-", "/bin/", "/usr/")  # beginnings of words that name no program of the learner
MOST_FILES = 1000  # that are looked at in one folder
SEPARATORS, ADDRESS = r"[\s;&|]+", r"[\s;&|:,]+"
EXECUTES = re.compile(r"\b(?:EXEC|SYSTEM):", re.I)  # "EXEC:./server.sh,pty": socat starts this program
STARTERS = ("sh", "socat", "nc", "ncat", "pipenv", "poetry", "uv")  # programs of no language that start others


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
    language("java", "javac?|gradlew?|mvnw?", ".java .jar .class", r"^\s+at [\w.$]+\([\w.]+\.java:\d+\)"),
    language("c", "cc|gcc|tcc", ".c"),
    language("cpp", r"[cg]\+\+|clang\+\+", ".cpp .cc .cxx", r"terminate called (?:after|without)|^libc\+\+abi: "),
    language("ruby", "ruby|rackup|puma", ".rb", r"^\S+\.rb:\d+:in "),
    language("perl", "perl", ".pl", r" at \S+\.p[lm] line \d+\.$"),
    language("shell", "bash|dash|zsh|ksh", ".sh", r"^\S+: line \d+: "),
)
SHELL = LANGUAGES[-1]


def language_of(command: str, folder: Path, output: str = "") -> str:
    """Return the id of the language of a server, or an empty text if nothing shows it.

    A shell that starts another program is not the language: it counts only if nothing else is known. If the command
    names a shell script and no other program, the script is the program, and other files of the folder show nothing.
    """
    words = words_of(command)
    scripts = list(scripts_in(words, folder))
    programs = [word for word in words if is_compiled(word, folder)] if scripts else words
    in_folder = in_files(programs, folder) if programs else ()
    signs = (*in_words(words), *in_scripts(scripts, folder), *in_output(output), *in_folder)
    return next((sign for sign in signs if sign != SHELL.id), next(iter(signs), ""))


def words_of(command: str) -> list[str]:
    """Return the words of a command, those of a command in quotation marks, and those in an address of socat."""
    try:
        parts = shlex.split(command)
    except ValueError:
        return command.split()
    return [word for part in parts for word in re.split(ADDRESS if EXECUTES.search(part) else SEPARATORS, part)]


def in_words(words: list[str]) -> Iterator[str]:
    """Yield the languages that the words of a command show: first those of files, then those of programs."""
    for word in words:
        yield from by_suffix(word)
    for word in words:
        yield from by_program(word)


def by_program(word: str) -> Iterator[str]:
    yield from (each.id for each in LANGUAGES if each.programs.fullmatch(PurePath(word).name))


def by_suffix(name: str) -> Iterator[str]:
    suffix = PurePath(name).suffix
    yield from (each.id for each in LANGUAGES if suffix in each.suffixes)


def in_files(words: list[str], folder: Path) -> Iterator[str]:
    """Yield the language of the source file that a program is built from, or else that of most source files.

    A file with the name of the program is its source. A program outside the folder has its files elsewhere.
    """
    program = next((word for word in words if "/" in word and not word.startswith(NOT_PROGRAMS)), "")
    home = home_of(folder / program, folder)
    names = [name for each in FOLDERS for name in names_in(home / each)]
    yield from (found for name in names if PurePath(name).stem == PurePath(program).name for found in by_suffix(name))
    yield from most_frequent(found for name in names for found in by_suffix(name))


def home_of(program: Path, folder: Path) -> Path:
    return folder if is_inside(program, folder) else program.parent


def is_inside(path: Path, folder: Path) -> bool:
    return Path(os.path.abspath(path)).is_relative_to(os.path.abspath(folder))


def is_compiled(word: str, folder: Path) -> bool:
    is_program = "/" in word and os.path.isfile(folder / word) and os.access(folder / word, os.X_OK)
    return is_program and not any(scripts_in([word], folder))


def in_scripts(scripts: list[Path], folder: Path) -> Iterator[str]:
    """Yield the languages of the programs that scripts start: first what words show, then files, and then shell."""
    commands = [(words, home_of(script, folder)) for script in scripts for words in commands_in(script)]
    started = [(words, home) for words, home in commands if starts(words, home)]
    for words, _ in started:
        yield from in_words(words_of(" ".join(words)))
    for (program, *_), home in started:
        if "/" in program and is_inside(home / program, home) and not any(scripts_in([program], home)):
            yield from in_files([program], home)
    yield from (SHELL.id for _ in scripts)


def starts(words: list[str], home: Path) -> bool:
    """Return whether the words, in a script, start a program whose language may be known, and not a pattern."""
    program = words[0]
    if "/" in program:
        return program.startswith("./") or os.path.isfile(home / program)
    return program in STARTERS or any(by_program(program))


def most_frequent(values: Iterable[str]) -> Iterator[str]:
    """Yield the value that occurs most often, and nothing if two do."""
    counted = Counter(values).most_common(2)
    if len({count for _, count in counted}) == len(counted):
        yield from (value for value, _ in counted[:1])


def names_in(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in islice(entries, MOST_FILES)]
    except OSError:
        return []


def in_output(output: str) -> Iterator[str]:
    yield from (each.id for each in LANGUAGES if each.error.search(output))

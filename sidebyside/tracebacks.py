"""The tracebacks in the output of a server: their frames, and the requests that their headings name."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sidebyside.checkout import ROOT
from sidebyside.sources import PACKAGES

SHOWN_FRAMES = 3  # the last ones, which are nearest to the error
HEADING_LINES = 2  # before a traceback, in which a server names the request
TRACEBACK = re.compile(
    rf"(?P<heading>(?:^.*\n){{0,{HEADING_LINES}}})^Traceback \(most recent call last\):\n"
    r"(?P<frames>(?:^[ \t].*\n)+)^(?P<message>\S.*)",
    re.M,
)
SYNTAX = re.compile(r'(?P<frames>^  File "[^"\n]+", line \d+\n(?:^[ \t].*\n)+)^(?P<message>\w*Error: .*)', re.M)
FRAME = re.compile(
    r'^  File "(?P<file>[^"\n]+)", line (?P<line>\d+)(?:, in (?P<function>.+))?\n(?:    (?P<source>[^\n]+)\n)?', re.M
)
FROZEN = "<frozen "  # a module of Python itself, without a source that could be shown
CHAINED = re.compile(r"During handling of the above exception|direct cause of the following exception")


@dataclass(frozen=True, slots=True)
class Frame:
    """A place in a source, and its line of code."""

    file: str
    line: int
    function: str
    source: str

    @property
    def is_own(self) -> bool:
        return self.file.partition("/")[0] in PACKAGES

    def __str__(self) -> str:
        return f"{self.file}:{self.line}{f' in {self.function}' if self.function else ''}"


@dataclass(frozen=True, slots=True)
class Traceback:
    """What a program printed about an exception: the lines before the traceback, its frames, and the error."""

    heading: str
    frames: tuple[Frame, ...]
    message: str

    @property
    def last_frames(self) -> tuple[Frame, ...]:
        """The frames that are nearest to the error; the last one of an implementation is always among them."""
        own = [at for at, frame in enumerate(self.frames) if frame.is_own]
        first = max(0, len(self.frames) - SHOWN_FRAMES)
        return self.frames[min([first, *own[-1:]]) :]

    @property
    def place(self) -> str:
        """The last line of an implementation that led to the error, with the error; "" if there is none."""
        own = [frame for frame in self.frames if frame.is_own]
        return f"{own[-1].file}:{own[-1].line}: {self.message}" if own else ""


def tracebacks(lines: Iterable[str]) -> Iterator[Traceback]:
    """Yield the tracebacks in some output. Of exceptions that caused each other, the last one is yielded."""
    text = "".join(f"{line}\n" for line in lines)
    found: Traceback | None = None
    for match in TRACEBACK.finditer(text):
        one = Traceback(match["heading"], frames(match["frames"]), match["message"])
        is_chained = found is not None and CHAINED.search(match["heading"])
        if found and not is_chained:
            yield found
        found = replace(one, heading=found.heading) if found and is_chained else one
    if found:
        yield found


def frames(text: str) -> tuple[Frame, ...]:
    return tuple(
        Frame(relative(match["file"]), int(match["line"]), match["function"] or "", (match["source"] or "").strip())
        for match in FRAME.finditer(text)
        if not match["file"].startswith(FROZEN)
    )


def relative(file: str) -> str:
    """Return a path without the folder that it is installed in: that of the checkout, or of packages."""
    _, folder, package = file.rpartition("/site-packages/")
    if folder:
        return package
    path = Path(file)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else file


def of_requests(found: Iterable[Traceback], targets: Sequence[str]) -> tuple[Traceback, ...]:
    """Return the tracebacks whose heading names one of the targets: as it was sent, or decoded and without a query."""
    names = {name for target in targets for name in (target, unquote(urlsplit(target).path)) if name}
    return tuple(each for each in found if any(name in each.heading.split() for name in names))


def starting_error(lines: Sequence[str]) -> str:
    """Return why a program has not started, "flask_app/__init__.py:34: NameError: ...", "" if its output lacks that."""
    text = "".join(f"{line}\n" for line in lines)
    syntax = [Traceback("", frames(match["frames"]), match["message"]) for match in SYNTAX.finditer(text)]
    places = [each.place for each in (*tracebacks(lines), *syntax)]
    return next(filter(None, reversed(places)), "")
